/** Which playlists a start asks for, and for which rows. Pure. */
import { lineOf, type Playlists, readOwnCells } from './playlists-file.ts';
import { type Selection, toPlaylistKey } from './playlists-row.ts';
import { isFailure } from './recorded-response.ts';

/** One request, and every row that its answer is for: a playlist that stands there twice costs one. */
export type PlannedRequest = {
  readonly uri: string;
  /** Places in the file. */
  readonly rows: readonly number[];
};

/** In the file's order, at most `limit`. */
export function planRequests(
  playlists: Playlists,
  selection: Selection,
  limit = Number.POSITIVE_INFINITY,
): PlannedRequest[] {
  const planned = new Map<string, { uri: string; rows: number[] }>();
  playlists.rows.forEach((row, place) => {
    if (!isSelected(playlists, place, selection)) return;
    const key = toPlaylistKey(row.uri);
    const known = planned.get(key);
    if (known !== undefined) known.rows.push(place);
    else if (planned.size < limit) planned.set(key, { uri: row.uri, rows: [place] });
  });
  return [...planned.values()];
}

function isSelected(playlists: Playlists, place: number, selection: Selection): boolean {
  const row = playlists.rows[place];
  if (row === undefined) return false;
  if (!row.isSent || selection === 'all') return true;
  return (
    selection === 'failed' &&
    isFailure(readOwnCells(playlists.columns, lineOf(playlists, row)).response)
  );
}
