/** The function albums: artists of a bucket, lengths in the tables, and a report in the bucket. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileSink, reportAlbums } from '../app/album-report.ts';
import { createStageAlbums } from '../app/albums-app.ts';
import { createObjectStore, openBucket } from '../app/bucket.ts';
import { collectAlbums, planCollecting } from '../app/collect-albums.ts';
import { parseConfig, parseSpotifyConfig } from '../app/config.ts';
import { openLibraryApp } from '../app/library-app.ts';
import { createReportBucket } from '../app/report-bucket.ts';
import type { RunReport } from '../etl/model/summaries.ts';
import { type AlbumsAnswer, createAlbumsHandler } from '../handlers/albums.ts';
import { type S3Server, startS3Server } from './support/s3-server.ts';
import { createWorld, NO_ROWS, type World } from './support/world.ts';

const FILE = 'bucket/artists.csv';
const HEADER = 'artist_uri,name,market,albums,listed_at,response';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const THURSDAY = '2026-11-26T17:42:00Z';
const ROOT = 'album-length/v1';
const WEEK = 'year=2026/month=11/day=26';
const REPORT = [
  ...['artists.svg', 'decades.svg', 'report.csv', 'report.html', 'trend.svg', 'summary.json'],
];
const LATEST = [...REPORT, 'album.parquet', 'family.parquet'].map((name) => `latest/${name}`);
const DATED = [
  ...REPORT.map((name) => `dataset=report/${WEEK}/${name}`),
  ...['album', 'family'].map((name) => `dataset=${name}/${WEEK}/part-0.parquet`),
];

type Context = { readonly getRemainingTimeInMillis: () => number };
const FULL_TIME: Context = { getRemainingTimeInMillis: () => 900_000 };

let world: World;
let s3: S3Server;
let artists: string[];
let invoke: (event?: object, context?: Context) => Promise<AlbumsAnswer>;

/** A function with this environment, in a process of its own. */
const start = (variables: Readonly<Record<string, string>> = {}): void => {
  const { clock, environment } = world;
  const open = openBucket({ bucket: 'bucket', region: 'us-east-1', endpoint: s3.url });
  const handler = createAlbumsHandler({
    clock,
    openApp: () => createStageAlbums(parseConfig({ ...environment, ...variables }), { clock }),
    openFile: () => createObjectStore(open('artists.csv')),
    openReports: () => createReportBucket(open),
  });
  let runs = 0;
  invoke = (event = {}, context = FULL_TIME) => {
    runs += 1;
    return handler(event, { awsRequestId: `run-${runs}`, ...context });
  };
};

beforeAll(async () => {
  world = await createWorld();
  const { artists: all, discographies } = world.spotify.catalogue;
  artists = [...all].flatMap(([id, { name }]) => {
    const albums = discographies.of(id)?.filter(({ album }) => album.type === 'album') ?? [];
    return name !== '' && albums.length > 3 && albums.length <= 20 ? [id] : [];
  });
});
beforeEach(async () => {
  s3 = await startS3Server();
  await Promise.all([world.replaceRows(NO_ROWS), world.replaceState()]);
  world.clock.jump(Date.parse(THURSDAY) - world.clock.now());
  world.spotify.clearRequests();
  start();
});
afterEach(() => s3.close());
afterAll(() => world.close());

const write = (...rows: string[]): void => {
  s3.write(FILE, `${[HEADER, ...rows].join('\n')}\n`);
};
const rowsOf = (ids: readonly string[]): string[] => ids.map((id) => `spotify:artist:${id},,,,,`);
const read = (path: string): string | undefined => s3.read(`bucket/${ROOT}/${path}`);
const readFiles = () => [...LATEST, ...DATED].map((path) => [path, read(path)] as const);
const readSummary = (path = `dataset=report/${WEEK}/summary.json`): unknown =>
  JSON.parse(read(path) ?? 'null');
const countPuts = (): number => s3.requests.filter((each) => each.startsWith('PUT')).length;
const countCalls = (): number => {
  const calls = world.spotify.requests().filter(({ path }) => path.startsWith('/v1/'));
  world.spotify.clearRequests();
  return calls.length;
};

