/** What becomes of the trigger's answers when somebody has edited the file meanwhile. Pure. */
import type { OwnCells, PlaylistsRow } from './playlists-row.ts';

/** An answer to one row: what its cells said when it was sent, and what they say now. */
export type Change = {
  readonly before: OwnCells;
  readonly after: OwnCells;
};

/**
 * For each row of one version of the file its place in another; undefined where it is gone. A row is known by its
 * `playlist_uri`, and the second row of one playlist by being the second; where an earlier one was taken out, by being the
 * last: all rows of a playlist get the same answer.
 */
export function locateRows(
  rows: readonly PlaylistsRow[],
  edited: readonly PlaylistsRow[],
): (number | undefined)[] {
  const places = new Map<string, number[]>();
  edited.forEach(({ uri }, place) => {
    const known = places.get(uri);
    if (known === undefined) places.set(uri, [place]);
    else known.push(place);
  });
  const taken = new Map<string, number>();
  return rows.map(({ uri }) => {
    const nth = taken.get(uri) ?? 0;
    taken.set(uri, nth + 1);
    const known = places.get(uri);
    return known?.[nth] ?? known?.at(-1);
  });
}

/**
 * Which cells an edited row is to have. An editor that saves an older copy of the file brings back what stood there before
 * the answer: the answer stays. Anything else somebody has written there is meant.
 */
export function mergeCells({ before, after }: Change, edited: OwnCells): OwnCells {
  return isSame(edited, before) ? after : edited;
}

export function isSame(one: OwnCells, other: OwnCells): boolean {
  return one.requestSent === other.requestSent && one.response === other.response;
}
