import * as z from 'zod/mini';
import type {
  Aside,
  ClaimedItem,
  Creation,
  GivenUp,
  IntendedStep,
  ListPlace,
  SourceNote,
  StoredFacts,
  SyncJournal,
  TargetLock,
  WriteAnswer,
} from '../../etl/load/sinks.ts';
import {
  type EndedSyncRun,
  listEntrySchema,
  type RunChanges,
  type Settled,
  type SyncRun,
  settledSchema,
  type UndoableRun,
} from '../../etl/model/sync.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { SqlRow, SqlValue, Statement } from './database.ts';
import { toJsonPages } from './json-pages.ts';
import type { CallLimits, Library } from './library.ts';
import { toChanges, toClaims, toRun, toSourceFacts, toStep } from './sync-rows.ts';
import * as sql from './sync-statements.ts';

/** The journal of syncs, in the library. */
export class LibrarySyncJournal implements SyncJournal {
  readonly #library: Library;
  readonly #limits: CallLimits;

  constructor(library: Library, limits: CallLimits = {}) {
    this.#library = library;
    this.#limits = limits;
  }

  async findFacts({ pair, targetId: target_id }: ListPlace, now: number): Promise<StoredFacts> {
    const [pairs = [], confirmed = [], claims = [], aside = [], seen = []] = await this.#run(
      { sql: sql.SELECT_PAIR, args: { pair } },
      { sql: sql.SELECT_CONFIRMED, args: { pair, target_id } },
      { sql: sql.SELECT_CLAIMS, args: { pair, target_id } },
      { sql: sql.SELECT_ASIDE, args: { now } },
      { sql: sql.SELECT_SEEN, args: { pair, target_id } },
    );
    const urisOf = (reason: string): Set<string> =>
      new Set(aside.filter((row) => row.reason === reason).map(({ uri }) => String(uri)));
    return {
      ...toSourceFacts(pairs[0]),
      claims: toClaims(claims),
      seen: new Set(seen.map(({ uri }) => String(uri))),
      notAddable: urisOf('not addable'),
      notRemovable: urisOf('not removable'),
      isExactConfirmed: confirmed.length > 0,
    };
  }

  async noteSource(pair: string, note: SourceNote): Promise<void> {
    if ('suspect' in note) await this.#ask(sql.NOTE_SUSPECT, { pair, ...note.suspect });
    else await this.#ask(sql.NOTE_COUNT, { pair, good_count: note.goodCount });
  }

  async confirmExact({ pair, targetId: target_id }: ListPlace): Promise<void> {
    await this.#ask(sql.CONFIRM, { pair, target_id });
  }

  async findSettled(pair: string): Promise<Settled | undefined> {
    const [row] = await this.#ask(sql.SELECT_SETTLED, { pair });
    return row && settledSchema.parse(parseJson(String(row.settled)));
  }

  async noteSettled(pair: string, settled: Settled): Promise<void> {
    await this.#ask(sql.NOTE_SETTLED, { pair, settled: JSON.stringify(settled) });
  }

  async lock({ holder, targetId: target_id, until }: TargetLock, now: number): Promise<boolean> {
    return (await this.#ask(sql.LOCK, { target_id, holder, until, now })).length === 1;
  }

  async unlock({ holder, targetId: target_id }: Omit<TargetLock, 'until'>): Promise<void> {
    await this.#ask(sql.UNLOCK, { target_id, holder });
  }

  async begin(
    run: SyncRun,
    { before, removed }: Pick<UndoableRun, 'before' | 'removed'>,
  ): Promise<number> {
    const lists = [
      ...insertList(run.run_id, 'before', before),
      ...insertList(run.run_id, 'removed', removed),
    ];
    const begin = { sql: sql.BEGIN, args: { ...run, undoes: run.undoes ?? null } };
    const count = { sql: sql.COUNT_STEPS, args: { run_id: run.run_id } };
    const [[row] = []] = (await this.#run(begin, ...lists, count)).slice(-1);
    return Number(row?.steps);
  }

  async intend(intended: IntendedStep): Promise<readonly GivenUp[]> {
    const { disclaimed, hash, place, runId: run_id, step, write } = intended;
    const args = { run_id, step, intent: JSON.stringify(write), hash };
    const leaving = { target_id: place.targetId, uris: JSON.stringify(disclaimed) };
    const [, givenUp = []] = await this.#run(
      { sql: sql.INTEND, args },
      { sql: sql.DISCLAIM_ALL, args: leaving },
    );
    return givenUp.map((row) => ({ ...row, uri: String(row.uri) }));
  }

  async reclaim(givenUp: readonly GivenUp[]): Promise<void> {
    if (givenUp.length > 0) await this.#ask(sql.RECLAIM, { claims: JSON.stringify(givenUp) });
  }

  async noteAnswer(
    { runId: run_id, step }: Pick<IntendedStep, 'runId' | 'step'>,
    answer: WriteAnswer,
  ): Promise<void> {
    await this.#ask(sql.ANSWER, { run_id, step, answer });
  }

  async claim(
    { pair, targetId: target_id }: ListPlace,
    items: readonly ClaimedItem[],
    run_id: string,
  ): Promise<void> {
    if (items.length === 0) return;
    await this.#ask(sql.CLAIM, { pair, target_id, run_id, items: JSON.stringify(items) });
  }

  async redate(
    { pair, targetId: target_id }: ListPlace,
    items: readonly ClaimedItem[],
  ): Promise<void> {
    if (items.length === 0) return;
    await this.#ask(sql.REDATE, { pair, target_id, items: JSON.stringify(items) });
  }

  async disclaim({ pair, targetId: target_id }: ListPlace, uris: readonly string[]): Promise<void> {
    if (uris.length === 0) return;
    await this.#ask(sql.DISCLAIM, { pair, target_id, uris: JSON.stringify(uris) });
  }

  async noteSeen({ pair, targetId: target_id }: ListPlace, uris: readonly string[]): Promise<void> {
    if (uris.length === 0) return;
    await this.#ask(sql.NOTE_SEEN, { pair, target_id, uris: JSON.stringify(uris) });
  }

  async setAside(uris: readonly string[], { reason, until }: Aside): Promise<void> {
    await this.#ask(sql.SET_ASIDE, { uris: JSON.stringify(uris), reason, until });
  }

  async end(run_id: string, ended: Parameters<SyncJournal['end']>[1]): Promise<void> {
    const nothing = { after_hash: null, ended_at: null, outcome: null };
    await this.#ask(sql.END, { run_id, ...nothing, ...ended });
  }

  async listRuns(pair?: string): Promise<EndedSyncRun[]> {
    return (await this.#ask(sql.SELECT_RUNS, { pair: pair ?? null })).map(toRun);
  }

  async findLastHash(target_id: string): Promise<string | undefined> {
    const [row] = await this.#ask(sql.SELECT_LAST_HASH, { target_id });
    return typeof row?.after_hash === 'string' ? row.after_hash : undefined;
  }

  async countChanges(pair?: string): Promise<Map<string, RunChanges>> {
    return toChanges(await this.#ask(sql.SELECT_CHANGES, { pair: pair ?? null }));
  }

  async findRun(run_id: string): Promise<UndoableRun | undefined> {
    const args = { run_id };
    const [[row] = [], lists = [], claims = [], steps = []] = await this.#run(
      { sql: sql.SELECT_RUN, args },
      { sql: sql.SELECT_LISTS, args },
      { sql: sql.SELECT_CLAIMED, args },
      { sql: sql.SELECT_STEPS, args },
    );
    if (row === undefined) return undefined;
    const { after_hash } = row;
    return {
      ...toRun(row),
      ...(typeof after_hash === 'string' && { after_hash }),
      before: z.array(listEntrySchema).parse(readList(lists, 'before')),
      removed: z.array(z.string()).parse(readList(lists, 'removed')),
      steps: steps.map(toStep),
      claimed: toClaims(claims),
    };
  }

  async findCreation(creation_key: string): Promise<Creation | undefined> {
    const [row] = await this.#ask(sql.SELECT_CREATION, { creation_key });
    const { mark, target_id } = row ?? {};
    if (mark === undefined) return undefined;
    return { mark: String(mark), ...(typeof target_id === 'string' && { targetId: target_id }) };
  }

  async noteCreation(creation_key: string, { mark, targetId }: Creation): Promise<void> {
    await this.#ask(sql.NOTE_CREATION, { creation_key, mark, target_id: targetId ?? null });
  }

  #run(...statements: readonly Statement[]): Promise<SqlRow[][]> {
    return this.#library.run(statements, this.#limits);
  }

  async #ask(sql: string, args: Args): Promise<SqlRow[]> {
    return (await this.#run({ sql, args }))[0] ?? [];
  }
}

type Args = Readonly<Record<string, SqlValue>>;

function insertList(
  run_id: string,
  list: 'before' | 'removed',
  items: readonly unknown[],
): Statement[] {
  return toJsonPages(items).map((page, part) => ({
    sql: sql.INSERT_LIST,
    args: { run_id, list, part, items: page },
  }));
}

function readList(rows: readonly SqlRow[], list: string): unknown[] {
  return rows
    .filter((row) => row.list === list)
    .flatMap(({ items }) => z.array(z.unknown()).parse(parseJson(String(items))));
}
