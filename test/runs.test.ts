/** Lists that take longer than a request: GET /ingest starts a run, the function load does it, GET /runs shows it. */
import { createApp } from '../app/app.ts';
import { parseConfig } from '../app/config.ts';
import { createLoadHandler, type LoadResult } from '../handlers/load.ts';
import { expectedRows, withoutRun } from './support/expected-rows.ts';
import { closeScriptedServers } from './support/scripted-server.ts';
import {
  MACHINE_ARN,
  type StepFunctionsServer,
  startStepFunctions,
} from './support/step-functions-server.ts';
import {
  type Answer,
  createWorld,
  NO_ROWS,
  remainingTime,
  tablesOf,
  type World,
} from './support/world.ts';

/** 69 more calls: at the pace, nearly a minute. */
const LONG = 3_500;
const PACE = { SPOTIFY_BURST_CALLS: '10', SPOTIFY_CALLS_PER_SECOND: '1' };
const FULL_TIME_MS = 900_000;
const RUN_ID = /^\w{22}-[\w-]{16}-(\d+)$/;

let machine: StepFunctionsServer;
let world: World;

beforeAll(async () => {
  machine = await startStepFunctions();
  const place = { MACHINE_ARN: MACHINE_ARN, AWS_ENDPOINT_URL_SFN: machine.url };
  world = await createWorld({ variables: { ...PACE, ...place } });
});
afterAll(async () => {
  await world.close();
  await closeScriptedServers();
});

let known = 0;

/** A list of its own for each test, since runs are named after lists. */
function addLongList() {
  const { items } = world.spotify.catalogue.playlistOfSize(LONG);
  known += 1;
  world.takeApiCalls();
  machine.calls.splice(0);
  return world.spotify.addPlaylist(`Long ${known}`, items);
}

beforeEach(async () => {
  await world.replaceState();
  await world.replaceRows(NO_ROWS);
  world.spotify.clearFaults();
  world.clock.jump(120_000);
});

const runIdOf = ({ body }: Answer): string => String(body.run_id);

/** One call of the function, as the machine makes it. */
async function load(runId: string): Promise<LoadResult> {
  const options = { clock: world.clock, dynamodb: tablesOf(world.environment) };
  const app = createApp(parseConfig(world.environment), options);
  const input = { ...(machine.inputs()[runId] as object), started_at: new Date().toISOString() };
  const getRemainingTimeInMillis = () => remainingTime(world.clock, FULL_TIME_MS);
  const context = { awsRequestId: 'load-1', getRemainingTimeInMillis };
  return await createLoadHandler({ getApp: () => app, clock: world.clock })(input, context);
}

/** To the end of the execution, waits included. */
async function execute(runId: string): Promise<void> {
  let result = await load(runId);
  while (result.next === 'wait') {
    world.clock.jump(result.wait_seconds * 1000);
    result = await load(runId);
  }
  machine.end(runId, result.verdict === 'done' ? 'SUCCEEDED' : 'FAILED', world.clock.now());
  world.clock.jump(1_000);
}

