/** Exports for tests, without files. */
import type { ExportSource } from '../../etl/extract/sources.ts';
import type { ExportFormat } from '../../etl/model/imports.ts';
import { shortHash } from '../../lib/short-hash.ts';

type Given = { readonly name: string; readonly format?: ExportFormat; readonly rows: object[] };

/** These files as a source; equal rows are an equal file. */
export function exportsOf(...files: readonly Given[]): ExportSource {
  return {
    entries: files.map(({ format = 'extended', name, rows }) => ({
      name,
      format,
      size: 1,
      read: () =>
        Promise.resolve({ name, format, rows, sha256: shortHash(JSON.stringify([format, rows])) }),
    })),
    listSongs: () => Promise.resolve([]),
    close: () => undefined,
  };
}

/** A row of the extended history: track `track-<index>` of one of four artists, as `trackOf` has them. */
export function extendedRow(endedAtMs: number, index: number, more: object = {}): object {
  return {
    ts: new Date(Math.floor(endedAtMs / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
    ms_played: 180_000,
    platform: 'ios',
    conn_country: 'DE',
    master_metadata_track_name: `Song ${index}`,
    master_metadata_album_artist_name: `Artist ${index % 4}`,
    master_metadata_album_album_name: `Album ${index}`,
    spotify_track_uri: `spotify:track:track-${index}`,
    reason_start: 'trackdone',
    reason_end: 'trackdone',
    ...more,
  };
}

/** A row of the account data, of the song that `extendedRow` has under this index. */
export function accountRow(endedAtMs: number, index: number, more: object = {}): object {
  return {
    endTime: new Date(endedAtMs).toISOString().slice(0, 16).replace('T', ' '),
    artistName: `Artist ${index % 4}`,
    trackName: `Song ${index}`,
    msPlayed: 40_000,
    ...more,
  };
}
