import fc from 'fast-check';
import { EtlError } from '../../etl/errors.ts';
import {
  createMemoryQuota,
  createMemoryStore,
  type MemoryStore,
} from '../../test/support/memory-quota.ts';
import {
  createVirtualClock,
  START_MS,
  type VirtualClock,
} from '../../test/support/virtual-clock.ts';
import { countCalls, type Purpose } from './ledger.ts';
import { Quota } from './quota.ts';
import type { QuotaSettings } from './reservation.ts';
import { RunQuota } from './run-quota.ts';
import { type QuotaState } from './store.ts';

const DEADLINE_AT = START_MS + 27_500;
const LIMITS = { deadlineAt: DEADLINE_AT };
const BUDGET = { dailyCalls: 100, reservedCalls: 10 };
/** As deployed, and more than any of these tests calls. */
const BURST = { burstCalls: 60, callsPerSecond: 1 };
const COOLDOWN = { until: START_MS + 60_000, reason: 'quota' as const };

type Bench = {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  /** The quota of another process, on the same state. */
  readonly startProcess: () => Quota;
  /** A run of the first process, unless another is given. */
  readonly open: (
    quota?: Quota,
    options?: { readonly deadlineAt?: number; readonly purpose?: Purpose },
  ) => RunQuota;
  readonly counted: () => number;
};

function setUp(settings: Partial<QuotaSettings> = {}): Bench {
  const clock = createVirtualClock();
  const store = createMemoryStore();
  const startProcess = (): Quota => createMemoryQuota(clock, { ...settings, store });
  const first = startProcess();
  return {
    clock,
    store,
    startProcess,
    open: (quota = first, options = {}) =>
      new RunQuota(quota, { deadlineAt: DEADLINE_AT, purpose: 'load', ...options }),
    counted: () => countCalls(store.state.calls, clock.now()),
  };
}

async function refusalOf(work: Promise<unknown>): Promise<EtlError> {
  const error: unknown = await work.then(
    () => undefined,
    (refusal: unknown) => refusal,
  );
  if (error instanceof EtlError) return error;
  throw new Error(`Nothing was refused: ${String(error)}`);
}

/** A run of so many calls, as a playlist of several pages makes them. */
async function runThrough({ open }: Pick<Bench, 'open'>, pages: number): Promise<void> {
  const run = open();
  await run.reserve();
  await run.acquire();
  if (pages > 0) await run.reserveAll(pages + 1);
  for (let call = 0; call < pages + 1 && pages > 0; call += 1) await run.acquire();
  await run.release({});
}

describe('what a run costs', () => {
  it.each([
    { pages: 0, calls: ['read', 'write'] },
    { pages: 200, calls: ['read', 'write', 'write'] },
  ])('with $pages further pages is $calls', async ({ calls, pages }) => {
    const bench = setUp({ budget: { dailyCalls: 900, reservedCalls: 50 } });
    await runThrough(bench, pages);

    expect(bench.store.calls).toEqual(calls);
    expect(bench.counted()).toBe(pages === 0 ? 1 : pages + 2);
  });

  it('is one write more where something is given back, and for each repeat', async () => {
    const bench = setUp();
    const run = bench.open();
    await run.reserve();
    await run.acquire();
    await run.acquire();
    await run.reserveAll(40);
    await run.release({});

    expect(bench.store.calls).toEqual(['read', 'write', 'write', 'write', 'write']);
    expect(bench.counted()).toBe(2);
  });

  it('is one read where a cooldown refuses it', async () => {
    const bench = setUp();
    bench.store.state = { ...bench.store.state, revision: 1, cooldown: COOLDOWN };
    const run = bench.open();

    await expect(refusalOf(run.reserve())).resolves.toMatchObject({
      code: 'SPOTIFY_QUOTA_EXCEEDED',
      retryAfterSeconds: 60,
    });
    await run.release({});

    expect(bench.store.calls).toEqual(['read']);
  });
});