test('reports once a week: the files are there, and a second run changes nothing', async () => {
  const chosen = artists.slice(0, 3);
  write(...rowsOf(chosen));

  expect(await invoke({ dryRun: true })).toMatchObject({
    ...{ status: 'dry-run', calls_made: 0, artists_complete: 0, artists_total: 3 },
  });
  expect([countCalls(), countPuts()]).toEqual([0, 0]);

  const first = await invoke();
  const calls = countCalls();
  expect(first).toMatchObject({
    ...{ status: 'reported', run_id: 'run-2', calls_made: calls },
    ...{ spotify_requests: calls, coverage: '3 of 3 artists complete', failed: 0 },
    ...{ week: '2026-11-26', artists_complete: 3, artists_total: 3 },
  });
  expect(calls).toBeLessThanOrEqual(Number(first.calls_planned));
  const files = readFiles();
  expect(files.filter(([, content]) => content === undefined)).toEqual([]);
  for (const name of REPORT) {
    expect(read(`latest/${name}`)).toBe(read(`dataset=report/${WEEK}/${name}`));
  }
  expect(readSummary()).toMatchObject({ artists_total: 3, week: '2026-11-26', market: 'US' });
  const recorded = (s3.read(FILE) ?? '').trim().split('\n').slice(1);
  expect(recorded).toEqual(
    chosen.map((id) =>
      expect.stringMatching(new RegExp(`^spotify:artist:${id},.+,US,\\d+,2026-11-26,complete$`)),
    ),
  );

  const { album: albums, playlist } = await world.rows();
  const measured = albums.filter(({ album_duration: length }) => length !== undefined);
  const { discographies } = world.spotify.catalogue;
  expect(measured.length).toBeGreaterThan(10);
  for (const { album_duration: length, album_id: id } of measured) {
    const { tracks = [] } = discographies.find(String(id)) ?? {};
    expect(length).toBe(tracks.reduce((sum, { durationMs }) => sum + durationMs, 0));
  }
  expect(playlist).toEqual([]);

  const puts = countPuts();
  world.clock.jump(DAY_MS);
  start();
  expect(await invoke()).toMatchObject({ status: 'unchanged', week: '2026-11-26' });
  expect([countCalls(), countPuts()]).toEqual([0, puts]);

  // Even the whole report is the same bytes.
  expect(await invoke({ replace: true })).toMatchObject({ status: 'reported', calls_made: 0 });
  expect(readFiles()).toEqual(files);
  // That it has begun, and that it is finished.
  expect(countPuts()).toBe(puts + 2);

  world.clock.jump(6 * DAY_MS);
  const next = await invoke();
  expect(next).toMatchObject({ status: 'reported', week: '2026-12-03' });
  expect(countCalls()).toBeLessThanOrEqual(6);
  expect(read(`dataset=report/year=2026/month=12/day=03/summary.json`)).toBeDefined();
  expect(readFiles().slice(LATEST.length)).toEqual(files.slice(LATEST.length));
});

test('spends what the day allows, shows what there is, and goes on the next day', async () => {
  start({ SPOTIFY_DAILY_CALLS: '30', SPOTIFY_RESERVED_CALLS: '0' });
  write(...rowsOf(artists.slice(0, 5)));
  // Nothing has been begun.
  expect(await invoke({ goOn: true })).toMatchObject({ status: 'unchanged' });
  const runs: AlbumsAnswer[] = [await invoke()];
  const calls = [countCalls()];
  while (runs.at(-1)?.status === 'later') {
    // A week is not published before it is done.
    expect(readSummary()).toBeNull();
    world.clock.jump(5 * HOUR_MS);
    runs.push(await invoke({ goOn: true }));
    calls.push(countCalls());
    const complete = Number(runs.at(-1)?.artists_complete);
    expect(runs.at(-1)).toMatchObject({ coverage: `${complete} of 5 artists complete` });
    expect(readSummary('latest/summary.json')).toMatchObject({ artists_complete: complete });
  }
  // It spends what there is every 25 hours: calls count by whole hours.
  expect(Math.max(...calls)).toBeLessThanOrEqual(30);
  expect(calls.every((count, at) => count === 0 || at % 5 === 0)).toBe(true);
  const complete = runs.map((run) => Number(run.artists_complete));
  expect(complete).toEqual(complete.toSorted((one, other) => one - other));
  expect(calls.filter((count) => count > 0).length).toBeGreaterThan(2);
  expect(runs.at(-1)?.status).toBe('reported');
  expect(readSummary()).toMatchObject({ artists_complete: 5, week: '2026-11-26' });
  expect(await invoke({ goOn: true })).toMatchObject({ status: 'unchanged' });
});

