/** Lists that take longer than a request, deployed: GET /ingest, its run, GET /runs, and the trigger that follows. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import { createRequestSigner, type SignRequest } from '../../trigger/request-signer.ts';
import { type Answer, createWorld, type World } from '../support/world.ts';
import { type Account, expectedRowsOf, openAccount } from './account.ts';
import { ACCOUNT, awsVariables, REGION } from './emulator.ts';
import { deployFrom } from './file-executions.ts';

const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:spotify-etl-dev-playlist`;
/** So that a run need not wait; the calls alone take longer than a request. */
const PACE = 'SPOTIFY_BURST_CALLS=600';
const ITEMS_PATH = /\/items$/;

let account: Account;
let endpoint: string;
let sign: SignRequest;
let list: CataloguePlaylist;

const before = { ...process.env };

beforeAll(async () => {
  account = await openAccount({ hasAll: true });
  list = account.spotify.catalogue.playlistOfSize(10_000);
  await deployFrom(account, PACE);
  const [api] = (await account.aws('apigateway get-rest-apis --query items[].id')) as string[];
  endpoint = `${account.emulator.url}/restapis/${api}/dev/_user_request_`;
  Object.assign(process.env, awsVariables(account.emulator));
  sign = await createRequestSigner(REGION, undefined);
});
afterAll(async () => {
  await account.close();
  process.env = before;
});

async function get(url: string): Promise<Answer & { readonly url: string }> {
  const response = await fetch(url, { headers: await sign(url) });
  const body = (await response.json()) as Answer['body'];
  return { url, status: response.status, headers: Object.fromEntries(response.headers), body };
}

const ingest = ({ id }: Pick<CataloguePlaylist, 'id'>) =>
  get(`${endpoint}/ingest?playlist_uri=${id}`);

/** Where a client that resolves addresses as RFC 9110 says finds the run. */
const locate = ({ headers, url }: Awaited<ReturnType<typeof get>>): string =>
  new URL(String(headers.location), url).href;

/** All answers until the run has ended, asked for more often than they say. */
async function follow(url: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  do {
    await sleep(500);
    answers.push(await get(url));
  } while (answers.at(-1)?.status === 202);
  return answers;
}

const executions = async (): Promise<readonly { name: string; status: string }[]> => {
  const options = `--state-machine-arn ${MACHINE}`;
  const listed = await account.aws(`stepfunctions list-executions ${options}`);
  return (listed as { executions: { name: string; status: string }[] }).executions;
};

describe('A list of 10,000 items', () => {
  let answers: Awaited<ReturnType<typeof get>>[];
  let run: Answer[];

  beforeAll(async () => {
    answers = await Promise.all(Array.from({ length: 10 }, () => ingest(list)));
    const [first] = answers;
    if (first === undefined) throw new Error('Nothing was asked.');
    run = await follow(locate(first));
  });

  test('that ten ask for at once is answered with one run', async () => {
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(1);
    const [answer] = answers;
    expect(answer?.headers).toMatchObject({ 'retry-after': '10' });
    expect(answer?.body).toEqual({
      run_id: expect.stringMatching(new RegExp(`^${list.id}-[\\w-]{16}-1$`)),
      state: expect.stringMatching(/^(?:queued|running)$/),
    });
    expect(await executions()).toMatchObject([{ name: answer?.body.run_id, status: 'SUCCEEDED' }]);
  });

  test('is read page by page in view of everyone', () => {
    const shown = run.flatMap(({ body }) => body.progress ?? []);

    expect(shown.length).toBeGreaterThan(1);
    for (const progress of shown) {
      expect(progress).toEqual({ pages_done: expect.any(Number), pages_total: 199 });
    }
  });

  test('ends as a direct load does, row for row and word for word', async () => {
    const direct = await loadDirectly();

    const { body, headers, status } = run.at(-1) ?? ({} as Answer);
    expect([status, headers['retry-after']]).toEqual([200, undefined]);
    expect(body).toMatchObject({ state: 'succeeded', run_id: answers[0]?.body.run_id });
    for (const name of [
      'status',
      'message',
      'counts',
      'written',
      'unchanged',
      'spotify_requests',
    ]) {
      expect([name, body[name]]).toEqual([name, direct[name]]);
    }
    expect(await account.rows('dev')).toEqual(expectedRowsOf(account.spotify.catalogue, [list]));
    expect((await ingest(list)).body).toMatchObject({ status: 'unchanged' });
  });

  /** On a laptop, with the same catalogue. */
  async function loadDirectly(): Promise<Answer['body']> {
    const saved = { ...process.env };
    const world: World = await createWorld();
    try {
      world.clock.jump(60_000);
      return (await world.ingest(list.id, 900_000)).body;
    } finally {
      await world.close();
      process.env = saved;
    }
  }
});

test('a run that has failed says why, and another one that is asked for loads the list', async () => {
  const { spotify } = account;
  const other = spotify.addPlaylist('Failing', list.items.slice(0, 5_000));
  const action = { type: 'status', status: 404, body: 'json' } as const;
  spotify.addFault({ match: { path: ITEMS_PATH }, times: 'always', action });
  const first = await ingest(other);
  const failed = (await follow(locate(first))).at(-1);
  spotify.clearFaults();
  const second = await ingest(other);
  const loaded = (await follow(locate(second))).at(-1);

  expect(failed?.headers).toMatchObject({ 'content-type': 'application/problem+json' });
  expect(failed?.body).toMatchObject({ state: 'failed', run_id: first.body.run_id });
  expect(failed?.status).toBe(failed?.body.status);
  expect(second.body.run_id).toBe(String(first.body.run_id).replace(/1$/, '2'));
  expect(loaded?.body).toMatchObject({ state: 'succeeded', status: 'loaded' });
});

test('the trigger follows the run of a long list to its end', async () => {
  const other = account.spotify.addPlaylist('Followed', list.items.slice(0, 4_000));
  await writeFile(join(account.folder, 'long.csv'), `playlist_uri\n${other.id}\n`);

  const line = `npx spotify-etl trigger long.csv --sign --endpoint ${endpoint}`;
  const { code, output } = await account.shellOf().run(line);

  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('1 row: 1 done') });
  const text = await readFile(join(account.folder, 'long.csv'), 'utf8');
  const [row = {}]: Record<string, string>[] = parse(text, { columns: true });
  expect(JSON.parse(row.response ?? '')).toMatchObject({
    code: 'loaded',
    counts: { items: 4_000 },
  });
});

test('nobody sees a run without leave, and no run is seen that is not there', async () => {
  const [{ name } = { name: '' }] = await executions();

  expect((await fetch(`${endpoint}/runs/${name}`)).status).toBe(403);
  for (const runId of [name.replace(/\d+$/, '99'), 'nonsense']) {
    const { body, status } = await get(`${endpoint}/runs/${runId}`);
    expect([status, body.code]).toEqual([404, 'RUN_NOT_FOUND']);
  }
});
