/** Takes out rows that nothing refers to any more. */
import type { PlayRecords } from '../../etl/model/plays.ts';
import type { Statement } from './database.ts';

/** What may go, by URI and by ID. */
export type Candidates = {
  readonly uris: readonly string[];
  readonly tracks: readonly string[];
  readonly albums: readonly string[];
  readonly artists: readonly string[];
};

export function candidatesOf({ albums, artists, plays, tracks }: PlayRecords): Candidates {
  return {
    uris: plays.map(({ uri }) => uri),
    tracks: tracks.map(({ track_id }) => track_id),
    albums: albums.map(({ album_id }) => album_id),
    artists: artists.map(({ artist_id }) => artist_id),
  };
}

const OLDER_VERSION =
  'NOT EXISTS (SELECT 1 FROM playlist_version WHERE instr(difference, item.uri) > 0)';

type Pruning = {
  /** What must hold besides, in SQL. */
  readonly onlyIf?: string;
  /** Whether an item may stand in what a list once was, which takes long to find out of many. */
  readonly looksIntoVersions: boolean;
};

/** Items without a play and a list, then the tracks of no item, the albums of no track and the artists of neither. */
export function pruneRows(
  { albums, artists, tracks, uris }: Candidates,
  { looksIntoVersions, onlyIf = 'true' }: Pruning,
): Statement[] {
  const remove = (
    [table, key]: readonly [table: string, key: string],
    candidates: readonly string[],
    conditions: string,
  ): Statement => ({
    sql: `DELETE FROM ${table} WHERE ${onlyIf} AND ${key} IN (SELECT value FROM json_each(:candidates)) AND ${conditions}`,
    args: { candidates: JSON.stringify(candidates) },
  });
  const noItem = (table: string): string =>
    `NOT EXISTS (SELECT 1 FROM item WHERE item.uri = 'spotify:track:' || ${table}.track_id)`;
  const noTrack = (table: string): string =>
    `NOT EXISTS (SELECT 1 FROM track WHERE track_album = ${table}.album_id)`;
  const unheard = [
    'NOT EXISTS (SELECT 1 FROM play WHERE play.item_id = item.item_id)',
    'NOT EXISTS (SELECT 1 FROM playlist_item WHERE playlist_item.uri = item.uri)',
    ...(looksIntoVersions ? [OLDER_VERSION] : []),
  ].join(' AND ');
  const noMusic = ['track_artist', 'album_artist']
    .map((each) => `NOT EXISTS (SELECT 1 FROM ${each} WHERE ${each}.artist_id = artist.artist_id)`)
    .join(' AND ');
  // Its other recordings are counted under the first of them from now on.
  const handOver = {
    sql: `UPDATE item SET same_as = nullif(heir, item_id) FROM (SELECT same_as AS gone, min(item_id) AS heir FROM item WHERE same_as IN (SELECT item_id FROM item WHERE ${onlyIf} AND uri IN (SELECT value FROM json_each(:candidates)) AND ${unheard}) GROUP BY same_as) AS recording WHERE item.same_as = gone`,
    args: { candidates: JSON.stringify(uris) },
  };
  return [
    handOver,
    remove(['item', 'uri'], uris, unheard),
    remove(['track_artist', 'track_id'], tracks, noItem('track_artist')),
    remove(['track', 'track_id'], tracks, noItem('track')),
    remove(['album_artist', 'album_id'], albums, noTrack('album_artist')),
    remove(['album', 'album_id'], albums, noTrack('album')),
    remove(['artist', 'artist_id'], artists, noMusic),
  ];
}
