/** Rows of the runs of syncs, and what they mean. */
import * as z from 'zod/mini';
import {
  type EndedSyncRun,
  type ItemsWrite,
  itemsWriteSchema,
  type ListEntry,
  type RunChanges,
  SYNC_GOALS,
} from '../../etl/model/sync.ts';

const text = z.exactOptional(z.string());

export const runSchema = z.object({
  run_id: z.string(),
  pair: z.string(),
  target_id: z.string(),
  kind: z.enum(SYNC_GOALS),
  started_at: z.string(),
  undoes: text,
  ended_at: text,
  outcome: text,
  after_hash: text,
  /** Of each step its answer; `open`: none yet; `idle`: it changes nothing. */
  answers: z.array(z.enum(['open', 'idle', 'done', 'refused', 'unknown'])),
  /** Rows that hold its two lists. */
  parts: z.object({ before: z.number(), removed: z.number() }),
});
export type StoredRun = z.infer<typeof runSchema>;
type Answer = StoredRun['answers'][number];

export const stepSchema = z.object({ write: itemsWriteSchema, hash: z.string() });

export function toRun({
  after_hash: _hash,
  answers,
  parts: _parts,
  ...run
}: StoredRun): EndedSyncRun {
  return { ...run, writes: answers.filter(isMade).length };
}

/** Not what was surely not made, and what has changed nothing. */
export const isMade = (answer: Answer): boolean => answer !== 'refused' && answer !== 'idle';

/** An answer that was lost counts, as the write has probably landed. */
export const isDone = (answer: Answer): boolean => answer === 'done' || answer === 'unknown';

export const changesNothing = (write: ItemsWrite): boolean =>
  write.kind === 'move' && write.start === write.before;

/** Keys, not copies. */
export function toChanges(writes: readonly ItemsWrite[], before: readonly ListEntry[]): RunChanges {
  const had = new Set(before.flatMap(({ uri }) => uri ?? []));
  const isRewritten = writes.some(({ kind }) => kind === 'replace');
  const written = new Set(
    writes.flatMap((write) => (write.kind === 'add' || write.kind === 'replace' ? write.uris : [])),
  );
  const gone = new Set([
    ...writes.flatMap((write) => (write.kind === 'remove' ? write.uris : [])),
    ...(isRewritten ? had : []),
  ]);
  const without = (all: ReadonlySet<string>, others: ReadonlySet<string>): number =>
    [...all].filter((uri) => !others.has(uri)).length;
  return { added: without(written, had), removed: without(gone, written) };
}
