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
import type { OwnCells } from './playlists-row.ts';
import { createTextArena, type TextArena } from './text-arena.ts';

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
  let playlists = first;
  let places: readonly (number | undefined)[] | undefined;
  /** By place in the file as it is now: the line in the arena. */
  let changed = new Map<number, number>();
  const placeOf = (row: number): number | undefined => (places ? places[row] : row);
  return {
    count: () => recorded.size,
    isWanted: (row) => {
      const place = placeOf(row);
      if (place === undefined) return false;
      return playlists.rows[place]?.isSent === false || first.rows[row]?.isSent === true;
    },
    set: (row, after) => {
      const place = placeOf(row);
      const current = place === undefined ? undefined : playlists.rows[place];
      if (place === undefined || current === undefined) return false;
      const { before, text } = encodeRow(playlists, current, after);
      const line = arena.add(text);
      recorded.set(row, { before, columns: playlists.columns, line });
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
