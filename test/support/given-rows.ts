import type { RowSource } from '../../app/picture.ts';
import { NO_ROWS, type Row, type Tables } from './world.ts';

/** Tables in memory, in pages of this many rows. */
export function givenRows(tables: Partial<Tables>, pageSize = 100): RowSource {
  const all = { ...NO_ROWS, ...tables };
  return {
    countRows: (table) => Promise.resolve(all[table].length),
    // eslint-disable-next-line @typescript-eslint/require-await -- rows in memory, where others are read
    listPages: async function* (table) {
      const rows: Row[] = [...all[table]];
      while (rows.length > 0) yield rows.splice(0, pageSize);
    },
  };
}
