/** A year of a function that runs every hour: its login ends, a person logs in again, and it continues. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { logInAnew } from '../../local/simulator/test-login.ts';
import { FileTokenStore } from '../../spotify/login/file-token-store.ts';
import { QUICK_FOLDER } from '../support/quick-folder.ts';
import type { World } from '../support/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HALF_AN_HOUR_MS = HOUR_MS / 2;
const DAYS = 365;
/** `YEAR_RUNS_A_DAY=24` is the whole of it; fewer keep the test short. */
const RUNS_A_DAY = Number(process.env.YEAR_RUNS_A_DAY ?? '1');
const COLD_START_EVERY_DAYS = 3;
const LEDGER_READ_EVERY_DAYS = 5;

/** When the first login ends, and when somebody notices: in hours since that login. */
const END_HOUR = 180 * 24;
const NOTICED_HOUR = END_HOUR + 4 * 24;

/** As on AWS, with a login by PKCE: no secret is needed. */
const AS_DEPLOYED = {
  SPOTIFY_REFRESH_TOKEN: '',
  SPOTIFY_CLIENT_SECRET: '',
  SPOTIFY_BURST_CALLS: '60',
  SPOTIFY_CALLS_PER_SECOND: '1',
  SPOTIFY_DAILY_CALLS: '900',
  SPOTIFY_PAGES_IN_FLIGHT: '1',
};

type HourlyRun = {
  /** Since the first login, whole; the run is half an hour and a minute later. */
  readonly hour: number;
  /** Which login stood in the file, from 1. */
  readonly login: number;
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: unknown;
  readonly daysLeft: unknown;
  readonly warnings: readonly string[];
  readonly spotifyRequests: number;
  /** What came to the simulator. */
  readonly apiStatuses: readonly number[];
  readonly tokenStatuses: readonly number[];
};

/** The calls that the state row counts by hour. */
type StateRow = { readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>> };

const runs: HourlyRun[] = [];
const lines: string[] = [];
/** Of every fifth day, after its first run. */
const ledgers: { readonly hour: number; readonly hours: number; readonly calls: number }[] = [];
let logins = 0;

const ofLogin = (login: number): HourlyRun[] => runs.filter((run) => run.login === login);
const isLastDaysOfFirst = (hour: number): boolean => hour >= END_HOUR - 48 && hour < END_HOUR;

beforeAll(async () => {
  // The logger takes its level when it is built.
  process.env.POWERTOOLS_LOG_LEVEL = 'WARN';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'spotify-etl-test';
  const { createWorld } = await import('../support/world.ts');
  const folder = await mkdtemp(join(QUICK_FOLDER, 'spotify-etl-year-'));
  const tokenFile = join(folder, 'login.json');
  const world = await createWorld({
    quota: 1_000,
    variables: { ...AS_DEPLOYED, SPOTIFY_TOKEN_FILE: tokenFile },
  });
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
  }
  try {
    await liveThroughYear(world, tokenFile);
  } finally {
    jest.restoreAllMocks();
    await world.close();
    await rm(folder, { recursive: true });
  }
});

async function liveThroughYear(world: World, tokenFile: string): Promise<void> {
  const { clock, spotify } = world;
  const { id } = spotify.catalogue.playlistOfSize(1);
  // On the hour: the ledger counts by it, and runs half past it all fall into one of their own.
  clock.jump(HOUR_MS - (clock.now() % HOUR_MS));
  const startedAt = clock.now();
  await logIn(world, tokenFile);
  let isWarned = false;
  for (let hour = 0; hour < DAYS * 24; hour += 1) {
    const isRun = hour % (24 / RUNS_A_DAY) === 0 || isLastDaysOfFirst(hour);
    if (!isRun) continue;
    if (hour % (COLD_START_EVERY_DAYS * 24) === 0) world.restart();
    clock.jump(startedAt + hour * HOUR_MS + HALF_AN_HOUR_MS - clock.now());
    // The first end takes people unawares; before the second they heed the last warning.
    if ((logins === 1 && hour >= NOTICED_HOUR) || (logins === 2 && isWarned)) {
      await logIn(world, tokenFile);
    }
    clock.jump(MINUTE_MS);
    const run = await runOnce(world, { hour, id });
    runs.push(run);
    isWarned = run.warnings.some((warning) => warning.includes('in 1 day'));
    if (hour % (LEDGER_READ_EVERY_DAYS * 24) === 0) ledgers.push(await readLedger(world, hour));
  }
}

/** As `spotify-etl login` does. */
async function logIn({ clock, spotify }: World, tokenFile: string): Promise<void> {
  const store = new FileTokenStore(tokenFile);
  const authorizedAt = new Date(clock.now()).toISOString();
  const { refreshToken } = await logInAnew(spotify, {
    usesPkce: true,
    scope: 'playlist-read-private',
  });
  const login = {
    refresh_token: refreshToken,
    client_id: spotify.credentials.clientId,
    authorized_at: authorizedAt,
    scopes: ['playlist-read-private'],
  };
  await store.replace(login);
  logins += 1;
  spotify.clearRequests();
}

