/** A plan as a file: what it is about, and every step of it. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { findCleared, type PlannedSync } from '../../app/sync.ts';
import type { ListedPair } from '../../app/sync-pairs.ts';
import {
  listEntrySchema,
  SOURCE_GOALS,
  SYNC_MODES,
  type SyncOptions,
  syncPlanSchema,
} from '../../etl/model/sync.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { UsageError } from '../../lib/usage-error.ts';

const plannedSchema = z.object({
  name: z.string(),
  mode: z.enum(SYNC_MODES),
  sources: z.array(z.string()),
  target_id: z.nullable(z.string()),
  goal: z.object({ kind: z.enum(SOURCE_GOALS), source: z.array(listEntrySchema) }),
  plan: syncPlanSchema,
  options: z.object({
    maxRemovals: z.optional(z.number()),
    allowEmpty: z.boolean(),
    allowRewrite: z.boolean(),
    confirmsExact: z.exactOptional(z.boolean()),
  }),
});
const fileSchema = z.object({ version: z.literal(2), pairs: z.array(plannedSchema) });

type InFile = z.infer<typeof plannedSchema>;

export type PlannedPair = {
  readonly pair: ListedPair;
  readonly planned: PlannedSync;
  readonly options: SyncOptions;
};

export function toPlanFile(all: readonly PlannedPair[]): string {
  const pairs = all.map(({ options, pair, planned: { goal, plan, targetId } }) => ({
    ...{ name: pair.name, mode: pair.mode, sources: pair.sources, target_id: targetId ?? null },
    ...{ goal, plan, options },
  }));
  return `${JSON.stringify({ version: 2, pairs }, null, 1)}\n`;
}

/** @throws UsageError where it is not a plan of this version */
export async function readPlanFile(path: string): Promise<readonly InFile[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(
      `${path} cannot be read. Write one: npx spotify-etl sync plan --out ${path}`,
    );
  });
  const parsed = fileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.pairs;
  throw new UsageError(`${path} is not a plan of this version. Make a new one: sync plan --out.`);
}

/**
 * The plan of a pair, which must still be about the same lists.
 *
 * @throws UsageError
 */
export function findPlanned(plans: readonly InFile[], pair: ListedPair): PlannedPair | undefined {
  const found = plans.find(({ name }) => name === pair.name);
  if (found === undefined) return undefined;
  const isOther = typeof pair.target === 'string' && pair.target !== found.target_id;
  const isSame = found.sources.join(' ') === pair.sources.join(' ');
  if (!isSame || found.mode !== pair.mode || isOther) {
    throw new UsageError(`The row of ${pair.name} has changed since the plan. Make a new one.`);
  }
  const { goal, options, plan, target_id } = found;
  const targetId = target_id ?? undefined;
  const clears = pair.mode === 'inbox' ? findCleared(goal, plan.after) : [];
  const planned = { goal, plan, targetId, clears, callsLeft: Number.POSITIVE_INFINITY };
  return { pair, planned, options };
}