test('says of the same albums what a library says, to the byte', async () => {
  const chosen = { artistIds: artists.slice(3, 6), market: 'US' };
  write(...rowsOf(chosen.artistIds));
  await invoke();

  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-albums-'));
  const { clock, environment } = world;
  const place = { place: join(folder, 'library.db'), authToken: undefined };
  const library = await openLibraryApp(parseSpotifyConfig(environment), place, clock);
  const startStep = () => {
    const step = {
      report: {} as Partial<RunReport>,
      run: {
        runId: 'step',
        deadlineAt: clock.now() + DAY_MS,
        onEnd: (ended: RunReport) => {
          step.report = ended;
        },
      },
    };
    return step;
  };
  const { signal } = new AbortController();
  const plan = await planCollecting(library.albums, chosen);
  const collecting = { ...chosen, plan, startStep, signal, onCalls: () => undefined };
  for await (const { error } of collectAlbums(library.albums, collecting)) {
    expect(error).toBeUndefined();
  }
  const files = new Map<string, string>();
  const putFiles: FileSink['putFiles'] = (made) => {
    for (const { content, path } of made) files.set(path, Buffer.from(content).toString());
    return Promise.resolve();
  };
  const options = { ...chosen, day: new Date(clock.now()) };
  await reportAlbums(library.albums.stored, { putFiles }, options);
  await library.close();
  await rm(folder, { recursive: true });

  for (const name of REPORT) expect(read(`latest/${name}`)).toBe(files.get(name));
  for (const [path] of readFiles().slice(-2)) expect(read(path)).toBe(files.get(`${ROOT}/${path}`));
});

test('ends before its time does, and goes on', async () => {
  write(...rowsOf(artists.slice(0, 2)));
  const noTime = { getRemainingTimeInMillis: () => 60_000 };
  expect(await invoke({}, noTime)).toMatchObject({ status: 'later', calls_made: 0 });
  expect(await invoke()).toMatchObject({ status: 'reported', artists_complete: 2 });
});

test('of two runs at a time one does it', async () => {
  write(...rowsOf(artists.slice(0, 1)));
  const statuses = (await Promise.all([invoke(), invoke()])).map(({ status }) => status);
  expect(statuses.sort()).toEqual(['locked', 'reported']);
});

test('an unknown artist is recorded, and does not hold up the report', async () => {
  const unknown = '0'.repeat(22);
  write(...rowsOf([unknown, artists[0] ?? '']));
  expect(await invoke()).toMatchObject({ status: 'reported', failed: 1, artists_complete: 1 });
  expect(s3.read(FILE)).toContain(`spotify:artist:${unknown},,US,,,failed: Spotify has no such`);
  countCalls();
  expect(await invoke({ replace: true })).toMatchObject({ status: 'reported', calls_made: 0 });
});

test('a state table that is lost costs the calls again, and nothing is wrong', async () => {
  write(...rowsOf(artists.slice(0, 1)));
  await invoke();
  const files = readFiles();
  await world.replaceState();
  start();
  countCalls();
  expect(await invoke({ replace: true })).toMatchObject({ status: 'reported' });
  expect(countCalls()).toBeGreaterThan(3);
  expect(readFiles()).toEqual(files);
});

describe('what needs a person is one line', () => {
  const lineOf = (error: unknown): string => (error instanceof Error ? error.message : '');
  const fail = async (event?: object): Promise<string> => {
    const line = await invoke(event).then(() => '', lineOf);
    expect(line.split('\n')).toHaveLength(1);
    return line;
  };

  test('no file', async () => {
    expect(await fail()).toContain('aws s3 cp artists.csv s3://bucket/artists.csv');
    expect(await invoke({ dryRun: true })).toMatchObject({ status: 'no-file' });
    // Only the weekly start complains.
    expect(await invoke({ goOn: true })).toMatchObject({ status: 'unchanged' });
  });

  test('no bucket', async () => {
    s3.onRequest = () => ({ status: 404, code: 'NoSuchBucket' });
    for (const event of [{}, { dryRun: true }]) {
      expect(await fail(event)).toMatch(
        /^S3 has no such bucket, so it cannot read s3:\/\/bucket\/a/,
      );
    }
  });

  test.each([
    ['another link', 'https://open.spotify.com/album/4aawyAB9vmqN3uQ7FjRGTy,,,,,', /^Line 2: /],
    ['a row that is cut', 'spotify:artist:4aawyAB9vmqN3uQ7FjRGTy,', /^Line 2 has 2 fields/],
    ['no artist', '', /names no artist/],
    ['a market', `spotify:artist:4aawyAB9vmqN3uQ7FjRGTy,,Germany,,,`, /country code of two/],
  ])('a bad file: %s', async (_, row, words) => {
    write(row);
    expect(await fail()).toMatch(words);
    expect(countCalls()).toBe(0);
  });

  test('an event that is none', async () => {
    await expect(invoke({ dryRun: 'yes' })).rejects.toThrow(/expected/);
    await expect(invoke({ dryrun: true })).rejects.toThrow(/^The event is wrong: .*dryrun/);
    expect(countCalls()).toBe(0);
  });

  test('a login that has ended', async () => {
    write(...rowsOf(artists.slice(0, 1)));
    world.spotify.revokeLogins();
    world.clock.jump(3_700_000);
    await expect(invoke()).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });
    // The rows, and that the week has begun.
    expect(countPuts()).toBe(2);
  });
});
