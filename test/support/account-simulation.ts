/**
 * First loads of many playlists on virtual time: the state machine's rules, the project's own quota and its own prices, one account
 * after another. Only Spotify, the tables and AWS are left out.
 */
import { PRICES, runCostUsd } from '../../app/prices.ts';
import { EtlError } from '../../etl/errors.ts';
import type { ItemPage } from '../../etl/extract/sources.ts';
import { toProblem } from '../../handlers/http/problems.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSeededRandom } from '../../local/simulator/seeded-random.ts';
import { Dialect } from '../../spotify/app-kind.ts';
import { countFurtherPages } from '../../spotify/item-pages.ts';
import { Quota } from '../../spotify/quota/quota.ts';
import { RunQuota } from '../../spotify/quota/run-quota.ts';
import { EMPTY_STATE, type QuotaState } from '../../spotify/quota/store.ts';
import { mayTryAgain } from '../../trigger/due-rows.ts';
import { planNext } from '../../trigger/next-step.ts';
import { type Outcome, toOutcome } from '../../trigger/outcome.ts';
import { readsOfFirstLoad, writesOfFirstLoad } from './unit-formulas.ts';

export type Fleet = { readonly accounts: number; readonly listsEach: number };

export type FleetFigures = {
  readonly lists: number;
  readonly items: number;
  readonly calls: number;
  /** Of these, openings of lists that the budget then had too few calls for. */
  readonly wastedCalls: number;
  /** Until the last list of the slowest account is loaded. */
  readonly days: number;
  /** Waits of executions for the quota. */
  readonly waits: number;
  /** Executions of the machine `playlists`. */
  readonly starts: number;
  /** Of one account, in any 24 hours. */
  readonly mostCallsADay: number;
  readonly callsOverBudget: number;
  readonly usd: number;
};

const DAY_MS = 86_400_000;
const STARTED_AT = Date.UTC(2026, 10, 30, 4);
/** The defaults of docs/configuration.md. */
const SETTINGS = {
  budget: { dailyCalls: 900, reservedCalls: 80 },
  pace: { burstCalls: 60, callsPerSecond: 1 },
};
/** What the listening history leaves. */
export const LOAD_CALLS_A_DAY = SETTINGS.budget.dailyCalls - SETTINGS.budget.reservedCalls;
const FUNCTION_MS = 900_000;
const MEMORY_MB = 512;
const CALL_MS = 300;
/** Of a load, besides its calls. */
const LOAD_MS = 500;
/** stack/playlists.asl.yml: between the rounds of an execution, how many there are, and how many loads go on at once. */
const PAUSE_MS = 60_000;
const ROUNDS = 5;
const CHILDREN = 2;

/** docs/cost.md: a child of the map, besides its function; and a wait in it, which runs the function once more. */
export const CHILD_USD = 5 * 25e-6 + 3 * 0.5e-6 + 5e-6 + 0.4e-6;
export const WAIT_USD = 3 * 25e-6;
const ROWS_PER_ITEM = 2.5;

type Totals = { -readonly [Name in keyof FleetFigures]: FleetFigures[Name] };

/** `onAccount` is called after each account, with how many are done. */
export async function simulateFleet(
  { accounts, listsEach }: Fleet,
  onAccount: (done: number) => void = () => undefined,
): Promise<FleetFigures> {
  const totals: Totals = {
    ...{ lists: 0, items: 0, calls: 0, wastedCalls: 0, days: 0, waits: 0, starts: 0 },
    ...{ mostCallsADay: 0, callsOverBudget: 0, usd: 0 },
  };
  for (let account = 1; account <= accounts; account += 1) {
    const simulated = new Account(drawSizes(account, listsEach), totals);
    await simulated.loadAll();
    onAccount(account);
  }
  return totals;
}

/** Few lists are long: a log-normal distribution with a median of 50 items and a mean of about 117. */
function drawSizes(seed: number, count: number): number[] {
  const random = createSeededRandom(seed);
  const draw = (): number => random.integer(1, 1_000_000_000) / 1_000_000_000;
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
    return Math.min(11_000, Math.max(1, Math.round(50 * Math.exp(1.3 * normal))));
  });
}

/** The more lists share tables, the fewer rows are new: docs/cost.md, 80 % at 200 lists and 20 % at a million. */
function newShare(lists: number): number {
  return Math.min(0.8, 0.8 - (0.6 * Math.log(lists / 200)) / Math.log(5_000));
}

/** A list that is not loaded yet, and what its last try at `at` came to. */
type Left = { readonly size: number; readonly at: number; readonly outcome?: Outcome };

class Account {
  readonly #sizes: readonly number[];
  readonly #totals: Totals;
  readonly #quota: Quota;
  readonly #clock: Clock;
  /** Of the last 24 hours, from `#first` on. */
  readonly #callTimes: number[] = [];
  #first = 0;
  #now = STARTED_AT;

