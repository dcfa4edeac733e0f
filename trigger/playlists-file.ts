/** The playlists file: which playlists to send, and what has become of each. */
import { playlistRefSchema } from '../etl/model/ids.ts';
import { parseRecorded } from './outcome.ts';
import { type Cells, type FileForm, RecordFault } from './row-columns.ts';
import { parseRowFile, type RowFile } from './row-file.ts';

/** The cells that the trigger writes. */
export type OwnCells = { readonly requestSent: string; readonly response: string };

export type PlaylistsRow = OwnCells & {
  /** As the user wrote it, without spaces around it. */
  readonly uri: string;
  readonly isSent: boolean;
};

type EditRow = (row: PlaylistsRow) => OwnCells | undefined;

/** See `parseRowFile`. */
export function parsePlaylists(source: Buffer, editRow?: EditRow): RowFile<PlaylistsRow> {
  return parseRowFile(source, PLAYLISTS, { editRow: (row) => toOwnCells(editRow?.(row)) });
}

/** The file with the cells that `editRow` returns, in chunks. Keeps no row, so a file can have a million. */
export function editPlaylists(source: Buffer, editRow: EditRow): readonly Uint8Array[] {
  const toRow = (cells: Cells, line: number) => editRow(PLAYLISTS.toRow(cells, line));
  return parseRowFile(source, { ...PLAYLISTS, toRow }, { editRow: toOwnCells }).chunks;
}

const toOwnCells = (own: OwnCells | undefined): Cells | undefined =>
  own && { request_sent: own.requestSent, response: own.response };

const PLAYLISTS: FileForm<PlaylistsRow> = {
  key: 'playlist_uri',
  own: ['request_sent', 'response'],
  isKey: (cell) => playlistRefSchema.safeParse(cell).success,
  hint: 'A plain list of playlist links, one a line, works too.',
  toRow: ({ playlist_uri: uri = '', request_sent: requestSent = '', response = '' }) => {
    const word = requestSent.trim().toLowerCase();
    if (!TRUE_WORDS.has(word) && !FALSE_WORDS.has(word)) {
      throw new RecordFault(
        `: request_sent is ${JSON.stringify(requestSent.slice(0, 40))}, neither True nor False.`,
      );
    }
    return { uri: uri.trim(), isSent: TRUE_WORDS.has(word), requestSent, response };
  },
};

const TRUE_WORDS = new Set(['true', '1', 'yes', 'y', 't', 'on', 'x', 'wahr', 'ja', 'sent']);
const FALSE_WORDS = new Set(['', 'false', '0', 'no', 'n', 'f', 'off', 'falsch', 'nein', 'pending']);

/** One request, and all rows of the same playlist. */
export type PlannedRequest = { readonly uri: string; readonly rows: readonly PlaylistsRow[] };

/** Rows to send besides the pending ones. */
export type Selection = {
  /** Loaded rows, but not those that failed for good. */
  readonly refresh: boolean;
  /** Rows that failed for good. */
  readonly retryFailed: boolean;
};

/** The requests for the selected rows in the order of the file, at most `limit`. */
export function planRequests(
  rows: readonly PlaylistsRow[],
  selection: Selection,
  limit = Number.POSITIVE_INFINITY,
): PlannedRequest[] {
  const selected = rows.filter((row) => isSelected(row, selection));
  const groups = Map.groupBy(selected, ({ uri }) => toPlaylistKey(uri));
  const chosen = [...groups.values()].slice(0, limit);
  return chosen.map((group) => ({ uri: group[0]?.uri ?? '', rows: group }));
}

/** Whether a run sends the row. */
export function isSelected(row: PlaylistsRow, { refresh, retryFailed }: Selection): boolean {
  if (!row.isSent) return true;
  const isWanted = { success: refresh, failure: retryFailed, unknown: refresh || retryFailed };
  return isWanted[parseRecorded(row.response)];
}

/** The same key for a link and a URI of one playlist; any other text is its own key. */
export const toPlaylistKey = (uri: string): string => playlistRefSchema.safeParse(uri).data ?? uri;

/** The spelling that files already have. */
export const toRequestSent = (isSent: boolean): string => (isSent ? 'True' : 'False');
