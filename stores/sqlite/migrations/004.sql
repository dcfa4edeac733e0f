-- The lists of a pair as a run has found them that had nothing to do.
CREATE TABLE sync_settled (
  pair TEXT PRIMARY KEY,
  settled TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- What a pair that adds each song once has ever seen in its target.
CREATE TABLE sync_seen (
  pair TEXT NOT NULL,
  target_id TEXT NOT NULL,
  uri TEXT NOT NULL,
  PRIMARY KEY (pair, target_id, uri)
) STRICT, WITHOUT ROWID;
