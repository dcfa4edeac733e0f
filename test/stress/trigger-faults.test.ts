/** A thousand rows through a Spotify that fails a fifth of all requests in every way it can: the tables of a calm day. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { createSeededRandom } from '../../local/simulator/seeded-random.ts';
import type { FaultAction } from '../../local/simulator/simulator.ts';
import { parseTriggerOptions } from '../../trigger/options.ts';
import { runTriggerCommand } from '../../trigger/run-command.ts';
import { withoutRun } from '../support/expected-rows.ts';
import { type IngestServer, startIngestServer } from '../support/ingest-server.ts';
import { createQuietHost } from '../support/quiet-host.ts';
import { createWorld, type Tables, type World } from '../support/world.ts';

const ROWS = 1_000;
const ITEMS = 12;
/** What a run has: so little that a stalled Spotify costs a second and not nine, and on a calm day all it can have. */
const STORMY_MS = 2_500;
const CALM_MS = 29_000;
const MAX_STARTS = 30;

/** Every mishap that passes. Those that change a playlist are another test's: they change the tables too. */
const MISHAPS: readonly FaultAction[] = [
  { type: 'status', status: 500, body: 'json' },
  { type: 'status', status: 502, body: 'html' },
  { type: 'status', status: 503, body: 'empty' },
  { type: 'status', status: 504, body: 'text' },
  { type: 'status', status: 429, body: 'text', retryAfter: '1' },
  { type: 'status', status: 429, body: 'json' },
  { type: 'status', status: 429, body: 'json', retryAfter: 'soon' },
  { type: 'status', status: 400, body: 'json', message: 'Invalid something' },
  { type: 'reset', when: 'before-headers' },
  { type: 'reset', when: 'after-headers' },
  { type: 'reset', when: 'mid-body' },
  { type: 'truncate' },
  { type: 'truncate', chunked: true },
  { type: 'half-json' },
  { type: 'truncated-gzip' },
  { type: 'html-200' },
  { type: 'token-refused', message: 'The access token expired' },
  { type: 'delay', ms: 20 },
  { type: 'total-off', by: 3 },
  { type: 'odd-values', values: [{ path: ['items'], value: 'nope' }] },
  { type: 'odd-values', values: [{ path: ['items', 'total'], value: 'many' }] },
  { type: 'odd-values', values: [{ path: ['snapshot_id'], value: 12 }] },
  { type: 'hang' },
  { type: 'trickle' },
];

type Cells = Record<string, string>;

type Day = {
  readonly rows: readonly Cells[];
  readonly tables: Tables;
  /** How often each playlist was asked for after its final answer. */
  readonly askedAgain: number;
  readonly requests: number;
  readonly mishaps: number;
  readonly starts: number;
};

/** A small playlist of the user for each row; some rows fail for good. */
function addPlaylists({ spotify }: World): string[] {
  const { playlists, showcase } = spotify.catalogue;
  const random = createSeededRandom(11);
  const model = playlists.get(showcase[1] ?? '');
  const source = [...playlists.values()].filter(
    ({ access, items }) => access === 'own' && items.length >= ITEMS && items.length < 100,
  );
  if (model === undefined) throw new Error('The catalogue has no showcase');
  const refused = [...playlists.values()].filter(({ access }) => access.startsWith('foreign'));
  return Array.from({ length: ROWS }, (_, row) => {
    const foreign = refused[row / 25];
    if (foreign !== undefined) return foreign.id;
    const id = `row${String(row).padStart(4, '0')}xxxxxxxxxxxxxxx`;
    const { items } = source[random.integer(0, source.length - 1)] ?? model;
    playlists.set(id, { ...model, id, name: `Row ${row}`, items: items.slice(0, ITEMS) });
    return id;
  });
}

/** Starts the trigger until no row is pending. */
async function liveThroughDay(folder: string, mishapPercent: number): Promise<Day> {
  const world = await createWorld();
  const random = createSeededRandom(5);
  const ids = addPlaylists(world);
  const answered = new Set<string>();
  let askedAgain = 0;
  let requests = 0;
  let mishaps = 0;
  let strikeAt = 0;
  const strike = (): void => {
    if (mishapPercent === 0 || !random.percent(mishapPercent)) return;
    mishaps += 1;
    world.spotify.addFault({
      match: { path: /^\/v1\// },
      action: MISHAPS[strikeAt++ % MISHAPS.length] ?? { type: 'html-200' },
    });
  };
  const server: IngestServer = await startIngestServer(async (uri) => {
    requests += 1;
    if (answered.has(uri)) askedAgain += 1;
    strike();
    const { status, headers, body } = await world.ingest(
      uri,
      mishapPercent === 0 ? CALM_MS : STORMY_MS,
    );
    if (status < 500) answered.add(uri);
    return { status, body, headers: toText(headers) };
  });
  const file = join(folder, `playlists-${mishapPercent}.csv`);
  const rows = ids.map((id) => `spotify:playlist:${id},False,\n`);
  await writeFile(file, `playlist_uri,request_sent,response\n${rows.join('')}`);
  // One clock for both: what Spotify asks to wait for is over when the trigger has waited.
  const { now, sleep } = world.clock;
  const host = { ...createQuietHost(), now, sleep };
  let starts = 0;
  for (let code = 75; code === 75 && starts < MAX_STARTS; starts += 1) {
    code = await runTriggerCommand({
      file,
      options: parseTriggerOptions({ endpoint: server.url, concurrency: '4' }),
      host,
    });
  }
  process.stdout.write(`${starts} starts, ${requests} requests, ${mishaps} mishaps\n`);
  const tables = withoutRun(await world.rows());
  await server.close();
  await world.close();
  const cells: Cells[] = parse(await readFile(file), { columns: true });
  return { rows: cells, tables, askedAgain, requests, mishaps, starts };
}

const toText = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** What an answer says that does not depend on the day. */
const toVerdict = (row: Cells | undefined): unknown[] => {
  const { status, code } = JSON.parse(row?.response ?? '{}') as { status?: number; code?: string };
  // A run that lost its answer after the last write finds its own rows when it is asked again.
  return [row?.playlist_uri, row?.request_sent, status, code === 'unchanged' ? 'loaded' : code];
};

test(`${ROWS} rows on a day of mishaps end as on a calm one, and none is asked after its final answer`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-day-'));
  const calm = await liveThroughDay(folder, 0);
  const stormy = await liveThroughDay(folder, 20);
  await rm(folder, { recursive: true });

  expect(stormy.mishaps).toBeGreaterThan(ROWS / 6);
  expect(stormy.rows.map(toVerdict)).toEqual(calm.rows.map(toVerdict));
  expect(stormy.tables).toEqual(calm.tables);
  expect([calm.askedAgain, stormy.askedAgain]).toEqual([0, 0]);
  expect(calm.requests).toBe(ROWS);
  expect(calm.rows.filter(({ request_sent }) => request_sent !== 'True')).toEqual([]);
  expect(new Set(calm.rows.map((row) => toVerdict(row)[2]))).toEqual(new Set([200, 403, 404]));
});
