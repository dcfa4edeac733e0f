/** The rows of a library in the form of the four tables: read by SQL of their own, apart from the code under test. */
import type { SqlRow } from '../../stores/sqlite/database.ts';
import type { TestLibrary } from './libraries.ts';
import type { Row, Tables } from './world.ts';

const artistsOf = (table: string): string =>
  `SELECT *, (SELECT json_group_array(artist_id) FROM (SELECT artist_id FROM ${table}_artist AS own WHERE own.${table}_id = ${table}.${table}_id ORDER BY position)) AS ${table}_artists FROM ${table} ORDER BY ${table}_id`;

const PLAYLISTS =
  'SELECT *, (SELECT json_group_array(track_id) FROM (SELECT track_id FROM playlist_item JOIN item USING (uri) WHERE playlist_item.playlist_id = playlist.playlist_id AND track_id IS NOT NULL ORDER BY position)) AS playlist_tracks FROM playlist ORDER BY playlist_id';

export async function readLibraryRows({ query }: Pick<TestLibrary, 'query'>): Promise<Tables> {
  const rows = async (sql: string): Promise<Row[]> => (await query(sql)).map(toRow);
  return {
    playlist: await rows(PLAYLISTS),
    track: await rows(artistsOf('track')),
    album: await rows(artistsOf('album')),
    artist: await rows('SELECT * FROM artist ORDER BY artist_id'),
  };
}

function toRow({ seen_at, ...row }: SqlRow): Row {
  const known = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    known.map(([name, value]) => {
      if (/_explicit$|_public$|_collaborative$/.test(name)) return [name, value === 1];
      return [
        name,
        /_tracks$|_artists$|_skipped$/.test(name) && typeof value === 'string'
          ? JSON.parse(value)
          : value,
      ];
    }),
  );
}
