-- The library: one SQLite database with your playlists, what each was before, and the quota's ledger.
--
-- Columns have the names of the attributes in docs/data-model.md. Absent is NULL, a flag is 0 or 1, a duration is in
-- milliseconds, a time is ISO 8601 text in UTC. SQLite 3.45 and libSQL both take this file. A later version of the schema is
-- a file of its own, and `PRAGMA user_version` says how many have been applied.

CREATE TABLE meta (
  key TEXT PRIMARY KEY, -- account_id: the Spotify user whose library this is
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What all processes that use a Spotify app share about it: the same as DynamoDB's state table.
CREATE TABLE state (
  state_id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE artist (
  artist_id TEXT PRIMARY KEY,
  artist_uri TEXT,
  artist_url TEXT,
  artist_name TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE album (
  album_id TEXT PRIMARY KEY,
  album_uri TEXT,
  album_url TEXT,
  album_name TEXT,
  album_type TEXT,
  album_release_date TEXT,
  album_release_date_precision TEXT,
  album_num_tracks INTEGER,
  album_image_url TEXT
) STRICT, WITHOUT ROWID;

-- In Spotify's order: position 0 is the main artist.
CREATE TABLE album_artist (
  album_id TEXT NOT NULL REFERENCES album,
  position INTEGER NOT NULL,
  artist_id TEXT NOT NULL REFERENCES artist,
  PRIMARY KEY (album_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE track (
  track_id TEXT PRIMARY KEY,
  track_uri TEXT,
  track_url TEXT,
  track_name TEXT,
  track_duration INTEGER,
  track_explicit INTEGER,
  track_isrc TEXT,
  track_disc_number INTEGER,
  track_number INTEGER,
  track_popularity INTEGER,
  track_album TEXT REFERENCES album
) STRICT, WITHOUT ROWID;

CREATE INDEX track_by_isrc ON track (track_isrc) WHERE track_isrc IS NOT NULL;

-- In Spotify's order: position 0 is the main artist.
CREATE TABLE track_artist (
  track_id TEXT NOT NULL REFERENCES track,
  position INTEGER NOT NULL,
  artist_id TEXT NOT NULL REFERENCES artist,
  PRIMARY KEY (track_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX track_artist_by_artist ON track_artist (artist_id);

-- Whatever can stand in a list, by Spotify's URI.
CREATE TABLE item (
  item_id INTEGER PRIMARY KEY,
  uri TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('track', 'episode', 'chapter', 'local', 'unknown')),
  track_id TEXT REFERENCES track,
  name TEXT
) STRICT;

CREATE TABLE playlist (
  playlist_id TEXT PRIMARY KEY,
  playlist_uri TEXT,
  playlist_url TEXT,
  playlist_name TEXT,
  playlist_description TEXT,
  playlist_owner_id TEXT,
  playlist_owner_name TEXT,
  playlist_public INTEGER,
  playlist_collaborative INTEGER,
  playlist_image_url TEXT,
  playlist_snapshot_id TEXT NOT NULL,
  playlist_num_items INTEGER NOT NULL,
  playlist_skipped TEXT NOT NULL, -- JSON: how many items have no track, by kind
  extracted_at TEXT NOT NULL, -- when it was last read
  run_id TEXT NOT NULL,
  seen_at TEXT NOT NULL -- when it was first read as it is now
) STRICT, WITHOUT ROWID;

-- Every position of Spotify's list, counted from 0.
CREATE TABLE playlist_item (
  playlist_id TEXT NOT NULL REFERENCES playlist ON DELETE CASCADE,
  position INTEGER NOT NULL,
  uri TEXT REFERENCES item (uri), -- NULL: withdrawn, nobody says what it was
  added_at TEXT,
  added_by TEXT, -- the user's ID
  PRIMARY KEY (playlist_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX playlist_item_by_uri ON playlist_item (uri);

-- What a list was before each change. Version 1 is the oldest; the newest version of all is `playlist` with `playlist_item`.
CREATE TABLE playlist_version (
  playlist_id TEXT NOT NULL REFERENCES playlist ON DELETE CASCADE,
  version INTEGER NOT NULL,
  part INTEGER NOT NULL, -- a long difference is cut; its parts in order make one text
  seen_at TEXT NOT NULL, -- when it was first read as it was then
  difference TEXT NOT NULL, -- JSON: what makes this version out of the next newer one (etl/model/playlist-difference.ts)
  PRIMARY KEY (playlist_id, version, part)
) STRICT, WITHOUT ROWID;
