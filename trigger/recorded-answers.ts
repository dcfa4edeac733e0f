/** The playlists file as it is to be: as somebody has left it, with the answers of this start in it. */
import { type Change, isSame, locateRows, mergeCells } from './merge-edits.ts';
import {
  encodePlaylists,
  encodeRow,
  type Playlists,
  parsePlaylists,
  readOwnCells,
} from './playlists-file.ts';
import type { OwnCells } from './playlists-row.ts';

/** Rows are named by their place in the file as it was first read. */
export type RecordedAnswers = {
  /** How many rows have one. */
  readonly count: () => number;
  /** Whether the row is still there and nobody else has marked it as sent. */
  isWanted: (row: number) => boolean;
  /** False where the row is gone. */
  set: (row: number, cells: OwnCells) => boolean;
  /** The file with the answers so far. */
  encode: () => Iterable<Uint8Array>;
  /**
   * Goes over to the file as it has been edited.
   *
   * @throws UsageError where it is no playlists file any more
   */
  rebase: (edited: Buffer) => void;
};

/** Starts with the file as it was read. */
export function createRecordedAnswers(first: Playlists): RecordedAnswers {
  const changes = new Map<number, Change>();
  let playlists = first;
  let places: readonly (number | undefined)[] | undefined;
  /** By place in the file as it is now. */
  let changed = new Map<number, string>();
  const placeOf = (row: number): number | undefined => (places ? places[row] : row);
  return {
    count: () => changes.size,
    isWanted: (row) => {
      const place = placeOf(row);
      if (place === undefined) return false;
      return playlists.rows[place]?.isSent === false || first.rows[row]?.isSent === true;
    },
    set: (row, after) => {
      const place = placeOf(row);
      const current = place === undefined ? undefined : playlists.rows[place];
      if (place === undefined || current === undefined) return false;
      changes.set(row, { before: readOwnCells(playlists, current), after });
      changed.set(place, encodeRow(playlists, current, after));
      return true;
    },
    encode: () => encodePlaylists(playlists, changed),
    rebase: (edited) => {
      playlists = parsePlaylists(edited);
      places = locateRows(first.rows, playlists.rows);
      changed = encodeMerged(playlists, places, changes);
    },
  };
}

function encodeMerged(
  playlists: Playlists,
  places: readonly (number | undefined)[],
  changes: ReadonlyMap<number, Change>,
): Map<number, string> {
  const changed = new Map<number, string>();
  for (const [row, change] of changes) {
    const place = places[row];
    const edited = place === undefined ? undefined : playlists.rows[place];
    if (place === undefined || edited === undefined) continue;
    const theirs = readOwnCells(playlists, edited);
    const merged = mergeCells(change, theirs);
    if (!isSame(merged, theirs)) changed.set(place, encodeRow(playlists, edited, merged));
  }
  return changed;
}
