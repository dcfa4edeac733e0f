-- The listening history: plays, the polls that found them, and gaps, times in which plays may be missing.
--
-- A time of a play is in milliseconds since the epoch. The view `listen` has it as ISO 8601 text.

-- The main artist of a track. In a streaming history from Spotify: the album's.
ALTER TABLE item ADD COLUMN main_artist TEXT;

-- Its album, or its show.
ALTER TABLE item ADD COLUMN parent_name TEXT;

ALTER TABLE item ADD COLUMN parent_uri TEXT;

ALTER TABLE item ADD COLUMN duration_ms INTEGER;

-- The item it is counted under: the same recording under another URI.
ALTER TABLE item ADD COLUMN same_as INTEGER REFERENCES item;

CREATE INDEX item_by_same_as ON item (same_as) WHERE same_as IS NOT NULL;

-- Who says what it is called: the Web API, or one of Spotify's exports.
ALTER TABLE item ADD COLUMN named_by TEXT CHECK (named_by IN ('api', 'extended', 'account'));

CREATE INDEX track_by_album ON track (track_album);

CREATE INDEX album_artist_by_artist ON album_artist (artist_id);

UPDATE item SET (name, main_artist, parent_name, parent_uri, duration_ms, named_by) = (
  SELECT track_name, artist_name, album_name, album_uri, track_duration, 'api'
  FROM track
  LEFT JOIN album ON album_id = track_album
  LEFT JOIN track_artist ON track_artist.track_id = track.track_id AND position = 0
  LEFT JOIN artist USING (artist_id)
  WHERE track.track_id = item.track_id
) WHERE track_id IS NOT NULL;

UPDATE item SET same_as = first FROM (
  SELECT track_isrc, min(item_id) AS first
  FROM track JOIN item ON item.uri = 'spotify:track:' || track.track_id
  WHERE track_isrc <> ''
  GROUP BY track_isrc
) AS recording JOIN track USING (track_isrc)
WHERE item.uri = 'spotify:track:' || track.track_id AND item_id > first;

-- One for each file of an export that was imported.
CREATE TABLE import (
  import_id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE, -- of the file's content
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  reconciled_at INTEGER, -- when its plays were compared with the polled ones
  rows_read INTEGER,
  rows_new INTEGER,
  rows_known INTEGER,
  rows_repeated INTEGER,
  rows_refused INTEGER,
  rows_forgotten INTEGER,
  rows_private INTEGER,
  first_at INTEGER,
  last_at INTEGER
) STRICT;

CREATE TABLE play (
  play_id INTEGER PRIMARY KEY,
  ended_at INTEGER NOT NULL, -- as a poll says it, where one does; else as an export does, to the second
  item_id INTEGER NOT NULL REFERENCES item,
  ms_played INTEGER, -- NULL: a poll does not say
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)), -- 0: too short to be a play in a statistic
  api_key TEXT, -- which sources know it, and what makes it unique there
  export_key TEXT,
  account_key TEXT,
  context_uri TEXT, -- of the playlist, album or artist it was played from
  reason_start TEXT,
  reason_end TEXT,
  skipped INTEGER,
  shuffle INTEGER,
  offline INTEGER,
  incognito INTEGER,
  device TEXT,
  country TEXT,
  import_id INTEGER REFERENCES import,
  seen_at INTEGER NOT NULL -- when it was stored
) STRICT;

CREATE UNIQUE INDEX play_api ON play (api_key) WHERE api_key IS NOT NULL;

CREATE UNIQUE INDEX play_export ON play (export_key) WHERE export_key IS NOT NULL;

CREATE UNIQUE INDEX play_account ON play (account_key) WHERE account_key IS NOT NULL;

CREATE INDEX play_time ON play (ended_at, item_id, ms_played, counted);

CREATE INDEX play_item ON play (item_id, ended_at, ms_played, counted);

-- Those of the last 90 days.
CREATE TABLE poll (
  poll_id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  returned INTEGER NOT NULL,
  fresh INTEGER NOT NULL, -- how many of these were new
  oldest INTEGER,
  newest INTEGER,
  outcome TEXT NOT NULL -- ok
) STRICT;

CREATE INDEX poll_at ON poll (at);

CREATE INDEX poll_newest ON poll (newest);

CREATE TABLE gap (
  gap_id INTEGER PRIMARY KEY,
  after INTEGER NOT NULL, -- the newest play before it, and the oldest after it
  before INTEGER NOT NULL,
  cause TEXT NOT NULL, -- window: more was played than Spotify lists; missed: nobody asked in time
  found_at INTEGER NOT NULL,
  closed_by INTEGER REFERENCES import,
  UNIQUE (after, before)
) STRICT;

-- Songs and artists that statistics leave out. Their plays stay.
CREATE TABLE left_out (
  what TEXT PRIMARY KEY, -- the URI; artist:<name> for one whose URI is not known
  name TEXT, -- an artist's name, by which plays are found; NULL for a song
  left_out_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A play as people ask about it: the item it is counted under, nothing that is left out.
CREATE VIEW listen AS
SELECT
  play_id,
  strftime('%Y-%m-%dT%H:%M:%fZ', play.ended_at / 1000.0, 'unixepoch') AS ended_at,
  ms_played,
  counted,
  item.uri,
  item.kind,
  item.name,
  item.main_artist AS artist,
  item.parent_name AS album
FROM play
JOIN item AS own USING (item_id)
JOIN item ON item.item_id = coalesce(own.same_as, own.item_id)
WHERE item.uri NOT IN (SELECT what FROM left_out)
AND NOT EXISTS (SELECT 1 FROM left_out WHERE left_out.name = item.main_artist);

-- What was taken out for good: polls and imports must not bring it back.
CREATE TABLE forgotten (
  rule_id INTEGER PRIMARY KEY,
  before INTEGER, -- all plays that ended before
  artist_hash TEXT, -- or those of an artist, whose name is not kept
  uri_hash TEXT, -- or those of a song of theirs
  made_at INTEGER NOT NULL
) STRICT;
