/** Computes the prices of the state machines in docs/cost.md from executions of the packaged definition. */
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { PRICES } from '../app/prices.ts';
import type { FaultAction } from '../local/simulator/simulator.ts';
import { CHILD_USD, WAIT_USD } from './support/account-simulation.ts';
import { FILE, openPlaylistsStage, type PlaylistsStage } from './support/playlists-stage.ts';

const LIST = 'ListLambdaFunction';
const MEMORY_MB = 512;
/** A message is sent, received and deleted. */
const REQUESTS_PER_MESSAGE = 3;
/** In dollars. */
const PRICE = { transition: 25e-6, message: 0.5e-6, write: 5e-6, read: 0.4e-6 };

type Use = Readonly<Record<'transitions' | 'messages' | 'writes' | 'reads', number>>;

let doc: string;
let stage: PlaylistsStage;
let uris: readonly string[];
/** The tasks, each with the number of requests to S3 before it. */
let tasks: { readonly resource: string; readonly requests: number }[];

beforeAll(async () => {
  doc = await readFile('docs/cost.md', 'utf8');
});
beforeEach(async () => {
  stage = await openPlaylistsStage();
  tasks = [];
  stage.onTask = (resource) => {
    tasks.push({ resource, requests: stage.s3.requests.length });
  };
  uris = [...stage.world.spotify.catalogue.playlists.values()]
    .filter(({ access, items }) => access === 'own' && items.length > 0 && items.length <= 100)
    .slice(0, 3)
    .map(({ id }) => `spotify:playlist:${id}`);
});
afterEach(() => stage.close());

function writeRows(rows: readonly string[]): void {
  const lines = rows.map((uri) => `${uri},False,\n`).join('');
  stage.s3.write(FILE, `playlist_uri,request_sent,response\n${lines}`);
}

/** With a file of one row, a look begins after the answer is recorded. */
function recordBeforeLooks(): void {
  const { onTask } = stage;
  const countRecorded = (): number =>
    stage.s3.requests.filter((request) => request === `PUT ${FILE}`).length;
  stage.onTask = async (resource) => {
    while (resource === LIST && countRecorded() < countMessages()) await setImmediate();
    return onTask(resource);
  };
}

function refuse({
  times,
  ...action
}: { times: number | 'always'; status: number } & Partial<FaultAction>): void {
  const match = { path: /^\/v1\/playlists/ };
  stage.world.spotify.addFault({
    times,
    match,
    action: { type: 'status', ...action } as FaultAction,
  });
}

const countMessages = (): number =>
  tasks.filter(({ resource }) => resource.endsWith('sqs:sendMessage')).length;

function countRequests(from: number, to?: number): Pick<Use, 'reads' | 'writes'> {
  const some = stage.s3.requests.slice(from, to);
  const writes = some.filter((request) => request.startsWith('PUT')).length;
  return { writes, reads: some.length - writes };
}

const toUsd = ({ messages, reads, transitions, writes }: Use): number =>
  transitions * PRICE.transition +
  messages * REQUESTS_PER_MESSAGE * PRICE.message +
  writes * PRICE.write +
  reads * PRICE.read;

const lambdaUsd = (seconds: number): number =>
  PRICES.lambdaRequest + PRICES.lambdaGbSecond * (MEMORY_MB / 1024) * seconds;

const counted = (count: number, noun: string): string =>
  count === 1 ? `a ${noun}` : `${count} ${noun}s`;

const rowOf = (step: string): string | undefined =>
  doc.split('\n').find((line) => line.startsWith(`| ${step}`));

/** Expects the row of the table that begins with `step` to have the use and its price. */
function expectRow(step: string, use: Use, functionsUsd: number): void {
  const row = rowOf(step);
  expect(row).toContain(`: ${use.transitions} transitions`);
  if (use.messages > 0) {
    expect(row).toContain(`${use.messages * REQUESTS_PER_MESSAGE} requests to the queue`);
  }
  if (use.reads > 0) {
    expect(row).toContain(
      `${counted(use.writes, 'write')} and ${counted(use.reads, 'read')} of S3`,
    );
  }
  expect(row).toContain(`| $${(toUsd(use) + functionsUsd).toFixed(6)} |`);
}

test('The cost page has the prices that the states are reckoned with', () => {
  const text = doc.replaceAll('\n', ' ');
  const perMillion = (usd: number): string =>
    `$${usd * 1e6 < 1 ? (usd * 1e6).toFixed(2) : usd * 1e6}`;
  expect(text).toContain(
    `${perMillion(PRICE.transition)} a million state transitions, ${perMillion(PRICE.message)} a million requests to a FIFO queue, ${perMillion(PRICE.write)} a million writes to S3 and ${perMillion(PRICE.read)} a million reads`,
  );
});

test('The cost page has the price of a quiet night', async () => {
  writeRows(uris);
  await stage.run();
  tasks = [];
  const before = stage.s3.requests.length;

  const { states } = await stage.run({ refresh: true });

  const use = { transitions: states.length, messages: countMessages(), ...countRequests(before) };
  expectRow('a quiet night', use, lambdaUsd(2) + lambdaUsd(1));
});

const statesOfChildren = (states: readonly string[]): number =>
  states.indexOf('Walked') - states.indexOf('Walk') - 1;

test('The cost page has the prices of a child and of a look for rows that failed', async () => {
  recordBeforeLooks();
  writeRows(uris.slice(0, 1));

  const { states } = await stage.run();

  const [, load = 0, , look = 0] = tasks.map(({ requests }) => requests);
  const transitions = statesOfChildren(states);
  const child = { transitions, messages: countMessages(), ...countRequests(load, look) };
  expectRow('a child', child, lambdaUsd(1));
  expect(toUsd(child)).toBeCloseTo(CHILD_USD, 12);
  const ofLook = { transitions: states.length - states.indexOf('Walked'), messages: 0 };
  expectRow('a look', { ...ofLook, ...countRequests(look) }, lambdaUsd(1));
});

test('The cost page has the price of a wait', async () => {
  writeRows(uris.slice(0, 1));
  const { states } = await stage.run();
  writeRows(uris.slice(1, 2));
  refuse({ status: 429, body: 'empty', retryAfter: '3600', times: 1 });

  const waited = await stage.run();

  const transitions = statesOfChildren(waited.states) - statesOfChildren(states);
  const wait = { transitions, messages: 0, writes: 0, reads: 0 };
  expectRow('a wait', wait, lambdaUsd(1));
  expect(toUsd(wait)).toBeCloseTo(WAIT_USD, 12);
});

test('The cost page says how often rows that failed are looked for', async () => {
  recordBeforeLooks();
  writeRows(uris.slice(0, 1));
  refuse({ status: 502, body: 'html', times: 'always' });

  const { states } = await stage.run();

  expect(states.filter((state) => state === 'Pause')).toHaveLength(4);
  expect(rowOf('a look')).toContain('; four at most |');
});
