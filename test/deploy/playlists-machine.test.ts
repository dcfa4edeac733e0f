/** A file of 300 rows of every kind, deployed: the quota ends in the middle, a function is killed, a person edits the file. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { S3Object } from '../../app/bucket.ts';
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { SpotifySimulator } from '../../local/simulator/simulator.ts';
import { runOnLaptop } from '../support/laptop-trigger.ts';
import { type Account, openAccount } from './account.ts';
import {
  deployFrom,
  describeExecution,
  editText,
  findBucket,
  killFunction,
  openObject,
  readText,
  startExecution,
  waitForEnd,
} from './file-executions.ts';

const HEADER = 'note,playlist_uri,request_sent,response';
/** Rows in the file before. */
const DONE =
  '"by hand, done",spotify:playlist:0000000000000000000000,True,"{""status"":404,""code"":""X""}"';
const ROWS = 300;
/** Of Spotify, in a window of its own. */
const WINDOW_CALLS = 150;
const CLOSED_MS = 6_000;
const DAILY_CALLS = 900;
const RESERVED_CALLS = 80;

type Cells = Record<string, string>;
type Response = { readonly status: number; readonly code: string; readonly time: string };

let account: Account;
let file: S3Object;
let rows: readonly string[];
let sick: readonly string[];
let stored: readonly string[];

const readRows = async (): Promise<Cells[]> => parse(await readText(file), { columns: true });
const responseOf = ({ response = '' }: Cells): Response | undefined =>
  response === '' ? undefined : (JSON.parse(response) as Response);
const answered = (cells: readonly Cells[]): number =>
  cells.filter(({ response }) => response !== '').length;

async function waitForAnswers(arn: string, count: number): Promise<void> {
  while (answered(await readRows()) < count) {
    const { status } = await describeExecution(account, arn);
    if (status !== 'RUNNING') throw new Error(`The execution is ${status}.`);
    await sleep(200);
  }
}

/** The user's and others' playlists, those of thousands left out but one; and what is no playlist. */
function chooseRows({ catalogue }: SpotifySimulator): string[] {
  const all = [...catalogue.playlists.values()];
  const of = (access: CataloguePlaylist['access'], count: number): string[] =>
    all
      .filter((one) => one.access === access && one.items.length <= 400)
      .slice(0, count)
      .map(({ id }) => `spotify:playlist:${id}`);
  const others = [
    ...[...of('collaborative', 20), ...of('foreign', 20), ...of('foreign-private', 10)],
    ...of('spotify-made', 5),
  ];
  const malformed = ['nonsense', 'spotify:album:x', 'https://example.com/'];
  const long = `https://open.spotify.com/playlist/${catalogue.playlistOfSize(1_000).id}?si=x`;
  const fixed = [...others, ...malformed, long];
  return [...of('own', ROWS - 2 - fixed.length), ...fixed];
}

const toFile = (uris: readonly string[]): string =>
  [HEADER, DONE, ...uris.map((uri, row) => `row ${row},${uri},False,`), ''].join('\n');

const addSickness = (spotify: SpotifySimulator): void => {
  for (const uri of sick) {
    const path = new RegExp(`^/v1/playlists/${uri.slice(17)}`);
    spotify.addFault({
      times: 'always',
      match: { path },
      action: { type: 'status', status: 502, body: 'html' },
    });
  }
};

beforeAll(async () => {
  account = await openAccount({ hasAll: true, waitScale: 0.2 });
  rows = chooseRows(account.spotify);
  stored = rows.slice(0, 10);
  sick = rows.slice(20, 22);
  const budget = `SPOTIFY_DAILY_CALLS=${DAILY_CALLS} SPOTIFY_RESERVED_CALLS=${RESERVED_CALLS}`;
  await deployFrom(account, `SPOTIFY_BURST_CALLS=0 ${budget}`);
  file = openObject(account, await findBucket(account), 'playlists.csv');
});
afterAll(() => account.close());

/** Spotify allows so many calls, then none for seconds, and so on. Counts those that came while it was closed. */
function startWindows({ addFault, watch }: SpotifySimulator) {
  const calls = [0];
  let closedUntil = 0;
  let refused = 0;
  const stop = watch(({ path }) => {
    if (!path.startsWith('/v1/')) return;
    const now = Date.now();
    const made = calls.at(-1) ?? 0;
    if (now >= closedUntil && made < WINDOW_CALLS) {
      calls[calls.length - 1] = made + 1;
      return;
    }
    if (now >= closedUntil) {
      closedUntil = now + CLOSED_MS;
      calls.push(0);
    }
    refused += 1;
    const retryAfter = String(Math.ceil((closedUntil - now) / 1000));
    addFault({
      match: { path: new RegExp(`^${path}`) },
      action: { type: 'status', status: 429, body: 'json', retryAfter },
    });
  });
  return { stop, calls, refused: () => refused };
}

test('a file of a few rows is loaded, and its rows are in the tables', async () => {
  await editText(file, () => toFile(stored));
  const { status } = await waitForEnd(account, await startExecution(account, {}));
  expect(status).toBe('SUCCEEDED');
  expect((await readRows()).slice(1).map((cells) => responseOf(cells)?.code)).toEqual(
    stored.map(() => 'loaded'),
  );
});

