import type { CatalogueTable } from '../model/records.ts';
import type { CatalogueRow } from './sinks.ts';

/** What to write, decided before any write. Every wanted row is in exactly one of the three. */
export type WritePlan = {
  /** Rows not stored yet, whole. */
  readonly inserts: readonly CatalogueRow[];
  /** Stored rows that differ: their key and just the attributes to set. */
  readonly changes: readonly CatalogueRow[];
  /** Rows stored already exactly so. */
  readonly unchanged: Readonly<Record<CatalogueTable, number>>;
};

/**
 * Compares the wanted rows with the stored ones, field by field. A field that a wanted row lacks is left as it is stored.
 */
export function planWrites(
  wanted: readonly CatalogueRow[],
  stored: readonly CatalogueRow[],
): WritePlan {
  const storedRows = new Map(stored.map((row) => [rowId(row), row]));
  const inserts: CatalogueRow[] = [];
  const changes: CatalogueRow[] = [];
  const unchanged = { artist: 0, album: 0, track: 0 };
  for (const row of wanted) {
    const before = storedRows.get(rowId(row));
    if (before === undefined) {
      inserts.push(row);
      continue;
    }
    const attributes = differingAttributes(row, before);
    if (Object.keys(attributes).length === 0) unchanged[row.table] += 1;
    else changes.push({ ...row, attributes });
  }
  return { inserts, changes, unchanged };
}

function rowId({ table, key }: CatalogueRow): string {
  return `${table}/${key}`;
}

function differingAttributes(row: CatalogueRow, before: CatalogueRow): CatalogueRow['attributes'] {
  return Object.fromEntries(
    Object.entries(row.attributes).filter(
      ([name, value]) => !isSameValue(value, before.attributes[name]),
    ),
  );
}

/** Attributes of these rows are scalars or lists of scalars. */
function isSameValue(wanted: unknown, stored: unknown): boolean {
  if (!Array.isArray(wanted) || !Array.isArray(stored)) return wanted === stored;
  return wanted.length === stored.length && wanted.every((value, index) => value === stored[index]);
}
