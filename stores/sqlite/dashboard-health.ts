/** How well the history of a library is kept. */
import * as z from 'zod/mini';
import type { TimeRange } from '../../etl/model/imports.ts';
import { uniteRanges } from '../../etl/model/time-ranges.ts';
import { COVERED } from './import-statements.ts';
import type { Library } from './library.ts';

const MAX_POLLS = 50;

const GAPS =
  'SELECT after, before, cause, closed_by IS NOT NULL AS is_closed FROM gap ORDER BY after';

/** Polls know all plays from the first that they found on. */
const POLLED = `SELECT first, max(newest, coalesce((SELECT max(at) FROM poll), 0)) AS last
  FROM (SELECT min(ended_at) AS first, max(ended_at) AS newest FROM play WHERE api_key IS NOT NULL)
  WHERE first IS NOT NULL`;

const POLLS = `SELECT at, returned, fresh, outcome FROM poll ORDER BY at DESC, poll_id DESC LIMIT ${MAX_POLLS}`;

const IMPORTS =
  'SELECT name, finished_at, coalesce(rows_read, 0) AS rows_read, coalesce(rows_new, 0) AS rows_new, coalesce(rows_refused, 0) AS rows_refused FROM import ORDER BY started_at DESC, import_id DESC';

/** In the order of their starts, whatever the clock says. */
const SYNCS = `SELECT pair, coalesce(playlist_name, target_id) AS target, started_at, outcome
  FROM sync_run LEFT JOIN playlist ON playlist_id = target_id
  WHERE sync_run.rowid IN (SELECT max(rowid) FROM sync_run GROUP BY pair)
  ORDER BY sync_run.rowid DESC`;

const count = z.number();
const text = z.string();
const gapSchema = z.object({
  after: count,
  before: count,
  cause: text,
  is_closed: z.literal([0, 1]),
});
const pollSchema = z.object({ at: count, returned: count, fresh: count, outcome: text });
const importSchema = z.object({
  name: text,
  finished_at: z.nullable(count),
  rows_read: count,
  rows_new: count,
  rows_refused: count,
});
const syncSchema = z.object({
  pair: text,
  target: text,
  started_at: text,
  outcome: z.nullable(text),
});
const rangeSchema = z.object({ first: count, last: count });

export type LibraryHealth = {
  readonly gaps: readonly z.infer<typeof gapSchema>[];
  /** Times whose plays are all known but for the gaps, by their beginnings. */
  readonly covered: readonly TimeRange[];
  readonly polls: readonly z.infer<typeof pollSchema>[];
  readonly imports: readonly z.infer<typeof importSchema>[];
  readonly syncs: readonly z.infer<typeof syncSchema>[];
};

const toRanges = (rows: unknown): TimeRange[] =>
  z
    .array(rangeSchema)
    .parse(rows)
    .map(({ first, last }) => ({ firstMs: first, lastMs: last }));

export async function readHealth(library: Library): Promise<LibraryHealth> {
  const statements = [GAPS, COVERED, POLLED, POLLS, IMPORTS, SYNCS].map((sql) => ({ sql }));
  const [gaps, exported, polled, polls, imports, syncs] = await library.run(statements);
  const covered = [...uniteRanges(toRanges(exported)), ...toRanges(polled)];
  return {
    gaps: z.array(gapSchema).parse(gaps),
    covered: covered.sort((one, other) => one.firstMs - other.firstMs),
    polls: z.array(pollSchema).parse(polls),
    imports: z.array(importSchema).parse(imports),
    syncs: z.array(syncSchema).parse(syncs),
  };
}
