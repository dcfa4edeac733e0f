import type { TopEntry } from '../../app/library.ts';
import { toRowTable } from '../sql/row-table.ts';

/** A ranking as a table no wider than `room`. A ranking of artists has no second column of them. */
export function toTopTable(top: readonly TopEntry[], room: number | undefined): string {
  const isOfArtists = top.every(({ artist, name }) => artist === name);
  const rows = top.map(({ artist, minutes, name, plays }, at) => ({
    '#': at + 1,
    name,
    ...(!isOfArtists && { artist }),
    plays,
    minutes: Math.round(minutes),
  }));
  return toRowTable(rows, room);
}
