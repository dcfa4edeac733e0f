/** A plan as a file: what it is about, and every step of it. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { PlannedSync } from '../../app/sync.ts';
import {
  listEntrySchema,
  SYNC_MODES,
  type SyncOptions,
  syncPlanSchema,
} from '../../etl/model/sync.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { UsageError } from '../../lib/usage-error.ts';
import type { ListedPair } from './pairs.ts';

const plannedSchema = z.object({
  name: z.string(),
  source_id: z.string(),
  target_id: z.nullable(z.string()),
  goal: z.object({ kind: z.enum(SYNC_MODES), source: z.array(listEntrySchema) }),
  plan: syncPlanSchema,
  options: z.object({
    maxRemovals: z.optional(z.number()),
    allowEmpty: z.boolean(),
    allowRewrite: z.boolean(),
    confirmsExact: z.exactOptional(z.boolean()),
  }),
});
const fileSchema = z.object({ version: z.literal(1), pairs: z.array(plannedSchema) });

type InFile = z.infer<typeof plannedSchema>;

export type PlannedPair = {
  readonly pair: ListedPair;
  readonly planned: PlannedSync;
  readonly options: SyncOptions;
};

export function toPlanFile(all: readonly PlannedPair[]): string {
  const pairs = all.map(({ options, pair, planned: { goal, plan, targetId } }) => ({
    ...{ name: pair.name, source_id: pair.sourceId, target_id: targetId ?? null },
    ...{ goal, plan, options },
  }));
  return `${JSON.stringify({ version: 1, pairs }, null, 1)}\n`;
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
  if (found.source_id !== pair.sourceId || found.goal.kind !== pair.mode || isOther) {
    throw new UsageError(`The row of ${pair.name} has changed since the plan. Make a new one.`);
  }
  const { goal, options, plan, target_id } = found;
  const targetId = target_id ?? undefined;
  const planned = { goal, plan, targetId, callsLeft: Number.POSITIVE_INFINITY };
  return { pair, planned, options };
}
