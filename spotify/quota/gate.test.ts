import fc from 'fast-check';
import { EtlError } from '../../etl/errors.ts';
import { createMemoryGate, createMemoryGateStore } from '../../test/support/memory-gate.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import type { GateSettings } from './admission.ts';
import { clearCooldown } from './cooldown.ts';
import { addCalls, callsOfDay, toHour, totalOf } from './ledger.ts';
import { Pass } from './pass.ts';

const RUN = { deadlineAt: START_MS + 27_500 };
const AT = { hour: toHour(START_MS), now: START_MS };
const BUDGET = { dailyCalls: 100, reservedCalls: 10 };
const PACE = { burstCalls: 5, callsPerSecond: 1 };
/** As deployed, and more than any of these tests calls. */
const BURST = { burstCalls: 60, callsPerSecond: 1 };

type Bench = ReturnType<typeof setUp>;

function setUp(settings: Partial<GateSettings> = {}) {
  const clock = createVirtualClock();
  const store = createMemoryGateStore();
  const gate = createMemoryGate(clock, { ...settings, store });
  return {
    clock,
    store,
    gate,
    pass: (run = RUN) => new Pass({ gate, clock, run }),
    counted: () => totalOf(callsOfDay(store.state.hours, clock.now())),
  };
}

/** The gate of another process, on the same state. */
function ofProcess({ clock, store }: Bench, owner: string) {
  return { gate: createMemoryGate(clock, { owner, store, pace: BURST }), run: RUN };
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
async function runThrough({ pass }: Bench, pages: number): Promise<void> {
  const run = pass();
  await run.enter('playlist');
  if (pages > 0) await run.admit({ 'playlist-items': pages, playlist: 1 });
  for (let page = 0; page < pages; page += 1) await run.enter('playlist-items');
  if (pages > 0) await run.enter('playlist');
  await run.leave({}, undefined);
}

describe('the gate', () => {
  it('costs a run of one call one read and one write', async () => {
    const bench = setUp({ pace: PACE, budget: BUDGET });
    await runThrough(bench, 0);

    expect([bench.store.reads(), bench.store.writes(), bench.counted()]).toEqual([1, 1, 1]);
  });

  it('costs a run of 202 calls a handful of writes, and counts each call once', async () => {
    const bench = setUp({ budget: { dailyCalls: 900, reservedCalls: 50 } });
    await runThrough(bench, 200);

    expect(bench.counted()).toBe(202);
    expect(bench.store.writes()).toBeLessThanOrEqual(5);
  });

  it('counts by endpoint', async () => {
    const bench = setUp();
    await runThrough(bench, 3);

    expect(callsOfDay(bench.store.state.hours, START_MS)).toEqual({
      playlist: 2,
      'playlist-items': 3,
    });
  });

  it('gives back what a run has leased and not called', async () => {
    const bench = setUp({ budget: BUDGET });
    const run = bench.pass();
    await run.enter('playlist');
    await run.admit({ 'playlist-items': 40, playlist: 1 });
    await run.enter('playlist-items');
    await run.leave({}, undefined);

    expect(bench.counted()).toBe(2);
  });

  it('refuses a run that does not fit into what is left before its first page, and says when it will', async () => {
    const bench = setUp({ budget: BUDGET });
    await runThrough(bench, 40);
    const run = bench.pass();
    await run.enter('playlist');

    const refusal = await refusalOf(run.admit({ 'playlist-items': 60, playlist: 1 }));

    expect(refusal).toMatchObject({
      code: 'PLAYLIST_OVER_BUDGET',
      facts: { calls_needed: 61, calls_left: 47 },
    });
    bench.clock.advance((refusal.retryAfterSeconds ?? 0) * 1000);
    const later = bench.pass({ deadlineAt: bench.clock.now() + 27_500 });
    await expect(later.admit({ 'playlist-items': 60, playlist: 1 })).resolves.toBeUndefined();
  });

  it('says that a whole day has too few calls, where that is so', async () => {
    const refusal = await refusalOf(setUp({ budget: BUDGET }).pass().admit({ playlist: 91 }));

    expect(refusal.code).toBe('PLAYLIST_OVER_BUDGET');
    expect(refusal.retryAfterSeconds).toBeUndefined();
    expect(refusal.message).toContain('raise SPOTIFY_DAILY_CALLS');
  });

  it('refuses the first call once the budget is spent, and lets the listening history go on', async () => {
    const bench = setUp({ budget: BUDGET });
    await runThrough(bench, 88);

    expect(bench.counted()).toBe(90);
    await expect(refusalOf(bench.pass().secure('playlist'))).resolves.toMatchObject({
      code: 'SPOTIFY_BUDGET_SPENT',
      retryAfterSeconds: expect.any(Number) as unknown,
    });
    await expect(bench.pass().secure('recently-played')).resolves.toBeUndefined();
  });

  it('lets a run that was admitted finish, beyond the budget if it must', async () => {
    const bench = setUp({ budget: BUDGET });
    const run = bench.pass();
    await run.admit({ 'playlist-items': 90 });
    for (let page = 0; page < 90; page += 1) await run.enter('playlist-items');

    await run.enter('playlist-items');
    await run.admit({ 'playlist-items': 90 });
    await run.leave({}, undefined);

    expect(bench.counted()).toBe(91);
  });

  it('never admits more than the budget, in whatever order runs come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }),
        async (runs) => {
          const bench = setUp({ budget: BUDGET });
          for (const pages of runs) await runThrough(bench, pages).catch(() => undefined);
          expect(bench.counted()).toBeLessThanOrEqual(90);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('once closed lets nobody through until the cooldown ends, at no cost but a read', async () => {
    const bench = setUp({ pace: PACE });
    const until = START_MS + 48_925_000;
    await bench.pass().close({ until, reason: 'quota' });
    const other = createMemoryGate(bench.clock, { owner: 'process-2', store: bench.store });

    for (const gate of [bench.gate, other]) {
      const run = new Pass({ gate, clock: bench.clock, run: RUN });
      await expect(refusalOf(run.secure('recently-played'))).resolves.toMatchObject({
        code: 'SPOTIFY_QUOTA_EXCEEDED',
        retryAfterSeconds: 48_925,
      });
    }
    expect(bench.store.writes()).toBe(1);
    bench.clock.advance(48_925_000);
    await expect(
      bench.pass({ deadlineAt: until + 9_000 }).secure('playlist'),
    ).resolves.toBeUndefined();
  });

  it('lets calls through once a person has cleared the cooldown, and forgets no call made meanwhile', async () => {
    const bench = setUp({ budget: BUDGET });
    await runThrough(bench, 0);
    const cooldown = { until: START_MS + 60_000, reason: 'quota' as const };
    await bench.pass().close(cooldown);
    const read = bench.store.read.bind(bench.store);
    const counted: Promise<unknown>[] = [];
    // Another process's call is counted between the first read and the write that follows.
    bench.store.read = async (limits) => {
      const seen = await read(limits);
      if (counted.length === 0) {
        counted.push(
          bench.store.write(
            { ...seen, hours: addCalls(seen.hours, { me: 1 }, AT) },
            seen.revision,
            limits,
          ),
        );
      }
      return seen;
    };

    await expect(clearCooldown(bench.store, START_MS, RUN)).resolves.toEqual(cooldown);
    await expect(clearCooldown(bench.store, START_MS, RUN)).resolves.toBeUndefined();
    await runThrough(bench, 0);

    expect(bench.counted()).toBe(3);
  });

  it('keeps the longest of several cooldowns', async () => {
    const { pass, store } = setUp();
    await pass().close({ until: START_MS + 50_000, reason: 'quota' });
    await pass().close({ until: START_MS + 20_000, reason: 'rate-limit' });

    expect(store.state.cooldown).toEqual({ until: START_MS + 50_000, reason: 'quota' });
  });

  it('lets calls of a run start at the pace that is set', async () => {
    const bench = setUp({ pace: PACE });
    await runThrough(bench, 8);

    expect(bench.clock.now() - START_MS).toBe(5_000);
  });

  it('refuses what the pace cannot bring to an end in the time of the run', async () => {
    const tooLong = await refusalOf(setUp({ pace: PACE }).pass().admit({ playlist: 40 }));
    const bench = setUp({ pace: PACE });
    await runThrough(bench, 20);
    const fresh = { deadlineAt: bench.clock.now() + 20_000 };
    const notNow = await refusalOf(bench.pass(fresh).admit({ playlist: 22 }));

    expect(tooLong).toMatchObject({ code: 'RUN_OUT_OF_TIME', retryAfterSeconds: undefined });
    expect(tooLong.message).toContain('SPOTIFY_BURST_CALLS');
    expect(notNow.code).toBe('SPOTIFY_RATE_LIMITED');
    bench.clock.advance((notNow.retryAfterSeconds ?? 0) * 1000);
    const later = { deadlineAt: bench.clock.now() + 20_000 };
    await expect(bench.pass(later).admit({ playlist: 22 })).resolves.toBeUndefined();
  });

  it('lets processes call one after the other, in the order in which they asked', async () => {
    const bench = setUp({ pace: BURST });
    const begun: string[] = [];
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map(async (owner) => {
        const { gate, run } = ofProcess(bench, owner);
        await new Pass({ gate, clock: bench.clock, run }).enter('playlist');
        begun.push(`${owner} ${bench.clock.now() - START_MS}`);
      }),
    );

    expect(begun.map((entry) => Number(entry.slice(2)))).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
    expect(new Set(begun.map(([owner]) => owner)).size).toBe(6);
  });

  it('lets no process go before others for ever, however often it asks', async () => {
    const bench = setUp({ pace: BURST });
    const counts = { busy: 0, quiet: 0 };
    const callOn = async (owner: keyof typeof counts): Promise<void> => {
      const { gate } = ofProcess(bench, owner);
      while (bench.clock.now() < START_MS + 10_000) {
        const run = { deadlineAt: bench.clock.now() + 27_500 };
        await new Pass({ gate, clock: bench.clock, run }).enter('playlist');
        counts[owner] += 1;
        await bench.clock.sleep(owner === 'busy' ? 50 : 400);
      }
    };
    await Promise.all([callOn('busy'), callOn('quiet')]);

    expect(counts.quiet).toBeGreaterThanOrEqual(4);
  });

  it('lets a process by itself call on without a wait', async () => {
    const bench = setUp({ pace: BURST });
    for (let calls = 0; calls < 10; calls += 1) await runThrough(bench, 0);

    expect(bench.clock.slept).toEqual([]);
  });

  it('keeps the next process waiting for as long as calls of late took', async () => {
    const bench = setUp({ pace: BURST });
    const one = ofProcess(bench, 'one');
    await new Pass({ ...one, clock: bench.clock }).enter('playlist');
    one.gate.noteCallMs(2_000);
    await new Pass({ ...one, clock: bench.clock }).enter('playlist');
    const other = ofProcess(bench, 'other');

    await new Pass({ ...other, clock: bench.clock }).enter('playlist');

    expect(bench.clock.now() - START_MS).toBe(3_000);
  });

  it('looks again before a call that it had to wait for: Spotify may have asked for silence meanwhile', async () => {
    const bench = setUp({ pace: BURST });
    const one = ofProcess(bench, 'one');
    const other = ofProcess(bench, 'other');
    await new Pass({ ...one, clock: bench.clock }).enter('playlist');
    const waiting = new Pass({ ...other, clock: bench.clock });
    await waiting.secure('playlist');
    await one.gate.close({ until: START_MS + 60_000, reason: 'quota' }, RUN);

    await expect(refusalOf(waiting.enter('playlist'))).resolves.toMatchObject({
      code: 'SPOTIFY_QUOTA_EXCEEDED',
    });
  });

  it('lets no call of a process out once another call of it was told to be silent', async () => {
    const bench = setUp();
    const [one, other] = [bench.pass(), bench.pass()];
    await one.secure('playlist');
    await other.secure('playlist');
    await one.close({ until: START_MS + 60_000, reason: 'quota' });
    const reads = bench.store.reads();

    await expect(refusalOf(other.enter('playlist'))).resolves.toMatchObject({
      code: 'SPOTIFY_QUOTA_EXCEEDED',
    });
    expect(bench.store.reads()).toBe(reads);
  });

  it('gives the lane away when a run of several calls ends sooner than expected', async () => {
    const bench = setUp({ pace: BURST });
    await runThrough(bench, 20);
    const other = ofProcess(bench, 'other');

    await new Pass({ ...other, clock: bench.clock }).enter('playlist');

    expect(bench.clock.now()).toBe(START_MS);
  });

  it('believes no process whose clock is far ahead', async () => {
    const bench = setUp({ pace: BURST });
    bench.store.state = {
      ...bench.store.state,
      lane: { owner: 'of-tomorrow', freeAt: START_MS + 2_400_000 },
      fullAt: START_MS + 2_400_000,
    };

    await bench.pass().enter('playlist');

    expect(bench.clock.now() - START_MS).toBeLessThanOrEqual(1_000);
  });

  it('gives a long run its time in parts: others come in between', async () => {
    const bench = setUp({ pace: PACE });
    const laptop = ofProcess(bench, 'laptop');
    const listing = new Pass({
      gate: laptop.gate,
      clock: bench.clock,
      run: { deadlineAt: START_MS + 600_000 },
    });
    await listing.admit({ 'my-playlists': 200 });
    const { gate } = ofProcess(bench, 'function');
    const run = { deadlineAt: START_MS + 58_000 };

    await new Pass({ gate, clock: bench.clock, run }).enter('playlist');

    expect(bench.clock.now() - START_MS).toBeLessThan(58_000);
    for (let call = 0; call < 200; call += 1) await listing.enter('my-playlists');
    expect(bench.counted()).toBe(201);
  });

  it('ends a run whose call would start after its time, instead of sleeping through it', async () => {
    const bench = setUp({ pace: { burstCalls: 1, callsPerSecond: 0.2 } });
    const run = bench.pass({ deadlineAt: START_MS + 12_000 });
    await run.enter('playlist');
    await run.enter('playlist');
    await run.enter('playlist');

    await expect(refusalOf(run.enter('playlist'))).resolves.toMatchObject({
      code: 'RUN_OUT_OF_TIME',
    });
    expect(bench.clock.now()).toBeLessThan(START_MS + 12_000);
  });

  it('does not advise to try again what no bucket has ever enough for', async () => {
    const bench = setUp({ pace: { burstCalls: 60, callsPerSecond: 1 } });
    const run = bench.pass();
    await run.enter('playlist');

    const refusal = await refusalOf(run.admit({ 'playlist-items': 87, playlist: 1 }));

    expect([refusal.code, refusal.retryAfterSeconds]).toEqual(['RUN_OUT_OF_TIME', undefined]);
  });

  it('counts each call of two that come for the last leased one', async () => {
    const bench = setUp();
    const run = bench.pass();
    await run.secure('playlist');

    await Promise.all([run.enter('playlist'), run.enter('playlist'), run.enter('playlist')]);
    await run.leave({}, undefined);

    expect(bench.counted()).toBe(3);
  });

  it('knows a write again whose answer was lost, and counts it once', async () => {
    const bench = setUp();
    const write = bench.store.write.bind(bench.store);
    let isLost = true;
    // As the SDK does: the write is applied, its answer is lost, and the repeat is refused.
    bench.store.write = async (next, seen, limits) => {
      const isWritten = await write(next, seen, limits);
      const answer = isLost ? false : isWritten;
      isLost = !isLost;
      return answer;
    };
    await runThrough(bench, 40);

    expect(bench.counted()).toBe(42);
  });

  it('hands on what was learnt about the app, and writes it once', async () => {
    const { clock, store, pass } = setUp();
    for (const writes of [2, 3]) {
      const run = pass();
      await run.enter('playlist');
      await run.leave({ appKind: 'C', playlistApi: 'items' }, undefined);
      expect(store.writes()).toBe(writes);
    }
    const other = createMemoryGate(clock, { owner: 'process-2', store });
    await new Pass({ gate: other, clock, run: RUN }).secure('playlist');

    expect(other.facts).toEqual({ appKind: 'C', playlistApi: 'items' });
  });

  it('lets one of many processes announce that the login ends', async () => {
    const { clock, store } = setUp();
    const loginAge = { authorizedAt: '2026-05-21T12:00:00.000Z', daysLeft: 1 };
    const said = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        new Pass({
          gate: createMemoryGate(clock, { owner: `process-${index}`, store }),
          clock,
          run: RUN,
        }).leave({}, loginAge),
      ),
    );

    expect(said.filter((mark) => mark === 1)).toHaveLength(1);
  });
});
