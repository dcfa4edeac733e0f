/** Rows of the journal as what they mean. */
import * as z from 'zod/mini';
import type { StoredFacts } from '../../etl/load/sinks.ts';
import {
  type EndedSyncRun,
  itemsWriteSchema,
  type RunChanges,
  SYNC_GOALS,
  type UndoableRun,
} from '../../etl/model/sync.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { SqlRow } from './database.ts';

export const toClaims = (rows: readonly SqlRow[]): StoredFacts['claims'] =>
  new Map(
    rows.map(({ added_at, uri }) => [
      String(uri),
      typeof added_at === 'string' ? added_at : undefined,
    ]),
  );

export const toChanges = (rows: readonly SqlRow[]): Map<string, RunChanges> =>
  new Map(
    rows.map(({ added, removed, run_id }) => [
      String(run_id),
      { added: Number(added), removed: Number(removed) },
    ]),
  );

export function toSourceFacts(row: SqlRow | undefined): Pick<StoredFacts, 'goodCount' | 'suspect'> {
  const { good_count, suspect_day, suspect_hash } = row ?? {};
  return {
    ...(typeof good_count === 'number' && { goodCount: good_count }),
    ...(typeof suspect_hash === 'string' && {
      suspect: { hash: suspect_hash, day: String(suspect_day) },
    }),
  };
}

export function toRun(row: SqlRow): EndedSyncRun {
  const { ended_at, kind, outcome, pair, run_id, started_at, target_id, undoes, writes } = row;
  return {
    run_id: String(run_id),
    pair: String(pair),
    target_id: String(target_id),
    kind: z.enum(SYNC_GOALS).parse(kind),
    started_at: String(started_at),
    ...(ended_at !== null && { ended_at: String(ended_at) }),
    ...(outcome !== null && { outcome: String(outcome) }),
    ...(undoes !== null && { undoes: String(undoes) }),
    writes: Number(writes),
  };
}

export const toStep = ({ expected_hash, intent }: SqlRow): UndoableRun['steps'][number] => ({
  write: itemsWriteSchema.parse(parseJson(String(intent))),
  hash: String(expected_hash),
});
