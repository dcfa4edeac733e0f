/** `spotify-etl trigger --refresh`: the list of playlists first, then only the rows it does not settle. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import {
  type IngestServer,
  type Listing,
  loaded,
  problem,
  type Reply,
  startIngestServer,
} from './support/ingest-server.ts';
import { keepOwnPlaylists, storeAsLoaded } from './support/listed-user.ts';
import {
  createTriggerProgram,
  type Finished,
  type TriggerProgram,
} from './support/trigger-program.ts';
import { type Answer, createWorld } from './support/world.ts';

type Cells = Record<string, string>;

let program: TriggerProgram;
let server: IngestServer;
let listing: Listing;
let file: string;
let tests = 0;

const idOf = (row: number): string => `playlist00000000000${String(row).padStart(3, '0')}`;
const uriOf = (row: number): string => `spotify:playlist:${idOf(row)}`;
const SENT_BEFORE = '{"status":200,"code":"loaded"}'.replaceAll('"', '""');

/** Every other row has been sent before. */
const rows = (count: number): string =>
  Array.from({ length: count }, (_, row) =>
    row % 2 === 0 ? `${uriOf(row)},False,\n` : `${uriOf(row)},True,"${SENT_BEFORE}"\n`,
  ).join('');

/** These as unchanged, one more as changed. */
const listed = (unchanged: readonly number[], changed: number): Reply => ({
  body: {
    run_id: 'list-1',
    complete: true,
    playlists: [...unchanged, changed].map((row) => ({
      playlist_id: idOf(row),
      playlist_name: `List ${row}`,
      state: row === changed ? 'changed' : 'unchanged',
      items: row,
      extracted_at: '2026-11-19T00:00:00.000Z',
    })),
  },
});

beforeAll(async () => {
  program = await createTriggerProgram();
  server = await startIngestServer(loaded, (maxRequests) => listing(maxRequests));
});
afterAll(async () => {
  await server.close();
  await program.remove();
});
beforeEach(async () => {
  for (const seen of [server.asked, server.listed, server.headers]) seen.splice(0);
  listing = () => listed([0, 1, 2], 3);
  tests += 1;
  const folder = join(program.folder, `test-${tests}`);
  await mkdir(folder);
  file = join(folder, 'playlists.csv');
});

async function refresh(count: number, ...args: string[]): Promise<Finished> {
  await writeFile(file, `playlist_uri,request_sent,response\n${rows(count)}`);
  return program.run(['trigger', file, '--endpoint', server.url, '--refresh', ...args]);
}

async function readRows(path = file): Promise<Cells[]> {
  return parse(await readFile(path), { bom: true, columns: true });
}

test('what the list shows as unchanged is recorded and not sent; all else is sent', async () => {
  const { code, stderr, stdout } = await refresh(5, '--concurrency', '1');

  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(server.listed).toEqual(['1']);
  expect(server.asked).toEqual([uriOf(3), uriOf(4)]);
  const answers = await readRows();
  expect(answers.map(({ request_sent }) => request_sent)).toEqual(Array(5).fill('True'));
  expect(JSON.parse(answers[1]?.response ?? '')).toEqual({
    status: 200,
    code: 'unchanged',
    message:
      'List 1: unchanged since 2026-11-19T00:00:00.000Z; nothing written. Seen in the list of playlists, without a separate call.',
    run_id: 'list-1',
    counts: { items: 1 },
    time: expect.stringMatching(/^\d{4}-/) as string,
  });
  expect(stdout).toMatch(
    /^5 rows: 5 done \(3 unchanged, checked with one listing call\); .* s\.$/m,
  );
});

test('a playlist that stands there twice is settled in both rows', async () => {
  const text = `playlist_uri,request_sent,response\n${rows(3)}https://open.spotify.com/playlist/${idOf(0)},,\n`;
  await writeFile(file, text);

  await program.run(['trigger', file, '--endpoint', server.url, '--refresh', '--json']);

  expect(server.asked).toEqual([]);
  const codes = (await readRows()).map(({ response }) => JSON.parse(response ?? '') as object);
  expect(codes).toEqual(Array(4).fill(expect.objectContaining({ code: 'unchanged' })));
});

test('--json has an answer per playlist, and how many the list settled', async () => {
  const { stdout } = await refresh(4, '--json');

  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ type }) => type === 'answer')).toHaveLength(4);
  expect(lines.at(-1)).toMatchObject({ type: 'summary', done: 4, listed: 3 });
});

