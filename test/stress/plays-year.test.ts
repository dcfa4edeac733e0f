/**
 * Simulated listeners, polled every 20 minutes by the code of `plays collect` over real HTTP, on a virtual clock: what is stored
 * is compared with what was played. PLAYS_YEAR=1 follows the normal listener for a year and the others for 30 days, which takes
 * a quarter of an hour; without it, all are followed for a shorter time.
 */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { parseSpotifyConfig } from '../../app/config.ts';
import { type LibraryApp, openLibraryApp } from '../../app/library-app.ts';
import { spotifyVariables } from '../../cli/shared/simulated-spotify.ts';
import { createListening, type ListenerKind } from '../../local/simulator/listeners.ts';
import { createSeededRandom } from '../../local/simulator/seeded-random.ts';
import {
  type SimulatedPlay,
  type SpotifySimulator,
  startSpotifySimulator,
} from '../../local/simulator/simulator.ts';
import { LIBRARIES, type TestLibrary } from '../support/libraries.ts';
import { createTriggerProgram, type TriggerProgram } from '../support/trigger-program.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const START_MS = Date.UTC(2026, 0, 1);
const POLL_MS = 20 * MINUTE_MS;
const JITTER_MS = MINUTE_MS;
const MAX_DELAY_MS = 270_000;

const isWhole = process.env.PLAYS_YEAR === '1';

type Case = {
  readonly kind: ListenerKind;
  readonly days: number;
  /** From that day on, for a day, Spotify's list stands still. */
  readonly frozenDay?: number;
  /** On that day all plays are taken out of the library. */
  readonly emptiedDay?: number;
  /** So many polls are processes that are killed. */
  readonly kills?: number;
};

const days = isWhole ? 30 : 5;
const CASES: readonly Case[] = [
  { kind: 'normal', days: isWhole ? 365 : 8, frozenDay: 4, kills: isWhole ? 50 : 30 },
  { kind: 'heavy', days, frozenDay: 3 },
  { kind: 'skipper', days, emptiedDay: 3 },
  // It has a burst that is longer than a page.
  { kind: 'offline', days },
  { kind: 'worst', days, frozenDay: 2 },
];

describe.each(LIBRARIES)('plays collected into %s', (_, start) => {
  let program: TriggerProgram;
  beforeAll(async () => {
    program = await createTriggerProgram();
  });
  afterAll(() => program.remove());

  test.each(CASES)('of the $kind listener, $days days', async (given) => {
    const world = await start();
    const clock = createVirtualClock({ startMs: START_MS });
    const spotify = await startSpotifySimulator({ now: clock.now });
    const { emptiedDay = 0, frozenDay, kind } = given;
    const untilMs = START_MS + given.days * DAY_MS;
    spotify.addPlays(
      createListening(spotify.catalogue, { kind, seed: 23, fromMs: START_MS, untilMs }),
    );
    const frozen = {
      fromMs: START_MS + (frozenDay ?? -2) * DAY_MS,
      untilMs: START_MS + (frozenDay === undefined ? -1 : frozenDay + 1) * DAY_MS,
    };
    spotify.configure({ frozen });
    const { at, ...collected } = await collect({ clock, given, program, spotify, world });
    const found = await judge(world, spotify.plays(), {
      frozen,
      keptFromMs: START_MS + emptiedDay * DAY_MS,
      polledAt: at,
    });
    process.stdout.write(`${JSON.stringify({ ...given, ...collected, ...found })}\n`);

    expect(found).toMatchObject({
      lostOnline: 0,
      doubled: 0,
      invented: 0,
      untold: 0,
      unfounded: 0,
    });
    expect(found.gaps > 0).toBe(frozenDay !== undefined || kind === 'offline');
    expect(collected.failures).toEqual([]);
    // A killed one may have asked.
    expect(collected.calls - collected.polls).toBeLessThanOrEqual(collected.killed);
    await spotify.close();
    await world.close();
  });
});

type World = {
  readonly clock: VirtualClock;
  readonly given: Case;
  readonly program: TriggerProgram;
  readonly spotify: SpotifySimulator;
  readonly world: TestLibrary;
};