  constructor(sizes: readonly number[], totals: Totals) {
    this.#sizes = sizes;
    this.#totals = totals;
    this.#clock = {
      now: () => this.#now,
      random: () => 0.5,
      sleep: (ms) => {
        this.#now += ms;
        return Promise.resolve();
      },
    };
    let state: QuotaState = EMPTY_STATE;
    const store = {
      read: () => Promise.resolve(state),
      write: (next: QuotaState, seen: number) => {
        state = { ...next, revision: seen + 1 };
        return Promise.resolve(true);
      },
    };
    this.#quota = new Quota({ settings: SETTINGS, store, clock: this.#clock });
  }

  /** One execution a day, until nothing is left; the next day's ends at once while one is at work. */
  async loadAll(): Promise<void> {
    let pending = [...this.#sizes];
    while (pending.length > 0) {
      const startedAt = this.#now;
      pending = await this.#execute(pending, startedAt);
      const days = Math.max(1, Math.ceil((this.#now - startedAt) / DAY_MS));
      if (pending.length > 0) this.#now = startedAt + days * DAY_MS;
    }
    this.#totals.days = Math.max(this.#totals.days, (this.#now - STARTED_AT) / DAY_MS);
  }

  /** Returns the lists that are left for the next execution. */
  async #execute(lists: readonly number[], startedAt: number): Promise<number[]> {
    this.#totals.starts += 1;
    let left: readonly Left[] = lists.map((size) => ({ size, at: startedAt }));
    for (let round = 1; round <= ROUNDS; round += 1) {
      if (round > 1) this.#now += PAUSE_MS;
      const isDue = ({ at, outcome }: Left): boolean =>
        outcome === undefined || mayTryAgain(outcome, at, this.#now);
      const due = left.filter(isDue);
      const later = left.filter((each) => !isDue(each));
      for (const [at, { size }] of due.entries()) {
        const outcome = await this.#loadUntilSettled(size, startedAt);
        if (outcome?.isShared) return [...later, ...due.slice(at)].map((each) => each.size);
        if (outcome !== undefined) later.push({ size, at: this.#now, outcome });
      }
      left = later;
      if (due.length === 0) break;
    }
    return left.map(({ size }) => size);
  }

  /** Undefined if it is loaded. */
  async #loadUntilSettled(size: number, startedAt: number): Promise<Outcome | undefined> {
    for (;;) {
      const outcome = await this.#load(size);
      if (outcome === undefined) return undefined;
      const { next, wait_seconds } = planNext(outcome, { startedAt, now: this.#now });
      if (next !== 'wait') return outcome;
      this.#now += wait_seconds * 1000;
      // The other child is told to wait as well.
      this.#totals.waits += CHILDREN;
      this.#totals.usd += CHILDREN * WAIT_USD;
    }
  }

  /** Undefined if it is loaded. */
  async #load(size: number): Promise<Outcome | undefined> {
    const deadlineAt = this.#now + FUNCTION_MS;
    const beganAt = this.#now;
    const run = new RunQuota(this.#quota, { deadlineAt, purpose: 'load' });
    let calls = 0;
    try {
      await run.reserve();
      calls += await this.#call(run);
      const further = countFurtherCalls(size);
      if (further > 0) await run.reserveAll(further);
      while (calls < 1 + further) calls += await this.#call(run);
      this.#now += LOAD_MS;
      this.#pay(size, { durationMs: this.#now - beganAt, reservations: further > 0 ? 2 : 1 });
      return undefined;
    } catch (error) {
      if (!(error instanceof EtlError)) throw error;
      this.#totals.wastedCalls += calls;
      return toOutcome(toAnswer(error), this.#now);
    } finally {
      await run.release({});
    }
  }

  async #call(run: RunQuota): Promise<1> {
    await run.acquire();
    this.#callTimes.push(this.#now);
    this.#countDay();
    this.#now += CALL_MS;
    return 1;
  }

  /** Counted from the calls themselves, without the ledger. */
  #countDay(): void {
    while ((this.#callTimes[this.#first] ?? this.#now) <= this.#now - DAY_MS) this.#first += 1;
    const today = this.#callTimes.length - this.#first;
    this.#totals.calls += 1;
    this.#totals.mostCallsADay = Math.max(this.#totals.mostCallsADay, today);
    if (today > LOAD_CALLS_A_DAY) this.#totals.callsOverBudget += 1;
  }

  #pay(size: number, run: { readonly durationMs: number; readonly reservations: number }): void {
    const rows = Math.round(size * ROWS_PER_ITEM);
    const load = {
      rows,
      playlistBytes: 700 + 32 * size,
      quotaReads: 1,
      quotaWrites: run.reservations,
      newRows: Math.round(rows * newShare(this.#sizes.length)),
    };
    const use = {
      readUnits: readsOfFirstLoad(load),
      writeUnits: writesOfFirstLoad(load),
      durationMs: run.durationMs,
      memoryMb: MEMORY_MB,
    };
    this.#totals.lists += 1;
    this.#totals.items += size;
    this.#totals.usd += runCostUsd(use) - PRICES.apiCall + CHILD_USD;
  }
}

const DIALECT = new Dialect();

/** As the new apps are served: 100 items with the list, then 50 a page; and the closing check. */
function countFurtherCalls(size: number): number {
  if (size <= 100) return 0;
  const items: ItemPage['items'] = new Array<ItemPage['items'][number]>(100);
  const firstPage = { items, total: size, hasNext: true, nextLimit: 50 };
  return countFurtherPages(firstPage, DIALECT) + 1;
}

function toAnswer(error: EtlError): Parameters<typeof toOutcome>[0] {
  const problem = toProblem(error, 'simulated');
  const { retryAfterSeconds: seconds } = error;
  const headers = seconds === undefined ? {} : { 'retry-after': String(seconds) };
  return { status: problem.status, headers, body: JSON.stringify(problem) };
}
