import type { TopEntry } from '../../app/library.ts';
import { toRowTable } from '../sql/row-table.ts';

/** A ranking as a table no wider than `room`. A ranking of artists or shows has no column of artists. */
export function toTopTable(top: readonly TopEntry[], room: number | undefined): string {
  const hasNoArtists = top.every(({ artist, name }) => artist === null || artist === name);
  const rows = top.map(({ artist, minutes, name, plays }, at) => ({
    '#': at + 1,
    name,
    ...(!hasNoArtists && { artist }),
    plays,
    minutes: Math.round(minutes),
  }));
  return toRowTable(rows, room);
}
