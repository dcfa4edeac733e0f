/** What `spotify-etl verify` finds wrong with rows: the command's own code, on rows in hand. */

import type { Finding } from '../../cli/verify/judge.ts';
import { verifyTables } from '../../cli/verify/verify-tables.ts';
import type { Table } from '../../etl/model/records.ts';
import type { Row, Tables } from './world.ts';

const TABLE_NAMES = { playlist: 'playlist', track: 'track', album: 'album', artist: 'artist' };

export async function findingsIn(tables: Tables): Promise<Finding[]> {
  const findings: Finding[] = [];
  const reader = {
    countRowsAbout: (table: string) => Promise.resolve(tables[table as Table].length),
    async *listPages(table: string) {
      yield await Promise.resolve(tables[table as Table]);
    },
  };
  await verifyTables(reader, {
    tableNames: TABLE_NAMES,
    onFinding: (finding) => findings.push(finding),
  });
  return findings;
}

/** What a reader who starts from playlists comes to see; rows that no playlist refers to are not among them. */
export function reachableRows(tables: Tables): Tables {
  const keysIn = (rows: readonly Row[], ...attributes: string[]): Set<unknown> =>
    new Set(rows.flatMap((row) => attributes.flatMap((name) => row[name] ?? [])));
  const pick = (table: Exclude<Table, 'playlist'>, keys: Set<unknown>): Row[] =>
    tables[table].filter((row) => keys.has(row[`${table}_id`]));
  const track = pick('track', keysIn(tables.playlist, 'playlist_tracks'));
  const album = pick('album', keysIn(track, 'track_album'));
  const artist = pick('artist', keysIn([...track, ...album], 'track_artists', 'album_artists'));
  return { playlist: tables.playlist, track, album, artist };
}