async function runOnce(
  { ingest, spotify }: World,
  { hour, id }: { readonly hour: number; readonly id: string },
): Promise<HourlyRun> {
  const { body, headers, status } = await ingest(id);
  const requests = spotify.requests();
  const statusesOf = (path: RegExp): number[] =>
    requests.filter((request) => path.test(request.path)).map((request) => request.status);
  spotify.clearRequests();
  return {
    hour,
    login: logins,
    status,
    code: body.code as string | undefined,
    retryAfter: headers['retry-after'],
    daysLeft: body.token_days_left,
    warnings: (body.warnings ?? []) as string[],
    spotifyRequests: Number(body.spotify_requests ?? 0),
    apiStatuses: statusesOf(/^\/v1\//),
    tokenStatuses: statusesOf(/^\/api\/token$/),
  };
}

async function readLedger({ stateRows }: World, hour: number): Promise<(typeof ledgers)[number]> {
  const [row] = (await stateRows()) as StateRow[];
  const hours = Object.values(row?.calls ?? {});
  const calls = hours.flatMap((counts) => Object.values(counts));
  return { hour, hours: hours.length, calls: calls.reduce((sum, count) => sum + count, 0) };
}

test('nothing but the end of a login ever fails a run, and that with 503 REAUTH_REQUIRED', () => {
  const outcomes = new Set(runs.map(({ code, status }) => `${status} ${code ?? ''}`));

  expect(outcomes).toEqual(new Set(['200 ', '503 REAUTH_REQUIRED']));
  expect(runs.length).toBeGreaterThanOrEqual(DAYS * RUNS_A_DAY);
  const refused = runs.filter(({ status }) => status === 503);
  expect(refused).toEqual(
    runs.filter(({ hour, login }) => login === 1 && hour >= END_HOUR && hour < NOTICED_HOUR),
  );
  expect(refused.every(({ retryAfter }) => retryAfter === undefined)).toBe(true);
});

test('the days left fall from day to day, to 0 on the last, and rise with a new login alone', () => {
  for (const login of [1, 2, 3]) {
    const served = ofLogin(login).filter(({ status }) => status === 200);
    const start = served[0]?.hour ?? 0;
    const days = served.map(({ daysLeft }) => daysLeft);
    // The first login is half an hour old at its first run; the later ones are just made.
    expect(days).toEqual(
      served.map(({ hour }) =>
        login === 1 ? 179 - Math.floor(hour / 24) : 179 - Math.floor((hour - start) / 24),
      ),
    );
  }
  expect(ofLogin(1).findLast(({ status }) => status === 200)).toMatchObject({ daysLeft: 0 });
});

test.each([1, 2])('login %i is announced once each at 30, 7 and 1 days, in the answer', (login) => {
  const announced = ofLogin(login).filter(({ warnings }) => warnings.length > 0);

  expect(announced.map(({ daysLeft }) => daysLeft)).toEqual([30, 7, 1]);
  expect(announced.flatMap(({ warnings }) => warnings)).toEqual(
    ['in 30 days', 'in 7 days', 'in 1 day'].map((when): unknown =>
      expect.stringMatching(
        new RegExp(`^The Spotify login ends ${when},.*npx spotify-etl login\\.$`),
      ),
    ),
  );
});

test('every announcement is a WARN line, and there is no other beside those of refused runs', () => {
  const entries = lines
    .flatMap((written) => written.trim().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const warnings = entries.filter(({ level }) => level === 'WARN');
  const isOfRun = ({ message }: Record<string, unknown>): boolean => message === 'run failed';

  expect(entries.filter(({ level }) => level !== 'WARN').every((line) => '_aws' in line)).toBe(
    true,
  );
  expect(warnings.filter((line) => !isOfRun(line)).map(({ message }) => message)).toEqual(
    runs.flatMap((run) => run.warnings),
  );
  expect(warnings.filter(isOfRun)).toHaveLength(runs.filter(({ status }) => status === 503).length);
  // Every run also has a line of counts.
  const metrics = entries
    .filter((line) => 'TokenDaysLeft' in line)
    .map((line) => line.TokenDaysLeft);
  expect(metrics).toEqual(runs.map(({ daysLeft }) => daysLeft ?? 0));
});

test('Spotify is asked for a token once after the login has ended, and then not at all', () => {
  const [first, ...later] = runs.filter(({ status }) => status === 503);

  expect(first).toMatchObject({ hour: END_HOUR, apiStatuses: [], tokenStatuses: [400] });
  expect(later.length).toBeGreaterThanOrEqual(4 * RUNS_A_DAY - 1);
  expect(later.flatMap((run) => [...run.apiStatuses, ...run.tokenStatuses])).toEqual([]);
});

test('the very next run after a new login is served, by a process that had seen the end', () => {
  const [next] = ofLogin(2);

  expect(next).toMatchObject({ hour: NOTICED_HOUR, status: 200, tokenStatuses: [200] });
  expect(NOTICED_HOUR % (COLD_START_EVERY_DAYS * 24)).not.toBe(0);
  // Who heeds the warning has no break at all.
  expect([...ofLogin(2), ...ofLogin(3)].every(({ status }) => status === 200)).toBe(true);
  expect(ofLogin(3).length).toBeGreaterThan(0);
});

test('every request is accounted for: a call and at most a token for each run, none refused', () => {
  const served = runs.filter(({ status }) => status === 200);

  expect(served.every(({ apiStatuses }) => apiStatuses.every((status) => status === 200))).toBe(
    true,
  );
  expect(served.map(({ apiStatuses }) => apiStatuses.length)).toEqual(
    served.map(({ spotifyRequests }) => spotifyRequests),
  );
  expect(served.every(({ spotifyRequests }) => spotifyRequests === 1)).toBe(true);
  expect(runs.every(({ tokenStatuses }) => tokenStatuses.length <= 1)).toBe(true);
});

test('the ledger holds the calls of the last 25 hours and no others', () => {
  expect(ledgers).toHaveLength(DAYS / LEDGER_READ_EVERY_DAYS);
  for (const { calls, hour, hours } of ledgers) {
    expect(hours).toBeLessThanOrEqual(25);
    const counted = runs.filter((run) => run.hour <= hour && run.hour > hour - 25);
    expect(calls).toBe(counted.reduce((sum, run) => sum + run.apiStatuses.length, 0));
  }
});
