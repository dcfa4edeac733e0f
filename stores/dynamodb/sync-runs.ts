/** The runs of syncs, with what an undo needs: a row for each, and further ones for its lists and its steps. */
import * as z from 'zod/mini';
import type { IntendedStep, SyncJournal, WriteAnswer } from '../../etl/load/sinks.ts';
import {
  type EndedSyncRun,
  type ListEntry,
  listEntrySchema,
  type RunChanges,
  type SyncRun,
  type UndoableRun,
} from '../../etl/model/sync.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Documents } from './documents.ts';
import {
  changesNothing,
  isDone,
  isMade,
  runSchema,
  type StoredRun,
  stepSchema,
  toChanges,
  toRun,
} from './sync-run-rows.ts';

/** For so long a run is listed, and can be taken back. */
export const KEPT_RUN_MS = 90 * 86_400_000;
/** A row is at most 400 KB, and what does not shrink in gzip hardly grows. */
const MAX_PART_BYTES = 350_000;

const indexSchema = z.array(
  z.object({ run_id: z.string(), pair: z.string(), started_at: z.string() }),
);
const lastRunSchema = z.object({ run_id: z.string() });

const INDEX = 'sync-runs';
const toId = (runId: string): string => `sync-run#${runId}`;
const toListId = (runId: string, list: string, part: number): string =>
  `${toId(runId)}#${list}#${part}`;
const toStepId = (runId: string, step: number): string => `${toId(runId)}#step#${step}`;
const toLastId = (targetId: string): string => `sync-last-run#${targetId}`;

export class TableRuns {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor(documents: Documents, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** The run is listed last, so that one that is listed can be taken back. */
  async begin(
    { undoes, ...run }: SyncRun,
    { before, removed }: Pick<UndoableRun, 'before' | 'removed'>,
  ): Promise<number> {
    const { pair, run_id, started_at, target_id } = run;
    const begun = await this.#find(run_id);
    if (begun !== undefined) return begun.answers.length;
    const parts = {
      before: await this.#putList(run_id, 'before', before),
      removed: await this.#putList(run_id, 'removed', removed),
    };
    const stored: StoredRun = { ...run, ...(undoes && { undoes }), answers: [], parts };
    await this.#put(toId(run_id), stored);
    await this.#put(toLastId(target_id), { run_id });
    await this.#documents.change(INDEX, indexSchema, (index = []) => ({
      next: [
        { run_id, pair, started_at },
        ...index.filter((each) => each.started_at > this.#oldest()),
      ],
      result: undefined,
    }));
    return 0;
  }

  async noteStep({ hash, runId, step, write }: IntendedStep): Promise<void> {
    await this.#put(toStepId(runId, step), { write, hash });
    const answer = changesNothing(write) ? 'idle' : 'open';
    await this.#change(runId, (run) => ({
      ...run,
      answers: run.answers.toSpliced(step - 1, 1, answer),
    }));
  }

  async noteAnswer(
    { runId, step }: Pick<IntendedStep, 'runId' | 'step'>,
    answer: WriteAnswer,
  ): Promise<void> {
    await this.#change(runId, (run) => {
      const isIdle = run.answers[step - 1] === 'idle';
      return isIdle ? run : { ...run, answers: run.answers.toSpliced(step - 1, 1, answer) };
    });
  }

  async end(runId: string, ended: Parameters<SyncJournal['end']>[1]): Promise<void> {
    await this.#change(runId, ({ after_hash: _hash, ...run }) => ({ ...run, ...ended }));
  }

  async list(pair?: string): Promise<EndedSyncRun[]> {
    return (await this.#list(pair)).map(toRun);
  }

  /** Reads every run whole. */
  async countChanges(pair?: string): Promise<Map<string, RunChanges>> {
    const changes = new Map<string, RunChanges>();
    for (const run of await this.#list(pair)) {
      const steps = await this.#readSteps(run, isDone);
      if (steps.length === 0) continue;
      const writes = steps.map(({ write }) => write);
      const counts = toChanges(writes, await this.#readBefore(run));
      if (counts.added + counts.removed > 0) changes.set(run.run_id, counts);
    }
    return changes;
  }

  async findLastHash(targetId: string): Promise<string | undefined> {
    const last = await this.#documents.find(toLastId(targetId), lastRunSchema);
    return last && (await this.#find(last.run_id))?.after_hash;
  }

  async find(runId: string): Promise<Omit<UndoableRun, 'claimed'> | undefined> {
    const run = await this.#find(runId);
    if (run === undefined) return undefined;
    const { after_hash, parts } = run;
    return {
      ...toRun(run),
      ...(after_hash !== undefined && { after_hash }),
      before: await this.#readBefore(run),
      removed: await this.#readList(runId, ['removed', parts.removed], z.string()),
      steps: await this.#readSteps(run, isMade),
    };
  }

  /** The newest first. */
  async #list(pair: string | undefined): Promise<StoredRun[]> {
    const index = (await this.#documents.find(INDEX, indexSchema)) ?? [];
    const runs: StoredRun[] = [];
    for (const { run_id } of index.filter((each) => pair === undefined || each.pair === pair)) {
      const run = await this.#find(run_id);
      if (run !== undefined) runs.push(run);
    }
    return runs;
  }

  async #find(runId: string): Promise<StoredRun | undefined> {
    const run = await this.#documents.find(toId(runId), runSchema);
    // DynamoDB deletes the rows of an expired run one by one.
    return run && run.started_at > this.#oldest() ? run : undefined;
  }

  #oldest(): string {
    return new Date(this.#clock.now() - KEPT_RUN_MS).toISOString();
  }

  #expiry(): number {
    return this.#clock.now() + KEPT_RUN_MS;
  }

  async #put(id: string, value: unknown): Promise<void> {
    await this.#documents.put(id, value, { expiresAt: this.#expiry() });
  }

  async #change(runId: string, edit: (run: StoredRun) => StoredRun): Promise<void> {
    await this.#documents.change(toId(runId), runSchema, (run) => ({
      next: run && edit(run),
      result: undefined,
      expiresAt: this.#expiry(),
    }));
  }

  /** Returns in how many parts. */
  async #putList(
    runId: string,
    list: string,
    items: readonly (ListEntry | string)[],
  ): Promise<number> {
    const parts = toParts(items);
    for (const [part, some] of parts.entries()) {
      await this.#put(toListId(runId, list, part), some);
    }
    return parts.length;
  }

  async #readList<Item>(
    runId: string,
    [list, parts]: readonly [string, number],
    schema: z.ZodMiniType<Item>,
  ): Promise<Item[]> {
    const items: Item[] = [];
    for (let part = 0; part < parts; part += 1) {
      const id = toListId(runId, list, part);
      items.push(...((await this.#documents.find(id, z.array(schema))) ?? []));
    }
    return items;
  }

  #readBefore({ parts, run_id }: StoredRun): Promise<ListEntry[]> {
    return this.#readList(run_id, ['before', parts.before], listEntrySchema);
  }

  async #readSteps(
    { answers, run_id }: StoredRun,
    isWanted: typeof isMade,
  ): Promise<UndoableRun['steps']> {
    const steps: z.infer<typeof stepSchema>[] = [];
    for (const [at, answer] of answers.entries()) {
      const id = toStepId(run_id, at + 1);
      const step = isWanted(answer) && (await this.#documents.find(id, stepSchema));
      if (step) steps.push(step);
    }
    return steps;
  }
}

/** As many items in a part as surely fit into a row. */
function toParts<Item>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [];
  let bytes = MAX_PART_BYTES;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + size > MAX_PART_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(item);
    bytes += size;
  }
  return parts;
}
