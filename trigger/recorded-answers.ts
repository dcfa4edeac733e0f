/** The playlists file as it is to be: as somebody has left it, with the answers of this start in it. */
import { isSame, locateRows, mergeCells } from './merge-edits.ts';
import {
  type ColumnPlaces,
  encodePlaylists,
  encodeRow,
  lineOf,
  type Playlists,
  parsePlaylists,
  readOwnCells,
} from './playlists-file.ts';
import type { OwnCells, PlaylistsRow } from './playlists-row.ts';
import { createTextArena, type TextArena } from './text-arena.ts';

/** Rows are named by their place in the file as it was first read. */
export type RecordedAnswers = {
  /** How many rows have one. */
  readonly count: () => number;
  /** Begins with a row; false where it is gone or somebody else has marked it as sent. */
  take: (row: number) => boolean;
  /** False, and nothing set, where the row is gone or somebody has edited these cells since it was taken. */
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

/** An answer, encoded in the row it was recorded in. */
type Recorded = {
  readonly before: OwnCells;
  readonly columns: ColumnPlaces;
  /** In the arena. */
  readonly line: number;
};

/** Starts with the file as it was read. */
export function createRecordedAnswers(first: Playlists): RecordedAnswers {
  const arena = createTextArena();
  const recorded = new Map<number, Recorded>();
  /** As the rows in flight stood when they were taken. */
  const taken = new Map<number, { readonly playlists: Playlists; readonly line: Buffer }>();
  let lastBefore: OwnCells = { requestSent: '', response: '' };
  let playlists = first;
  let places: readonly (number | undefined)[] | undefined;
  /** By place in the file as it is now: the line in the arena. */
  let changed = new Map<number, number>();
  const placeOf = (row: number): number | undefined => (places ? places[row] : row);
  const rowOf = (row: number): PlaylistsRow | undefined => playlists.rows[placeOf(row) ?? -1];
  return {
    count: () => recorded.size,
    take: (row) => {
      const current = rowOf(row);
      if (current === undefined) return false;
      if (current.isSent && first.rows[row]?.isSent === false) return false;
      taken.set(row, { playlists, line: lineOf(playlists, current) });
      return true;
    },
    set: (row, after) => {
      const place = placeOf(row);
      const current = rowOf(row);
      const start = taken.get(row);
      taken.delete(row);
      if (place === undefined || current === undefined) return false;
      const { before, text } = encodeRow(playlists, current, after);
      if (start !== undefined && start.playlists !== playlists) {
        if (!isSame(readOwnCells(start.playlists.columns, start.line), before)) return false;
      }
      const line = arena.add(text);
      // Nearly all rows said the same before, which is then held once.
      if (!isSame(before, lastBefore)) lastBefore = before;
      recorded.set(row, { before: lastBefore, columns: playlists.columns, line });
      changed.set(place, line);
      return true;
    },
    encode: () =>
      encodePlaylists(playlists, (place) => {
        const line = changed.get(place);
        return line === undefined ? undefined : arena.get(line);
      }),
    rebase: (edited) => {
      playlists = parsePlaylists(edited);
      places = locateRows(first.rows, playlists.rows);
      changed = encodeMerged(playlists, places, { recorded, arena });
    },
  };
}

function encodeMerged(
  playlists: Playlists,
  places: readonly (number | undefined)[],
  { recorded, arena }: { recorded: ReadonlyMap<number, Recorded>; arena: TextArena },
): Map<number, number> {
  const changed = new Map<number, number>();
  for (const [row, { before, columns, line }] of recorded) {
    const place = places[row];
    const edited = place === undefined ? undefined : playlists.rows[place];
    if (place === undefined || edited === undefined) continue;
    const theirs = readOwnCells(playlists.columns, lineOf(playlists, edited));
    const after = readOwnCells(columns, arena.get(line));
    const merged = mergeCells({ before, after }, theirs);
    if (isSame(merged, theirs)) continue;
    changed.set(place, arena.add(encodeRow(playlists, edited, merged).text));
  }
  return changed;
}
