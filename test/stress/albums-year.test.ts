/** Sixty-nine artists, collected within the calls of several days, and once a week after that. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  collectAlbums,
  countCollected,
  planCollecting,
  type Report,
} from '../../app/collect-albums.ts';
import { parseSpotifyConfig } from '../../app/config.ts';
import { type LibraryApp, openLibraryApp } from '../../app/library-app.ts';
import { spotifyVariables } from '../../cli/shared/simulated-spotify.ts';
import type { RunReport } from '../../etl/model/summaries.ts';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { createJumpingClock, type JumpingClock } from '../support/world.ts';

const ARTISTS = 69;
const DAILY_CALLS = 300;
const DAY_MS = 86_400_000;
/** Calls count for 24 hours, by whole hours. */
const NIGHT_MS = 26 * 3_600_000;

let clock: JumpingClock;
let spotify: SpotifySimulator;
let folder: string;
let app: LibraryApp;
let report: Report;

beforeAll(async () => {
  clock = createJumpingClock();
  spotify = await startSpotifySimulator({ now: clock.now });
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-albums-'));
  const variables = { ...spotifyVariables(spotify), SPOTIFY_DAILY_CALLS: String(DAILY_CALLS) };
  app = await openLibraryApp(
    parseSpotifyConfig({ ...variables, SPOTIFY_RESERVED_CALLS: '50' }),
    { place: join(folder, 'library.db'), authToken: undefined },
    clock,
  );
  const { artists, discographies } = spotify.catalogue;
  const ids = [...artists.keys()].filter((id) => (discographies.of(id) ?? []).length > 5);
  report = { artistIds: ids.slice(0, ARTISTS), market: 'US' };
});
afterAll(async () => {
  await app.close();
  await spotify.close();
  await rm(folder, { recursive: true });
});

const countCalls = (): number => {
  const calls = spotify.requests().filter(({ path }) => path.startsWith('/v1/'));
  spotify.clearRequests();
  return calls.length;
};

/** One run, and the calls that Spotify saw of it. */
async function collect() {
  const plan = await planCollecting(app.albums, report);
  const startStep = () => {
    const step = {
      report: {} as Partial<RunReport>,
      run: {
        runId: 'step',
        deadlineAt: clock.now() + 600_000,
        onEnd: (ended: RunReport) => {
          step.report = ended;
        },
      },
    };
    return step;
  };
  const { signal } = new AbortController();
  const errors: string[] = [];
  const collecting = { ...report, plan, startStep, signal, onCalls: () => undefined };
  for await (const { error } of collectAlbums(app.albums, collecting)) {
    if (error !== undefined) errors.push(error.code);
  }
  return { plan, made: countCalls(), errors, ...(await countCollected(app.albums, report)) };
}

test('69 artists take some days, none of which exceeds its calls', async () => {
  const days: Awaited<ReturnType<typeof collect>>[] = [];
  for (let day = 0; day < 12; day += 1) {
    const run = await collect();
    days.push(run);
    expect(run.made).toBeLessThanOrEqual(run.plan.calls);
    expect(run.made).toBeLessThanOrEqual(DAILY_CALLS - 50);
    if (run.artists_complete === ARTISTS) break;
    expect(run.errors.at(-1)).toMatch(/^(?:SPOTIFY_BUDGET_SPENT|PLAYLIST_OVER_BUDGET)$/);
    clock.jump(NIGHT_MS);
  }
  expect(days.at(-1)?.artists_complete).toBe(ARTISTS);
  const coverage = days.map((day) => day.artists_complete);
  expect(coverage).toEqual([...coverage].sort((one, other) => one - other));
  expect(days.length).toBeGreaterThan(2);
});

test('a week later it is a call for each artist', async () => {
  // The days before took some of the week.
  clock.jump(7 * DAY_MS);
  expect(await collect()).toMatchObject({ made: ARTISTS, artists_complete: ARTISTS, errors: [] });
});