describe('the budget', () => {
  it('refuses a run that does not fit before its first page, and says when it will', async () => {
    const bench = setUp({ budget: BUDGET });
    await runThrough(bench, 40);
    const run = bench.open();
    await run.reserve();
    await run.acquire();

    const refusal = await refusalOf(run.reserveAll(61));

    expect(refusal).toMatchObject({
      code: 'PLAYLIST_OVER_BUDGET',
      facts: { calls_needed: 61, calls_left: 47 },
    });
    bench.clock.advance((refusal.retryAfterSeconds ?? 0) * 1000);
    const later = bench.open(undefined, { deadlineAt: bench.clock.now() + 27_500 });
    await expect(later.reserveAll(61)).resolves.toBeUndefined();
  });

  it('once spent refuses the first call, and lets the listening history go on', async () => {
    const bench = setUp({ budget: BUDGET });
    await runThrough(bench, 88);

    expect(bench.counted()).toBe(90);
    await expect(refusalOf(bench.open().reserve())).resolves.toMatchObject({
      code: 'SPOTIFY_BUDGET_SPENT',
    });
    await expect(bench.open(undefined, { purpose: 'history' }).reserve()).resolves.toBeUndefined();
  });

  it('lets a run that was admitted finish, and a call be repeated, beyond it if need be', async () => {
    const bench = setUp({ budget: BUDGET });
    const run = bench.open();
    await run.reserveAll(90);
    for (let call = 0; call < 91; call += 1) await run.acquire();
    await run.reserveAll(90);
    await run.release({});

    expect(bench.counted()).toBe(91);
  });

  it('is never exceeded by runs of several processes at once, and is used up by those refused that try again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 12 }),
        async (runs) => {
          const bench = setUp({ budget: BUDGET });
          const runAll = (): Promise<unknown> =>
            Promise.allSettled(
              runs.map((pages) => {
                const quota = bench.startProcess();
                return runThrough({ open: () => bench.open(quota) }, pages);
              }),
            );
          await runAll();
          expect(bench.counted()).toBeLessThanOrEqual(90);
          while (bench.counted() < 90) await Promise.allSettled([runThrough(bench, 0)]);
          await runAll();
          expect(bench.counted()).toBe(90);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('the pace', () => {
  it('lets one process call on without a wait within the burst', async () => {
    const bench = setUp({ pace: BURST, budget: BUDGET });
    for (let run = 0; run < 6; run += 1) await runThrough(bench, 8);

    expect([bench.counted(), bench.clock.slept]).toEqual([60, []]);
  });

  it('is kept by processes that call at once', async () => {
    const bench = setUp({ pace: { burstCalls: 10, callsPerSecond: 5 } });
    const starts: number[] = [];
    const call = async (quota: Quota): Promise<void> => {
      const run = bench.open(quota);
      await run.reserve();
      await run.acquire();
      starts.push(bench.clock.now() - START_MS);
      await run.release({});
    };

    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const quota = bench.startProcess();
        for (let calls = 0; calls < 3; calls += 1) await call(quota);
      }),
    );

    expect(bench.counted()).toBe(36);
    const tooMany = starts
      .toSorted((one, other) => one - other)
      .filter((ms, before) => before + 1 > 10 + (5 * ms) / 1000);
    expect(tooMany).toEqual([]);
  });

  it('sleeps through the wait for a call, and not beyond the time of its run', async () => {
    const bench = setUp({ pace: { burstCalls: 1, callsPerSecond: 0.2 } });
    const run = bench.open(undefined, { deadlineAt: START_MS + 12_000 });
    for (let call = 0; call < 3; call += 1) await run.acquire();

    await expect(refusalOf(run.acquire())).resolves.toMatchObject({ code: 'RUN_OUT_OF_TIME' });
    expect(bench.clock.now() - START_MS).toBe(10_000);
  });
});

describe('calls that a run has yet to make', () => {
  const TIME_MS = DEADLINE_AT - START_MS;
  /** After the first call of the run. */
  async function isTooSlow(settings: Partial<QuotaSettings>, count: number, callMs = 1) {
    const { open, store } = setUp(settings);
    const run = open();
    await run.reserve();
    await run.acquire();
    const before = store.calls.length;
    const answer = run.isTooSlow(count, callMs);
    expect(store.calls).toHaveLength(before);
    return answer;
  }

  it('are too slow where the pace lets the last one start after the end of the run', async () => {
    const seconds = Math.floor(TIME_MS / 1000);

    expect(await isTooSlow({ pace: BURST }, 59 + seconds)).toBe(false);
    expect(await isTooSlow({ pace: BURST }, 60 + seconds)).toBe(true);
  });

  it('are too slow where they take too long one after another', async () => {
    expect(await isTooSlow({}, 10, TIME_MS / 10)).toBe(false);
    expect(await isTooSlow({}, 11, TIME_MS / 10)).toBe(true);
  });

  it('are none that the budget refuses: no other run could make them either', async () => {
    expect(await isTooSlow({ budget: BUDGET }, 89, TIME_MS)).toBe(true);
    expect(await isTooSlow({ budget: BUDGET }, 90, TIME_MS)).toBe(false);
  });
});

describe('a cooldown', () => {
  it('stops all processes until it ends; the longest counts', async () => {
    const bench = setUp();
    await bench.open().startCooldown(COOLDOWN);
    await bench.open().startCooldown({ until: START_MS + 9_000, reason: 'rate-limit' });
    const other = bench.startProcess();

    for (const quota of [undefined, other]) {
      await expect(refusalOf(bench.open(quota).reserve())).resolves.toMatchObject({
        code: 'SPOTIFY_QUOTA_EXCEEDED',
        retryAfterSeconds: 60,
      });
    }
    bench.clock.advance(60_000);
    const later = { deadlineAt: bench.clock.now() + 9_000 };
    await expect(bench.open(other, later).reserve()).resolves.toBeUndefined();
  });

  it('stops the other runs of its process that have calls reserved, at no cost', async () => {
    const bench = setUp();
    const [one, other] = [bench.open(), bench.open()];
    await one.reserve();
    await other.reserve();
    await one.startCooldown(COOLDOWN);
    const before = bench.store.calls.length;

    await expect(refusalOf(other.acquire())).resolves.toMatchObject({
      code: 'SPOTIFY_QUOTA_EXCEEDED',
    });
    expect(bench.store.calls).toHaveLength(before);
  });

  it('is found by a run that reserves again, when another process has met it meanwhile', async () => {
    const bench = setUp();
    const run = bench.open();
    await run.reserve();
    await run.acquire();
    await bench.open(bench.startProcess()).startCooldown(COOLDOWN);

    await expect(refusalOf(run.reserveAll(3))).resolves.toMatchObject({
      code: 'SPOTIFY_QUOTA_EXCEEDED',
    });
    expect(bench.counted()).toBe(1);
  });

  it('is cleared by hand, and no call counted meanwhile is forgotten', async () => {
    const bench = setUp({ budget: BUDGET });
    await runThrough(bench, 0);
    await bench.open().startCooldown(COOLDOWN);
    const read = bench.store.read.bind(bench.store);
    const counted: Promise<unknown>[] = [];
    // A call of another process is counted between the read and the write that follows.
    bench.store.read = async (limits) => {
      const seen = await read(limits);
      const calls = { '2026-11-20T12': { load: 2 } };
      if (counted.length === 0) {
        counted.push(bench.store.write({ ...seen, calls }, seen.revision, LIMITS));
      }
      return seen;
    };
    const person = bench.startProcess();

    await expect(person.clearCooldown(LIMITS)).resolves.toEqual(COOLDOWN);
    await expect(person.clearCooldown(LIMITS)).resolves.toBeUndefined();
    await runThrough(bench, 0);

    expect(bench.counted()).toBe(3);
  });
});

describe('the stored state', () => {
  it('hands on what was learnt about the app', async () => {
    const { open, startProcess } = setUp();
    const run = open();
    await run.acquire();
    await run.release({ app_kind: 'C', playlist_api: 'items' });
    const other = startProcess();
    await open(other).reserve();

    expect(other.state.facts).toEqual({ app_kind: 'C', playlist_api: 'items' });
  });

  it('counts each call of those that come for the last one reserved', async () => {
    const bench = setUp();
    const run = bench.open();
    await run.reserve();

    await Promise.all([run.acquire(), run.acquire(), run.acquire()]);
    await run.release({});

    expect(bench.counted()).toBe(3);
  });

  it('counts a call twice rather than not at all where the answer to its write was lost', async () => {
    const bench = setUp();
    const write = bench.store.write.bind(bench.store);
    let writes = 0;
    // As a repeat by the adapter: the first was applied, so the second is refused.
    bench.store.write = async (...args) => {
      writes += 1;
      return (await write(...args)) && writes !== 1;
    };
    await runThrough(bench, 0);

    expect(bench.counted()).toBe(2);
  });

  it('is written once where calls are given back: a repeat might give back twice', async () => {
    const bench = setUp();
    const run = bench.open();
    await run.reserveAll(5);
    const limits: unknown[] = [];
    bench.store.write = (_next: QuotaState, _seen: number, given: unknown) => {
      limits.push(given);
      return Promise.reject(new Error('The answer was lost.'));
    };

    await expect(run.release({})).rejects.toThrow('The answer was lost.');
    expect(limits).toEqual([{ deadlineAt: DEADLINE_AT + 1_000, isOnce: true }]);
  });

  it('can be done without where that is allowed: the process then keeps one of its own', async () => {
    const clock = createVirtualClock();
    const down = new Error('There is no table.');
    const store = { read: () => Promise.reject(down), write: () => Promise.reject(down) };
    const settings = { pace: { burstCalls: 1, callsPerSecond: 1 }, budget: undefined };
    const errors: unknown[] = [];
    const onStateUnavailable = (error: unknown): void => {
      errors.push(error);
    };
    const quota = new Quota({ settings, store, clock, onStateUnavailable });
    const run = new RunQuota(quota, { ...LIMITS, purpose: 'load' });
    await run.acquire();
    await run.acquire();
    await run.release({});

    expect([errors, clock.slept]).toEqual([[down], [1_000]]);
    expect(countCalls(quota.state.calls, START_MS)).toBe(2);
  });
});
