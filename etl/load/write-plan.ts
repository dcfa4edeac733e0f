import type { CatalogueTable } from '../model/records.ts';
import { findRowFaults } from '../model/row-faults.ts';
import type { CatalogueRow, RowChange } from './sinks.ts';

/** What to write. Every wanted row is in exactly one of the three. */
export type WritePlan = {
  /** Rows not stored yet, to be put whole. */
  readonly inserts: readonly CatalogueRow[];
  /** Stored rows that differ: the key, the attributes to set, and malformed ones to remove. */
  readonly changes: readonly RowChange[];
  /** Rows that are stored like this already. */
  readonly unchanged: Readonly<Record<CatalogueTable, number>>;
};

/**
 * Compares the wanted rows with the stored ones, field by field. A field that a wanted row lacks stays as it is stored, unless
 * the stored value is malformed: then it is removed.
 */
export function planWrites(
  wanted: readonly CatalogueRow[],
  stored: readonly CatalogueRow[],
): WritePlan {
  const storedRows = new Map(stored.map((row) => [rowId(row), row]));
  const inserts: CatalogueRow[] = [];
  const changes: RowChange[] = [];
  const unchanged = { artist: 0, album: 0, track: 0 };
  for (const row of wanted) {
    const before = storedRows.get(rowId(row));
    if (before === undefined) {
      inserts.push(row);
      continue;
    }
    const change = toChange(row, before);
    if (change === undefined) unchanged[row.table] += 1;
    else changes.push(change);
  }
  return { inserts, changes, unchanged };
}

function rowId({ table, key }: CatalogueRow): string {
  return `${table}/${key}`;
}

function toChange(row: CatalogueRow, before: CatalogueRow): RowChange | undefined {
  const attributes = differingAttributes(row, before);
  const dropped = { ...malformedAttributes(row, before), ...staleLength(row, before) };
  if (Object.keys(dropped).length > 0) return { ...row, attributes, dropped };
  return Object.keys(attributes).length === 0 ? undefined : { ...row, attributes };
}

/** An album's length is that of all its tracks: where their number changes, it goes until they are read again. */
function staleLength(
  { attributes: wanted }: CatalogueRow,
  { attributes: stored }: CatalogueRow,
): Readonly<Record<string, unknown>> {
  const { album_duration: length, album_num_tracks: tracks } = stored;
  const { album_duration: fresh, album_num_tracks: now = tracks } = wanted;
  return length === undefined || fresh !== undefined || now === tracks
    ? {}
    : { album_duration: length };
}

/** Malformed stored attributes that the wanted row lacks, with their values. */
function malformedAttributes(
  row: CatalogueRow,
  before: CatalogueRow,
): Readonly<Record<string, unknown>> {
  const names = findRowFaults(row.table, before.attributes)
    .map(({ attribute }) => attribute)
    .filter((name) => name in before.attributes && !(name in row.attributes));
  return Object.fromEntries(names.map((name) => [name, before.attributes[name]]));
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