test.each([
  [3, '1'],
  [10, '1'],
  [11, '2'],
  [95, '10'],
])('for %i rows the list may cost %s calls', async (count, calls) => {
  await refresh(count);

  expect(server.listed).toEqual([calls]);
});

test('fewer than three rows, a start without --refresh, and --dry-run ask for no list', async () => {
  await refresh(2);
  await refresh(5, '--limit', '2');
  await refresh(5, '--dry-run');
  await program.run(['trigger', file, '--endpoint', server.url]);

  expect(server.listed).toEqual([]);
});

test.each<[string, Listing]>([
  ['an older deployment', () => ({ status: 404, body: { message: 'Not Found' } })],
  ['a caller who may not', () => ({ status: 403, body: { message: 'Forbidden' } })],
  ['another shape', () => ({ body: { playlists: 'many' } })],
  ['a page', () => ({ headers: { 'content-type': 'text/html' }, body: '<html>' })],
  ['a defect', () => problem('INTERNAL')],
  ['a passing outage', () => problem('TABLE_THROTTLED', { 'retry-after': '3600' })],
  ['no answer', () => undefined],
])('without a list for %s every row is sent, with one note', async (_case, listsNothing) => {
  listing = listsNothing;

  const { code, stderr, stdout } = await refresh(4, '--timeout', '1');

  expect([code, server.listed.length, server.asked.length]).toEqual([0, 1, 4]);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^! No list of playlists, so every row is sent \(\w+: /),
  ]);
  expect(stdout).toMatch(/4 rows: 4 done; /);
});

test('--quiet has no note either', async () => {
  listing = () => problem('INTERNAL');

  expect(await refresh(4, '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test.each(['SPOTIFY_QUOTA_EXCEEDED', 'REAUTH_REQUIRED'] as const)(
  'a list refused with %s ends the start before any row',
  async (code) => {
    listing = () => problem(code, { 'retry-after': '3600' });

    const finished = await refresh(4);

    expect(finished.code).toBe(75);
    expect(server.asked).toEqual([]);
    expect(finished.stdout).toMatch(
      new RegExp(
        `■ Stopped \\(${code}\\): About ${code}\\. Try again after .*4 rows were not sent`,
      ),
    );
    expect((await readRows())[0]).toMatchObject({ request_sent: 'False', response: '' });
  },
);

test('the list is signed and asked for below the base, as any row is', async () => {
  const base = `${server.url}/dev`;
  await writeFile(file, `playlist_uri,request_sent,response\n${rows(3)}`);
  const args = [
    'trigger',
    file,
    '--endpoint',
    base,
    '--refresh',
    '--sign',
    '--region',
    'eu-west-1',
  ];

  await program.run(args, { env: { AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 'sk' } });

  expect(server.listed).toEqual(['1']);
  expect(server.headers[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AK\//);
});

test('200 unchanged rows cost 4 calls to Spotify', async () => {
  const world = await createWorld();
  const toReply = ({ status, headers, body }: Answer): Reply => ({
    status,
    headers: headers as Record<string, string>,
    body,
  });
  const api = await startIngestServer(
    async (uri) => toReply(await world.ingest(uri)),
    async (maxRequests) => toReply(await world.playlists(maxRequests)),
  );
  try {
    const playlists = keepOwnPlaylists(world.spotify, 200);
    await storeAsLoaded(world, playlists);
    const lines = playlists.map(({ id }) => `${id},,\n`);
    await writeFile(file, `playlist_uri,request_sent,response\n${lines.join('')}`);
    // Who the user is costs a call once.
    await world.playlists('1');
    world.takeApiCalls();

    const { code, stdout } = await program.run([
      ...['trigger', file, '--endpoint', api.url, '--refresh'],
    ]);

    expect(code).toBe(0);
    expect(world.takeApiCalls()).toHaveLength(4);
    expect(api.asked).toEqual([]);
    expect(stdout).toContain('200 rows: 200 done (200 unchanged, checked with one listing call)');
    expect((await readRows()).map(({ response }) => JSON.parse(response ?? '') as object)).toEqual(
      Array(200).fill(expect.objectContaining({ status: 200, code: 'unchanged' })),
    );
  } finally {
    await api.close();
    await world.close();
  }
});
