import type { TopEntry } from '../../app/library.ts';
import { toRowTable } from '../sql/row-table.ts';

/** A ranking as a table no wider than `room`. Artists stand under their names alone. */
export function toTopTable(top: readonly TopEntry[], room: number | undefined): string {
  const rows = top.map(({ artist, minutes, name, plays }, at) => ({
    '#': at + 1,
    name,
    ...(artist !== name && { artist }),
    plays,
    minutes: Math.round(minutes),
  }));
  return toRowTable(rows, room);
}