/** Polls at every 20th minute and up to one later: one collector or two, who start anew now and then, or are killed. */
async function collect({ clock, given, program, spotify, world }: World) {
  const { days, emptiedDay = 0, kills = 0 } = given;
  const random = createSeededRandom(11);
  const killedPolls = new Set(
    Array.from({ length: kills }, () => random.integer(0, days * 72 - 1)),
  );
  const variables = spotifyVariables(spotify);
  const open = (): Promise<LibraryApp> =>
    openLibraryApp(
      parseSpotifyConfig(variables),
      { place: world.place, authToken: undefined },
      clock,
    );
  const at: number[] = [];
  const failures: unknown[] = [];
  const pollWith = async (app: LibraryApp): Promise<void> => {
    at.push(clock.now());
    const run = { runId: randomUUID(), deadlineAt: clock.now() + MINUTE_MS };
    await app.pollPlays(run).catch((error: unknown) => failures.push(error));
  };
  let app = await open();
  let calls = 0;
  for (let poll = 0; poll <= days * 72; poll += 1) {
    clock.advance(START_MS + poll * POLL_MS + random.integer(0, JITTER_MS) - clock.now());
    if (poll > 0 && poll === emptiedDay * 72) await world.query('DELETE FROM play');
    if (killedPolls.has(poll)) {
      await startAndKill({ clock, program, variables, world }, random.integer(50, 700));
    } else if (random.percent(5)) {
      const other = await open();
      await Promise.all([app, other].map(pollWith));
      await app.close();
      app = other;
    } else await pollWith(app);
    calls += spotify.requests().filter(({ path }) => path.endsWith('recently-played')).length;
    spotify.clearRequests();
  }
  await app.close();
  return { at, polls: at.length, calls, killed: killedPolls.size, failures };
}

type Victim = Pick<World, 'clock' | 'program' | 'world'> & {
  readonly variables: Readonly<Record<string, string>>;
};

async function startAndKill(
  { clock, program, variables, world }: Victim,
  afterMs: number,
): Promise<void> {
  const { child, finished } = program.start(['plays', 'collect', '--library', world.place], {
    env: {
      ...variables,
      NODE_OPTIONS: `--require=${resolve('test/support/date-now.cjs')}`,
      NOW_MS: String(clock.now()),
    },
  });
  await sleep(afterMs);
  child.kill('SIGKILL');
  await finished;
}

type Truth = {
  readonly frozen: { readonly fromMs: number; readonly untilMs: number };
  /** What was played before that may be missing. */
  readonly keptFromMs: number;
  /** When somebody polled to the end. */
  readonly polledAt: readonly number[];
};

/** Compares what is stored with what was played. */
async function judge(
  { query }: TestLibrary,
  log: readonly SimulatedPlay[],
  { frozen, keptFromMs, polledAt }: Truth,
) {
  const isFrozen = (ms: number): boolean => ms > frozen.fromMs && ms < frozen.untilMs;
  const listed = log
    .map((play) => ({
      ...play,
      key: `${play.playedAtMs}|spotify:track:${play.trackId}`,
      listedAtMs: isFrozen(play.visibleAtMs) ? frozen.untilMs : play.visibleAtMs,
    }))
    .filter(({ listedAtMs }) => listedAtMs <= (polledAt.at(-1) ?? 0));
  const stored = await query(
    "SELECT ended_at || '|' || uri AS key FROM play JOIN item USING (item_id)",
  );
  const gaps = z
    .array(z.object({ after: z.number(), before: z.number(), found_at: z.number() }))
    .parse(await query('SELECT after, before, found_at FROM gap'));
  const keys = new Set(stored.map(({ key }) => key));
  const lost = listed.filter(({ key, playedAtMs }) => !keys.has(key) && playedAtMs > keptFromMs);
  const all = new Set(listed.map(({ key }) => key));
  const isTold = ({ playedAtMs: ms }: SimulatedPlay): boolean =>
    gaps.some(({ after, before }) => after < ms && ms < before);
  /** The newest play that was listed when somebody last polled before that. */
  const newestSeen = (beforeMs: number): number => {
    const at = polledAt.findLast((ms) => ms < beforeMs) ?? 0;
    return listed.findLast(({ listedAtMs }) => listedAtMs <= at)?.playedAtMs ?? 0;
  };
  return {
    played: listed.length,
    lost: lost.length,
    gaps: gaps.length,
    doubled: stored.length - keys.size,
    invented: [...keys].filter((key) => !all.has(String(key))).length,
    lostOnline: lost.filter(
      ({ endedAtMs, isOnline, visibleAtMs }) =>
        isOnline && !isFrozen(visibleAtMs) && visibleAtMs - endedAtMs <= MAX_DELAY_MS,
    ).length,
    /** Lost without a gap, though newer than everything that was known when it was first listed. */
    untold: lost.filter((play) => !isTold(play) && play.playedAtMs > newestSeen(play.listedAtMs))
      .length,
    /** Gaps in which nothing is missing, and that were not found by a page of exactly 50 new plays. */
    unfounded: gaps.filter(
      ({ after, before, found_at }) =>
        !lost.some(({ playedAtMs: ms }) => after < ms && ms < before) &&
        listed.filter(({ listedAtMs, playedAtMs }) => playedAtMs > after && listedAtMs <= found_at)
          .length !== 50,
    ).length,
  };
}