describe('A file of 300 rows while the quota ends, a function is killed and a person edits it', () => {
  let cells: Cells[];
  let calls: ReturnType<SpotifySimulator['requests']>;
  let windows: ReturnType<typeof startWindows>;

  beforeAll(async () => {
    const { spotify } = account;
    addSickness(spotify);
    spotify.clearRequests();
    windows = startWindows(spotify);
    await editText(file, () => toFile(rows));
    const startedAt = Date.now();
    const arn = await startExecution(account, { refresh: true });
    const second = await startExecution(account, { refresh: true });
    await waitForAnswers(arn, 100);
    await editText(
      file,
      (text) => `${text.replace('\nrow 3,', '\nedited,')}new,${stored[0] ?? ''},,\n`,
    );
    await waitForAnswers(arn, 150);
    expect(await killFunction(account, 'load')).toBe(true);
    await waitForAnswers(arn, ROWS - 1);
    const soundMs = Date.now() - startedAt;
    expect(await waitForEnd(account, second)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await waitForEnd(account, arn)).toMatchObject({ status: 'SUCCEEDED' });
    windows.stop();
    cells = await readRows();
    calls = spotify.requests().filter(({ path }) => path.startsWith('/v1/'));
    process.stdout.write(
      `300 rows: answered once in ${soundMs} ms, ended in ${Date.now() - startedAt} ms, ${calls.length} calls, windows of ${windows.calls.join()}, ${windows.refused()} refused\n`,
    );
  }, 400_000);

  test('ends with the responses that the trigger on a laptop records', async () => {
    const laptop = await runOnLaptop({ stored, file: toFile(rows), prepare: addSickness });
    const expected = parse<Cells>(laptop, { columns: true }).map(withoutRun);
    const named = expected.map((row) => (row.note === 'row 3' ? { ...row, note: 'edited' } : row));

    // The load that was killed can have written all rows, and then its next attempt finds nothing to do.
    const ended = cells.slice(0, -1).map(withoutRun);
    const isCutOff = (at: number): boolean =>
      responseOf(named[at] ?? {})?.code === 'loaded' &&
      responseOf(ended[at] ?? {})?.code === 'unchanged';
    expect(named.filter((_, at) => isCutOff(at)).length).toBeLessThanOrEqual(1);
    expect(ended.filter((_, at) => !isCutOff(at))).toEqual(named.filter((_, at) => !isCutOff(at)));
    const codes = new Set(named.map((row) => responseOf(row)?.code));
    expect([...codes].sort()).toEqual([
      ...['INVALID_PLAYLIST_URI', 'PLAYLIST_NOT_FOUND', 'PLAYLIST_NOT_READABLE'],
      ...['SPOTIFY_MADE_PLAYLIST', 'SPOTIFY_UNAVAILABLE', 'X', 'loaded', 'unchanged'],
    ]);
  });

  test('keeps the edits, and what was done before', async () => {
    expect(await readText(file)).toContain(`${DONE}\n`);
    expect(cells.slice(1).map(({ note }) => note)).toEqual([
      ...rows.map((_, row) => (row === 3 ? 'edited' : `row ${row}`)),
      'new',
    ]);
  });

  test('is asked for within the quota, and never after a final answer', () => {
    expect(windows.calls.length).toBeGreaterThan(1);
    expect(Math.max(...windows.calls)).toBeLessThanOrEqual(WINDOW_CALLS);
    // Two loads can be on their way when it closes.
    expect(windows.refused()).toBeLessThanOrEqual(2 * (windows.calls.length - 1));
    expect(calls.length).toBeLessThanOrEqual(DAILY_CALLS - RESERVED_CALLS);
    expect(findLate(cells, calls)).toEqual([]);
  });

  test('does not wait for its two sick rows, which are tried five times', () => {
    const tries = sick.map((uri) => calls.filter(({ path }) => path.includes(uri.slice(17))));
    const lastOf = (found: typeof calls): number => found.at(-1)?.at ?? 0;
    const others = calls.filter((call) => !tries.flat().includes(call));

    // Each load repeats its call itself.
    for (const found of tries) expect(found).toHaveLength(5 * 4);
    expect(Math.min(...tries.map(lastOf))).toBeGreaterThan(lastOf(others));
  });
});

/** Without what differs from run to run: its ID and times, and which of two lists wrote a row that both have. */
function withoutRun(cells: Cells): Cells & { readonly note?: string } {
  const {
    run_id: _run,
    time: _time,
    message,
    ...response
  } = JSON.parse(cells.response ?? '{}') as Record<string, unknown>;
  const said = String(message)
    .replace(/[\d,]+ rows? written/, 'rows written')
    .replace(/since [^;]*;/, '');
  return { ...cells, response: JSON.stringify({ ...response, message: said }) };
}

/** Playlists that were asked for after their final answer. */
function findLate(
  cells: readonly Cells[],
  calls: ReturnType<SpotifySimulator['requests']>,
): string[] {
  return cells.flatMap((row) => {
    const id = /[0-9A-Za-z]{22}/.exec(row.playlist_uri ?? '')?.[0] ?? '-';
    const answeredAt = Date.parse(responseOf(row)?.time ?? '');
    const isFinal = row.request_sent === 'True';
    return isFinal && calls.some(({ at, path }) => path.includes(id) && at > answeredAt)
      ? [id]
      : [];
  });
}
