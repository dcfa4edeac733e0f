import {
  albumRecordSchema,
  artistRecordSchema,
  type CatalogueTable,
  GIVEN_TO_SOME_APPS,
  trackRecordSchema,
} from '../model/records.ts';
import { findRowFaults } from '../model/row-faults.ts';
import type { CatalogueRow, RowChange } from './sinks.ts';

/** What to write, decided before any write. Every wanted row is in exactly one of the three. */
export type WritePlan = {
  /** Rows not stored yet that lack nothing: each may replace what another run stores meanwhile. */
  readonly inserts: readonly CatalogueRow[];
  /**
   * Rows to be set attribute by attribute. Stored ones that differ: their key, just the attributes to set, and malformed ones
   * that are not among these. And new ones that lack something: another run's sighting may have it, and must not lose it.
   */
  readonly changes: readonly RowChange[];
  /** Rows stored already exactly so. */
  readonly unchanged: Readonly<Record<CatalogueTable, number>>;
};

/**
 * Compares the wanted rows with the stored ones, field by field. A field that a wanted row lacks is left as it is stored, or
 * dropped where what is stored is malformed. However many runs carry out plans for the same rows at the same time, no
 * attribute that one of them has is gone afterwards.
 */
export function planWrites(
  wanted: readonly CatalogueRow[],
  stored: readonly CatalogueRow[],
): WritePlan {
  const storedRows = new Map(stored.map((row) => [rowId(row), row]));
  const isComplete = completenessOf(wanted);
  const inserts: CatalogueRow[] = [];
  const changes: RowChange[] = [];
  const unchanged = { artist: 0, album: 0, track: 0 };
  for (const row of wanted) {
    const before = storedRows.get(rowId(row));
    if (before === undefined) {
      (isComplete(row) ? inserts : changes).push(row);
      continue;
    }
    const change = toChange(row, before);
    if (change === undefined) unchanged[row.table] += 1;
    else changes.push(change);
  }
  return { inserts, changes, unchanged };
}

const ATTRIBUTES = {
  artist: Object.keys(artistRecordSchema.shape),
  album: Object.keys(albumRecordSchema.shape),
  track: Object.keys(trackRecordSchema.shape),
} as const satisfies Record<CatalogueTable, readonly string[]>;

/**
 * Whether a row has all that a sighting by this app can have: what every app is given, and what any row of this read has.
 */
function completenessOf(wanted: readonly CatalogueRow[]): (row: CatalogueRow) => boolean {
  const seen = new Set(wanted.flatMap(({ attributes }) => Object.keys(attributes)));
  const isGiven = (name: string): boolean => !GIVEN_TO_SOME_APPS.has(name) || seen.has(name);
  return ({ attributes, table }) =>
    ATTRIBUTES[table].every((name) => name in attributes || !isGiven(name));
}

function rowId({ table, key }: CatalogueRow): string {
  return `${table}/${key}`;
}

function toChange(row: CatalogueRow, before: CatalogueRow): RowChange | undefined {
  const attributes = differingAttributes(row, before);
  const dropped = malformedAttributes(row, before);
  if (Object.keys(dropped).length > 0) return { ...row, attributes, dropped };
  return Object.keys(attributes).length === 0 ? undefined : { ...row, attributes };
}

/** Stored ones that the wanted row would leave as they are, with their values. */
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
