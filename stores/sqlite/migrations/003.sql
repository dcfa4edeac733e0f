-- Backup and sync of playlists: what was written, and which items of a target a pair has put there.
--
-- Times are in milliseconds since the epoch, but for those of a run, which are ISO 8601 text.

CREATE TABLE sync_pair (
  pair TEXT PRIMARY KEY,
  good_count INTEGER, -- how many items the source had when it was last believed
  suspect_hash TEXT, -- of a smaller read that was not believed, and its day
  suspect_day TEXT
) STRICT, WITHOUT ROWID;

-- Exact mirrors that a person has confirmed.
CREATE TABLE sync_confirmed (
  pair TEXT NOT NULL,
  target_id TEXT NOT NULL,
  PRIMARY KEY (pair, target_id)
) STRICT, WITHOUT ROWID;

-- Made after a read that shows the item, given up before the write that takes it away.
CREATE TABLE sync_claim (
  pair TEXT NOT NULL,
  target_id TEXT NOT NULL,
  uri TEXT NOT NULL,
  added_at TEXT, -- since when it is there, as Spotify says it
  run_id TEXT NOT NULL, -- of the run that added it
  PRIMARY KEY (pair, target_id, uri)
) STRICT, WITHOUT ROWID;

CREATE INDEX sync_claim_by_target ON sync_claim (target_id, uri);

CREATE INDEX sync_claim_by_run ON sync_claim (run_id);

-- In the order of their starts, whatever the clock says.
CREATE TABLE sync_run (
  run_id TEXT PRIMARY KEY,
  pair TEXT NOT NULL,
  target_id TEXT NOT NULL,
  kind TEXT NOT NULL, -- a mode; version: an undo or a restore; take-back: an undo of a list that was edited since
  started_at TEXT NOT NULL,
  ended_at TEXT,
  outcome TEXT, -- done, or why not; NULL: cut off
  after_hash TEXT, -- of the list at the end, where nobody else had changed it meanwhile
  undoes TEXT -- the run that this one takes back
) STRICT;

CREATE INDEX sync_run_by_pair ON sync_run (pair);

CREATE INDEX sync_run_by_target ON sync_run (target_id);

-- The target before a run, and the URIs that the run takes out.
CREATE TABLE sync_list (
  run_id TEXT NOT NULL REFERENCES sync_run,
  list TEXT NOT NULL CHECK (list IN ('before', 'removed')),
  part INTEGER NOT NULL,
  items TEXT NOT NULL, -- JSON
  PRIMARY KEY (run_id, list, part)
) STRICT, WITHOUT ROWID;

-- Every write, noted before it was sent.
CREATE TABLE sync_step (
  run_id TEXT NOT NULL REFERENCES sync_run,
  step INTEGER NOT NULL,
  intent TEXT NOT NULL, -- JSON
  expected_hash TEXT NOT NULL,
  answer TEXT, -- done, refused or unknown; NULL: cut off
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_set_aside (
  uri TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('not addable', 'not removable')),
  until INTEGER NOT NULL,
  PRIMARY KEY (uri, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_lock (
  target_id TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A list that is being created, found again by a mark in its description.
CREATE TABLE sync_creation (
  creation_key TEXT PRIMARY KEY,
  mark TEXT NOT NULL,
  target_id TEXT
) STRICT, WITHOUT ROWID;
