import type { Table } from '../../etl/model/records.ts';
import type { Entry } from '../external-sort/run-records.ts';
import { isRowId, parseMark, type RowKey, type RowMark, toRowKey } from './marks.ts';

export type Finding =
  /** A row refers to a missing one. */
  | (RowKey & { readonly kind: 'dangling'; readonly from: RowKey })
  /** A playlist's count differs from its tracks plus its skipped items. */
  | {
      readonly kind: 'count';
      readonly id: string;
      readonly items: number;
      readonly counted: number;
    }
  | (RowKey & { readonly kind: 'malformed'; readonly why: string });

export type FindingKind = Finding['kind'];

/** A playlist to load again. */
export type AffectedPlaylist = {
  readonly id: string;
  /** The first reason. */
  readonly why: string;
  /** The number of other reasons. */
  readonly moreReasons: number;
  /** Its approximate number of items. */
  readonly items: number;
};

export type Verdict = {
  readonly rows: Readonly<Record<Table, number>>;
  readonly findings: Readonly<Record<FindingKind, number>>;
  /** Rows that no row refers to, left over from changed playlists. Not a fault. */
  readonly unreferenced: Readonly<Record<Exclude<Table, 'playlist'>, number>>;
  readonly affected: readonly AffectedPlaylist[];
  /** Faulty rows that loading playlists again does not fix, because no playlist leads to them. */
  readonly unreached: number;
  /** The first of them. */
  readonly unreachedRows: readonly RowKey[];
  /** Whether some affected playlists are unknown, because there were too many faulty rows. */
  readonly isCutShort: boolean;
};

/** The number of all findings. */
export function countFindings({ findings }: Pick<Verdict, 'findings'>): number {
  return findings.malformed + findings.dangling + findings.count;
}

/** Why a row is wrong: the first reason, and the number of others. */
type Reasons = { readonly why: string; more: number };

/** The row of the present entries. */
type Current = RowKey & {
  isStored: boolean;
  references: number;
  reasons: Reasons | undefined;
};

const MAX_UNREACHED_ROWS = 20;

/**
 * Takes the sorted entries of all rows and reports each fault at once. For each table it remembers at most `maxAffected` rows
 * that refer, directly or not, to a faulty one.
 */
export class Judge {
  readonly #onFinding: ((finding: Finding) => void) | undefined;
  readonly #maxAffected: number;
  /** Rows that come later in the order. */
  readonly #faulty: Readonly<Record<Table, Map<string, Reasons>>> = {
    playlist: new Map(),
    track: new Map(),
    album: new Map(),
    artist: new Map(),
  };
  readonly #rows = { playlist: 0, track: 0, album: 0, artist: 0 };
  readonly #findings = { dangling: 0, count: 0, malformed: 0 };
  readonly #unreferenced = { track: 0, album: 0, artist: 0 };
  readonly #affected: AffectedPlaylist[] = [];
  readonly #unreachedRows: RowKey[] = [];
  #unreached = 0;
  #isCutShort = false;
  #key: string | undefined;
  #current: Current | undefined;

  constructor(onFinding: ((finding: Finding) => void) | undefined, maxAffected: number) {
    this.#onFinding = onFinding;
    this.#maxAffected = maxAffected;
  }

  /** The next entry, in the order of the sort. */
  add(entry: Entry): void {
    if (entry.key !== this.#key || this.#current === undefined) {
      this.#close();
      this.#key = entry.key;
      this.#current = this.#open(toRowKey(entry));
    }
    const mark = parseMark(entry);
    if ('from' in mark) this.#addReference(this.#current, mark.from);
    else this.#addRow(this.#current, mark);
  }

  /** The verdict. Call it once, after the last entry. */
  end(): Verdict {
    this.#close();
    return {
      rows: this.#rows,
      findings: this.#findings,
      unreferenced: this.#unreferenced,
      affected: this.#affected,
      unreached: this.#unreached,
      unreachedRows: this.#unreachedRows,
      isCutShort: this.#isCutShort,
    };
  }

  #open({ id, table }: RowKey): Current {
    const reasons = this.#faulty[table].get(id);
    this.#faulty[table].delete(id);
    return { table, id, isStored: false, references: 0, reasons };
  }

  #addRow(row: Current, { counted = 0, items = 0, why }: RowMark): void {
    row.isStored = true;
    this.#rows[row.table] += 1;
    if (why !== undefined) {
      this.#find({ kind: 'malformed', table: row.table, id: row.id, why });
      addReason(row, row.table === 'playlist' ? why : `${describe(row)} is malformed`);
    }
    if (row.table !== 'playlist') return;
    // The count of a malformed row is unknown.
    if (why === undefined && items !== counted) {
      this.#find({ kind: 'count', id: row.id, items, counted });
      addReason(row, `it has ${counted} items and says ${items}`);
    }
    this.#addAffected(row, Math.max(items, counted));
  }

  #addReference(row: Current, from: RowKey): void {
    row.references += 1;
    const { id, table } = row;
    if (!row.isStored) {
      if (row.references === 1) addReason(row, `${describe(row)} is missing`);
      this.#find({ kind: 'dangling', table, id, from });
    }
    if (row.reasons !== undefined) this.#blame(from, row.reasons.why);
  }

  #close(): void {
    const row = this.#current;
    if (row === undefined || row.table === 'playlist' || row.references > 0) return;
    this.#unreferenced[row.table] += 1;
    if (row.reasons !== undefined) this.#leave(row);
  }

  #addAffected(row: Current, items: number): void {
    const { id, reasons } = row;
    if (reasons === undefined) return;
    if (!isRowId('playlist', id)) this.#leave(row);
    else if (this.#affected.length < this.#maxAffected) {
      this.#affected.push({ id, why: reasons.why, moreReasons: reasons.more, items });
    } else this.#isCutShort = true;
  }

  #leave({ id, table }: RowKey): void {
    this.#unreached += 1;
    if (this.#unreachedRows.length < MAX_UNREACHED_ROWS) this.#unreachedRows.push({ table, id });
  }

  #find(finding: Finding): void {
    this.#findings[finding.kind] += 1;
    this.#onFinding?.(finding);
  }

  #blame({ id, table }: RowKey, why: string): void {
    const faulty = this.#faulty[table];
    const reasons = faulty.get(id);
    if (reasons !== undefined) reasons.more += 1;
    else if (faulty.size < this.#maxAffected) faulty.set(id, { why, more: 0 });
    else this.#isCutShort = true;
  }
}

function addReason(row: Current, why: string): void {
  if (row.reasons === undefined) row.reasons = { why, more: 0 };
  else row.reasons.more += 1;
}

function describe({ id, table }: RowKey): string {
  return `${table} ${id}`;
}
