/** What is wrong with rows, and which playlists to load again. */
import * as z from 'zod/mini';
import type { Table } from '../etl/model/records.ts';
import { parseJson } from '../lib/parse-json.ts';
import { chooseCover } from '../lib/smallest-cover.ts';
import {
  AFFECTED,
  CHOICES,
  COUNT_UNREACHED,
  COUNTS,
  DANGLING,
  FIRST_UNREACHED,
  MALFORMED,
  MISCOUNTED,
  prepareFindings,
  UNREFERENCED,
} from '../stores/sqlite/findings.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { LibraryImports, listUnfinishedImports } from '../stores/sqlite/library-imports.ts';
import { Picture, type PictureProgress, type RowSource, TABLES, takePicture } from './picture.ts';

export type RowKey = { readonly table: Table; readonly id: string };

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
  | (RowKey & { readonly kind: 'malformed'; readonly why: string })
  /** An import of a listening history was stopped before its plays were compared with the polls. */
  | { readonly kind: 'import'; readonly id: string };

export type FindingKind = Finding['kind'];

/** A playlist that leads to a fault. */
export type AffectedPlaylist = {
  readonly id: string;
  /** The first reason. */
  readonly why: string;
  /** The number of other reasons. */
  readonly moreReasons: number;
  /** Its approximate number of items. */
  readonly items: number;
  /** What loading it again costs, about. */
  readonly calls: number;
};

export type Verdict = {
  readonly rows: Readonly<Record<Table, number>>;
  readonly findings: Readonly<Record<FindingKind, number>>;
  /** Rows that no row refers to, left over from changed playlists. Not a fault. */
  readonly unreferenced: Readonly<Record<Exclude<Table, 'playlist'>, number>>;
  /** How many playlists lead to a fault. */
  readonly affected: number;
  /** Those to load again: together they lead to all faults that a load repairs, with the fewest calls. */
  readonly toLoad: readonly AffectedPlaylist[];
  /** Faulty rows that loading playlists again does not fix, because no playlist leads to them. */
  readonly unreached: number;
  /** The first of them. */
  readonly firstUnreached: readonly RowKey[];
};

type Row = Readonly<Record<string, unknown>>;

const tableSchema = z.enum(TABLES);

type VerifyOptions = {
  /** Where the rows are a library's. */
  readonly library?: Library | undefined;
  /** Called with each finding, in an order that depends only on the rows. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
  readonly onProgress?: ((progress: PictureProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Checks every row of the four tables.
 *
 * @throws what reading them throws
 */
export async function verifyRows(source: RowSource, options: VerifyOptions): Promise<Verdict> {
  const picture = new Picture();
  try {
    await takePicture(picture, source, options);
    picture.findReferences();
    const imports = options.library ? await listUnfinishedImports(options.library) : [];
    return judge(picture, imports, options.onFinding);
  } finally {
    picture.close();
  }
}

/** Compares the plays of unfinished imports with the polls. */
export async function finishImports(library: Library, now: number): Promise<void> {
  await new LibraryImports(library).finishImport(now);
}

function judge(
  picture: Picture,
  imports: readonly string[],
  onFinding: VerifyOptions['onFinding'],
): Verdict {
  prepareFindings(picture);
  const findings = { malformed: 0, dangling: 0, count: 0, import: 0 };
  for (const finding of listFindings(picture, imports)) {
    findings[finding.kind] += 1;
    onFinding?.(finding);
  }
  const affected = new Map(
    [...picture.list(AFFECTED)].map((row) => [String(row.id), toAffected(row)]),
  );
  const groups = [...picture.list(CHOICES)].map(({ ids }) =>
    z.array(z.string()).parse(parseJson(String(ids))),
  );
  const [lost] = picture.list(COUNT_UNREACHED);
  const chosen = new Set(chooseCover(groups, (id) => affected.get(id)?.calls ?? 0));
  return {
    rows: { playlist: 0, track: 0, album: 0, artist: 0, ...countRows(picture, COUNTS) },
    findings,
    unreferenced: { track: 0, album: 0, artist: 0, ...countRows(picture, UNREFERENCED) },
    affected: affected.size,
    toLoad: [...affected.values()].filter(({ id }) => chosen.has(id)),
    unreached: Number(lost?.rows),
    firstUnreached: [...picture.list(FIRST_UNREACHED)].map(toKey),
  };
}

function* listFindings(picture: Picture, imports: readonly string[]): Generator<Finding> {
  for (const row of picture.list(MALFORMED)) {
    yield { kind: 'malformed', ...toKey(row), why: String(row.why) };
  }
  for (const row of picture.list(DANGLING)) {
    const from = { table: tableSchema.parse(row.from_kind), id: String(row.from_id) };
    yield { kind: 'dangling', ...toKey(row), from };
  }
  for (const { counted, id, items } of picture.list(MISCOUNTED)) {
    yield { kind: 'count', id: String(id), items: Number(items), counted: Number(counted) };
  }
  for (const id of imports) yield { kind: 'import', id };
}

function toKey({ id, kind }: Row): RowKey {
  return { table: tableSchema.parse(kind), id: String(id) };
}

/** The largest page of items. */
const ITEMS_PER_CALL = 100;

/** Calls: the first, its further pages and a closing check. */
function toAffected({ id, items, more, why }: Row): AffectedPlaylist {
  const size = Number(items);
  const calls = size <= ITEMS_PER_CALL ? 1 : 1 + Math.ceil(size / ITEMS_PER_CALL);
  return { id: String(id), why: String(why), moreReasons: Number(more), items: size, calls };
}

function countRows(picture: Picture, sql: string): Record<string, number> {
  return Object.fromEntries(
    [...picture.list(sql)].map(({ kind, rows }) => [String(kind), Number(rows)]),
  );
}