describe('A list that takes longer than a request', () => {
  test('is left to a run, after one call to Spotify', async () => {
    const { id } = addLongList();

    const { body, headers, status } = await world.ingest(id);

    expect(status).toBe(202);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'retry-after': '10',
      location: `runs/${String(body.run_id)}`,
    });
    expect(body).toEqual({ run_id: expect.stringMatching(RUN_ID), state: 'queued' });
    expect(machine.inputs()[String(body.run_id)]).toEqual({
      playlist_uri: `spotify:playlist:${id}`,
      run_id: body.run_id,
    });
    expect(world.takeApiCalls()).toHaveLength(1);
    expect((await world.runs(String(body.run_id))).body).toMatchObject({ state: 'queued' });
  });

  test('is loaded by its run as a direct load does it, row for row and word for word', async () => {
    const list = addLongList();
    const direct = await createWorld({ variables: PACE });
    const twin = direct.spotify.catalogue.playlistOfSize(LONG);
    const { body: expected } = await direct.ingest(
      direct.spotify.addPlaylist(list.name, twin.items).id,
      FULL_TIME_MS,
    );
    await direct.close();

    const runId = runIdOf(await world.ingest(list.id));
    await execute(runId);
    const { body, headers, status } = await world.runs(runId);

    expect([status, headers['retry-after']]).toEqual([200, undefined]);
    expect(body).toMatchObject({ run_id: runId, state: 'succeeded', status: 'loaded' });
    for (const name of ['message', 'counts', 'written', 'unchanged', 'spotify_requests']) {
      expect([name, body[name]]).toEqual([name, expected[name]]);
    }
    const rows = expectedRows(world.spotify.catalogue, list, 'C');
    expect(withoutRun(await world.rows())).toEqual(rows);
    expect((await world.ingest(list.id)).body).toMatchObject({ status: 'unchanged' });
  });

  test('starts one run, however many ask at once, and all are told of it', async () => {
    const { id } = addLongList();
    const before = Object.keys(machine.inputs()).length;

    const functions = Array.from({ length: 10 }, () => world.startFunction());
    const answers = await Promise.all(functions.map(({ ingest }) => ingest(id)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(runIdOf)).size).toBe(1);
    expect(Object.keys(machine.inputs())).toHaveLength(before + 1);
    expect(world.takeApiCalls()).toHaveLength(10);
  });

  test('says how far it is, and when it goes on after a pause that Spotify asks for', async () => {
    const { id } = addLongList();
    const runId = runIdOf(await world.ingest(id));
    const action = { type: 'status', status: 429, body: 'json', retryAfter: '3600' } as const;
    world.spotify.addFault({ match: { path: /\/items$/, offset: 1_100 }, times: 1, action });

    const { next } = await load(runId);
    const { body, headers, status } = await world.runs(runId);

    expect([next, status, body.state]).toEqual(['wait', 202, 'waiting']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(3_500);
    expect(Date.parse(String(body.resumes_at))).toBeGreaterThan(world.clock.now() + 3_500_000);
    world.clock.jump(3_700_000);
    await execute(runId);
    expect((await world.runs(runId)).body).toMatchObject({ state: 'succeeded', status: 'loaded' });
  });

  test('whose run has failed says so, and is loaded by another one that is asked for', async () => {
    const { id } = addLongList();
    const runId = runIdOf(await world.ingest(id));
    world.spotify.addFault({
      match: { path: /\/items$/ },
      times: 'always',
      action: { type: 'status', status: 500, body: 'json' },
    });
    await execute(runId);
    world.spotify.clearFaults();

    const failed = await world.runs(runId);
    expect(failed.status).toBe(502);
    expect(failed.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(failed.body).toMatchObject({
      code: 'SPOTIFY_UNAVAILABLE',
      kind: 'later',
      run_id: runId,
      state: 'failed',
    });
    const next = runIdOf(await world.ingest(id));
    expect([RUN_ID.exec(runId)?.[1], RUN_ID.exec(next)?.[1]]).toEqual(['1', '2']);
    await execute(next);
    expect((await world.runs(next)).body).toMatchObject({ state: 'succeeded', status: 'loaded' });
  });

  test('whose run was lost for good, or whose rows are gone, is loaded by another one', async () => {
    const { id } = addLongList();
    const lost = runIdOf(await world.ingest(id));
    machine.end(lost, 'TIMED_OUT', world.clock.now());
    world.clock.jump(1_000);
    const { body, status } = await world.runs(lost);
    expect([status, body.code, body.state]).toEqual([500, 'RUN_FAILED', 'failed']);

    const second = runIdOf(await world.ingest(id));
    await execute(second);
    await world.replaceRows(NO_ROWS);
    const third = runIdOf(await world.ingest(id));

    expect([second, third].map((runId) => RUN_ID.exec(runId)?.[1])).toEqual(['2', '3']);
  });

  test('that a run has loaded since it was opened is answered with what that run says', async () => {
    const { id } = addLongList();
    const runId = runIdOf(await world.ingest(id));
    await execute(runId);
    // As if the row had been read before the run wrote it.
    await world.replaceRows(NO_ROWS);
    machine.end(runId, 'SUCCEEDED', world.clock.now() + 60_000);

    const { body, status } = await world.ingest(id);

    expect([status, body.state, body.status]).toEqual([200, 'succeeded', 'loaded']);
  });

  test('starts no run that the budget has too few calls for', async () => {
    const { id } = addLongList();
    const poor = await createWorld({
      variables: {
        ...PACE,
        MACHINE_ARN: MACHINE_ARN,
        AWS_ENDPOINT_URL_SFN: machine.url,
        SPOTIFY_DAILY_CALLS: '60',
        SPOTIFY_RESERVED_CALLS: '0',
      },
    });
    const { body } = await poor.ingest(poor.spotify.catalogue.playlistOfSize(LONG).id);
    await poor.close();

    expect(body).toMatchObject({ code: 'PLAYLIST_OVER_BUDGET', kind: 'later' });
    expect([id, machine.calls]).toEqual([id, []]);
  });
});

test('a list that fits into a request is answered at once', async () => {
  machine.calls.splice(0);
  const { status } = await world.ingest(world.spotify.catalogue.playlistOfSize(1_000).id);

  expect([status, machine.calls]).toEqual([200, []]);
});

test.each([
  ['malformed', 'x'.repeat(200), 0],
  ['a path', '../ingest', 0],
  ['unknown', '3cEYpjA9oz9GiPac4AsH4n-0123456789abcdef-1', 1],
])('a run whose ID is %s is not found', async (_how, runId, calls) => {
  machine.calls.splice(0);
  const { body, headers, status } = await world.runs(runId);

  expect([status, headers['content-type']]).toEqual([404, 'application/problem+json']);
  expect(body).toMatchObject({ code: 'RUN_NOT_FOUND', kind: 'final' });
  expect(machine.calls).toHaveLength(calls);
});

test('without a machine, a request takes its time, and no run is known', async () => {
  const laptop = await createWorld({ variables: PACE });
  const { id } = laptop.spotify.catalogue.playlistOfSize(LONG);
  const hurried = await laptop.ingest(id);
  laptop.clock.jump(120_000);
  const { status } = await laptop.ingest(id, FULL_TIME_MS);
  const run = await laptop.runs('3cEYpjA9oz9GiPac4AsH4n-0123456789abcdef-1');
  await laptop.close();

  expect(hurried.body).toMatchObject({ code: 'RUN_OUT_OF_TIME' });
  expect([status, run.status]).toEqual([200, 404]);
});
