/** One line of the playlists file, and which lines a start sends. */
import { playlistRefSchema } from '../etl/model/ids.ts';

/** Where a row stands in the file, and what of it decides. The text itself stays in the file's bytes. */
export type PlaylistsRow = {
  /** As the user wrote it, without spaces around it. */
  readonly uri: string;
  readonly isSent: boolean;
  /** Its bytes in the file, line ending included. */
  readonly start: number;
  readonly end: number;
};

/** What the trigger writes into a row. */
export type OwnCells = { readonly requestSent: string; readonly response: string };

/** Which rows of the file a start sends, besides the pending ones. */
export type Selection = 'pending' | 'failed' | 'all';

const TRUE_WORDS = new Set(['true', '1', 'yes', 'y', 't', 'on', 'x', 'wahr', 'ja', 'sent']);
const FALSE_WORDS = new Set(['', 'false', '0', 'no', 'n', 'f', 'off', 'falsch', 'nein', 'pending']);

/** Whether `request_sent` says yes; undefined where it says neither yes nor no. */
export function parseRequestSent(cell: string): boolean | undefined {
  const word = cell.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
}

/** `True` or `False`, as the file has always had it. */
export function toRequestSent(isSent: boolean): string {
  return isSent ? 'True' : 'False';
}

/** Two forms of one playlist (a link, a URI) are one; what is no playlist stands for itself. */
export function toPlaylistKey(uri: string): string {
  const parsed = playlistRefSchema.safeParse(uri);
  return parsed.success ? parsed.data : uri;
}
