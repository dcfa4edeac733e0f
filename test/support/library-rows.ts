/** The rows of a library in the form of the four tables: read by SQL of their own, apart from the code under test. */
import type { SqlRow } from '../../stores/sqlite/database.ts';
import type { TestLibrary } from './libraries.ts';
import type { Row, Tables } from './world.ts';

const artistsOf = (table: string): string =>
  `SELECT *, (SELECT json_group_array(artist_id) FROM (SELECT artist_id FROM ${table}_artist AS own WHERE own.${table}_id = ${table}.${table}_id ORDER BY position)) AS ${table}_artists FROM ${table} ORDER BY ${table}_id`;

const ITEMS =
  'SELECT playlist_id, position, uri, kind, track_id, name, added_at, added_by FROM playlist_item LEFT JOIN item USING (uri) ORDER BY playlist_id, position';

export async function readLibraryRows({ query }: Pick<TestLibrary, 'query'>): Promise<Tables> {
  const rows = async (sql: string): Promise<Row[]> => (await query(sql)).map(toRow);
  const items = Map.groupBy(await query(ITEMS), ({ playlist_id }) => playlist_id);
  return {
    playlist: (await rows('SELECT * FROM playlist ORDER BY playlist_id')).map((row) => ({
      ...row,
      ...toLists(items.get(String(row.playlist_id)) ?? []),
    })),
    track: await rows(artistsOf('track')),
    album: await rows(artistsOf('album')),
    artist: await rows('SELECT * FROM artist ORDER BY artist_id'),
  };
}

/** A list's positions as the attributes of DynamoDB's row. */
function toLists(items: readonly SqlRow[]): Row {
  const adders = [...new Set(items.flatMap(({ added_by }) => added_by ?? []))];
  return {
    playlist_tracks: items.flatMap(({ track_id }) => track_id ?? []),
    playlist_others: items.flatMap(
      ({ kind = null, name = null, position = null, track_id, uri = null }) =>
        track_id === null
          ? [
              toRow({
                position,
                kind: ['episode', 'local'].includes(String(kind)) ? kind : 'unavailable',
                uri,
                name,
              }),
            ]
          : [],
    ),
    playlist_added_at: items.map(({ added_at }) =>
      added_at === null ? -1 : Date.parse(String(added_at)) / 1000,
    ),
    playlist_added_by: items.map(({ added_by }) => adders.indexOf(added_by ?? '')),
    playlist_contributors: adders,
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
