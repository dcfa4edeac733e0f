-- The lengths of albums.

-- In milliseconds, if all tracks were read.
ALTER TABLE album ADD COLUMN album_duration INTEGER;

-- Which albums an artist has in a market, as Spotify listed them.
CREATE TABLE artist_listing (
  artist_id TEXT NOT NULL REFERENCES artist,
  market TEXT NOT NULL,
  albums TEXT NOT NULL, -- JSON: album IDs, newest first
  listed_at TEXT NOT NULL, -- when the whole list was last read
  checked_at TEXT NOT NULL, -- when it was last seen that it is still the same
  PRIMARY KEY (artist_id, market)
) STRICT, WITHOUT ROWID;
