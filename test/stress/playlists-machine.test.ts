/** The playlists file in a bucket, walked by the state machine: its packaged definition and its functions, on virtual time. */
import { parse } from 'csv-parse/sync';
import type { FaultAction } from '../../local/simulator/simulator.ts';
import { FILE, openPlaylistsStage, type PlaylistsStage } from '../support/playlists-stage.ts';
import type { S3Fault } from '../support/s3-server.ts';
import { Failed } from '../support/state-machine.ts';

const HEADER = 'note,playlist_uri,request_sent,response\r\n';
const PUT_FILE = `PUT ${FILE}`;
const GET_FILE = `GET ${FILE}`;
const LOCK = FILE.replace('.csv', '.csv.lock');
const DAY_MS = 86_400_000;

type Cells = Record<string, string>;

let stage: PlaylistsStage;
let uris: readonly string[];

beforeEach(async () => {
  stage = await openPlaylistsStage();
  uris = [...stage.world.spotify.catalogue.playlists.values()]
    .filter(({ access, items }) => access === 'own' && items.length > 0 && items.length <= 100)
    .slice(0, 6)
    .map(({ id }) => `spotify:playlist:${id}`);
});
afterEach(() => stage.close());

const fileOf = (rows: readonly string[]): string =>
  `\ufeff${HEADER}${rows.map((uri, row) => `"note, ${row}",${uri},False,\r\n`).join('')}`;

const readRows = (): Cells[] => parse(stage.s3.read(FILE) ?? '', { bom: true, columns: true });

const codesOf = (rows: readonly Cells[]): (readonly [unknown, unknown])[] =>
  rows.map(({ request_sent: sent, response = '' }) => [
    sent,
    response === '' ? '' : (JSON.parse(response) as { code: string }).code,
  ]);

const everyRow = (code: string) => uris.map(() => ['True', code]);

/** How often each playlist was opened at Spotify. */
function openings(of: readonly string[] = uris): number[] {
  const paths = stage.world.spotify.requests().map(({ path }) => path);
  return of.map(
    (uri) => paths.filter((path) => path === `/v1/playlists/${uri.split(':')[2] ?? ''}`).length,
  );
}

function refuse(path: RegExp, action: Partial<FaultAction>, times: number | 'always' = 'always') {
  stage.world.spotify.addFault({
    times,
    match: { path },
    action: { type: 'status', status: 429, body: 'empty', ...action } as FaultAction,
  });
}

test('every pending row is asked for and recorded, what was sent before keeps its bytes', async () => {
  const [first = '', second = '', third = ''] = uris;
  const sent = `"kept, as it is",${third},True,"{""old"":1}"\r\n`;
  const link = `https://open.spotify.com/playlist/${second.slice(17)}?si=x`;
  stage.s3.write(
    FILE,
    `\ufeff${HEADER}a,${first},False,\r\n${sent}b,${link},,\r\nc,spotify:album:x,False,\r\nd,${first.slice(17)},,\r\n`,
  );

  const { status } = await stage.run();

  expect(status).toBe('SUCCEEDED');
  expect(codesOf(readRows())).toEqual([
    ['True', 'loaded'],
    ['True', undefined],
    ['True', 'loaded'],
    ['True', 'INVALID_PLAYLIST_URI'],
    // Another name of the first.
    ['True', 'loaded'],
  ]);
  expect(stage.s3.read(FILE)).toContain(sent);
  expect(openings()).toEqual([1, 1, 0, 0, 0, 0]);
});

test('a file with semicolons is read and kept so', async () => {
  const [first = ''] = uris;
  stage.s3.write(FILE, `playlist_uri;request_sent;response\n${first};False;\n`);
  await stage.run();
  expect(stage.s3.read(FILE)).toMatch(
    /^playlist_uri;request_sent;response\n.*;True;"{""status"":200/,
  );
});

test('with refresh, what the list shows as unchanged costs no call and no child of its own', async () => {
  stage.s3.write(FILE, fileOf(uris));
  await stage.run();
  stage.world.spotify.clearRequests();

  const { states } = await stage.run({ refresh: true });

  expect(states).toEqual(['Begin', 'List', 'Listed', 'Settled', 'Due', 'Ended']);
  expect(openings()).toEqual(uris.map(() => 0));
  expect(codesOf(readRows())).toEqual(everyRow('unchanged'));
});

test('a person who puts another file there in the middle keeps every edit', async () => {
  const [first, second, third, ...others] = uris;
  stage.s3.write(FILE, fileOf(uris));
  let edits = 0;
  const marked = `by hand,${third ?? ''},True,done by hand\r\n`;
  const edited = fileOf([second ?? '', ...others, first ?? ''])
    .replace('note, 0', 'edited')
    .concat(marked, 'new,spotify:playlist:new,False,\r\n');
  stage.s3.onRequest = (request) => {
    if (request === PUT_FILE && edits === 0) {
      edits += 1;
      stage.s3.write(FILE, edited);
    }
    return undefined;
  };
  await stage.run();
  await stage.run();

  const rows = readRows();
  expect(edits).toBe(1);
  expect(rows.map(({ note }) => note)).toEqual([
    ...['edited', 'note, 1', 'note, 2', 'note, 3', 'note, 4', 'by hand', 'new'],
  ]);
  expect(stage.s3.read(FILE)).toContain(marked);
  expect(codesOf(rows.filter(({ note }) => note !== 'by hand'))).toEqual([
    ...others.map(() => ['True', 'loaded']),
    ['True', 'loaded'],
    ['True', 'loaded'],
    ['True', 'INVALID_PLAYLIST_URI'],
  ]);
});

test('a wait of hours is waited for, exactly, and then every row is loaded', async () => {
  stage.s3.write(FILE, fileOf(uris));
  refuse(/^\/v1\/playlists/, { retryAfter: '79892' }, 1);
  const startedAt = stage.world.clock.now();

  const { states, status } = await stage.run();

  expect(status).toBe('SUCCEEDED');
  const waitedMs = stage.world.clock.now() - startedAt;
  expect(waitedMs).toBeGreaterThanOrEqual(79_892_000);
  expect(waitedMs).toBeLessThan(79_892_000 + 5 * 60_000);
  // Both children.
  expect(states.filter((state) => state === 'Wait').length).toBeLessThanOrEqual(2);
  expect(codesOf(readRows())).toEqual(everyRow('loaded'));
});

test('after 14 days an execution waits no longer, and the next one goes on', async () => {
  stage.s3.write(FILE, fileOf(uris));
  refuse(/^\/v1\/playlists/, { retryAfter: '86400' });
  const startedAt = stage.world.clock.now();

  const { states, status } = await stage.run();

  expect(status).toBe('FAILED');
  expect(states.at(-1)).toMatch(/ExceedToleratedFailureThreshold/);
  expect(stage.world.clock.now() - startedAt).toBeLessThan(15 * DAY_MS);
  expect(codesOf(readRows())).toContainEqual(['False', 'SPOTIFY_RATE_LIMITED']);
  stage.world.spotify.clearFaults();
  stage.world.clock.jump(DAY_MS);
  expect(await stage.run()).toMatchObject({ status: 'SUCCEEDED' });
  expect(codesOf(readRows())).toEqual(everyRow('loaded'));
});

test('where a person must act, the map fails, the row says why, and the next execution goes on', async () => {
  stage.s3.write(FILE, fileOf(uris));
  refuse(/^\/v1\/playlists/, { status: 403, body: 'json', message: 'Insufficient client scope' });

  const { status } = await stage.run();

  expect(status).toBe('FAILED');
  const codes = codesOf(readRows());
  expect(codes).toContainEqual(['False', 'SCOPE_MISSING']);
  expect(codes.every(([sent]) => sent === 'False')).toBe(true);
  stage.world.spotify.clearFaults();
  expect(await stage.run()).toMatchObject({ status: 'SUCCEEDED' });
  expect(codesOf(readRows())).toEqual(everyRow('loaded'));
});

test('a row with a fault of its own is tried five times within minutes, and left pending; the others are loaded', async () => {
  const [sick = '', alsoSick = '', ...well] = uris;
  stage.s3.write(FILE, fileOf(uris));
  for (const uri of [sick, alsoSick]) {
    refuse(new RegExp(uri.slice(17)), { status: 502, body: 'html' });
  }
  const startedAt = stage.world.clock.now();

  const { states, status } = await stage.run();

  expect(status).toBe('SUCCEEDED');
  expect(states.filter((state) => state === 'Load')).toHaveLength(2 * 5 + well.length);
  // The others did not wait for them.
  expect(states.slice(0, states.indexOf('Pause')).filter((state) => state === 'Load')).toHaveLength(
    uris.length,
  );
  expect(stage.world.clock.now() - startedAt).toBeLessThan(10 * 60_000);
  expect(codesOf(readRows())).toEqual([
    ['False', 'SPOTIFY_UNAVAILABLE'],
    ['False', 'SPOTIFY_UNAVAILABLE'],
    ...well.map(() => ['True', 'loaded']),
  ]);
});

test('a long list that the day has too few calls for is loaded in the same execution, once the others have waited', async () => {
  await stage.close();
  const budget = { SPOTIFY_DAILY_CALLS: '26', SPOTIFY_RESERVED_CALLS: '0' };
  stage = await openPlaylistsStage({ variables: budget });
  const { catalogue } = stage.world.spotify;
  const short = [...catalogue.playlists.values()]
    .filter(({ access, items }) => access === 'own' && items.length > 0 && items.length <= 100)
    .map(({ id }) => `spotify:playlist:${id}`);
  const long = `spotify:playlist:${catalogue.playlistOfSize(1_000).id}`;
  const all = [...short.slice(0, 12), long, ...short.slice(12, 30)];
  stage.s3.write(FILE, fileOf(all));

  const { states, status } = await stage.run();

  expect(status).toBe('SUCCEEDED');
  expect(states).toContain('Wait');
  expect(codesOf(readRows())).toEqual(all.map(() => ['True', 'loaded']));
  // Once for nothing, and twice to load it: a load ends with a closing check.
  expect(openings([long])).toEqual([3]);
});

test('of two starts at the same time one ends at once, and every playlist is asked for once', async () => {
  stage.s3.write(FILE, fileOf(uris));

  const executions = await Promise.all([stage.run(), stage.run()]);

  expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(executions.map(({ states }) => states.includes('Walk')).sort()).toEqual([false, true]);
  expect(openings()).toEqual(uris.map(() => 1));
  expect(codesOf(readRows())).toEqual(everyRow('loaded'));
});

describe('Functions that are ended', () => {
  test.each(['ListLambdaFunction', 'LoadLambdaFunction', 'sqs:sendMessage'])(
    'in every second call of %s change nothing of the end',
    async (name) => {
      stage.s3.write(FILE, fileOf(uris));
      let calls = 0;
      stage.onTask = (resource) => {
        if (!resource.endsWith(name)) return;
        calls += 1;
        if (calls % 2 === 1) throw new Failed('Lambda.Unknown');
      };

      expect(await stage.run()).toMatchObject({ status: 'SUCCEEDED' });
      expect(calls).toBeGreaterThan(1);
      expect(codesOf(readRows())).toEqual(everyRow('loaded'));
    },
  );

  test('always leave the row pending, and it says so', async () => {
    stage.s3.write(FILE, fileOf(uris));
    stage.onTask = (resource) => {
      if (resource === 'LoadLambdaFunction') throw new Failed('Sandbox.Timedout');
    };

    expect(await stage.run()).toMatchObject({ status: 'SUCCEEDED' });
    expect(codesOf(readRows())).toEqual(uris.map(() => ['False', 'LOAD_LOST']));
    stage.onTask = () => undefined;
    await stage.run();
    expect(codesOf(readRows())).toEqual(everyRow('loaded'));
  });
});

test.each([
  ['no file', undefined],
  ['an empty file', ''],
  ['a file cut short', `${HEADER}a,spotify:playlist:x,Fal`],
  ['another encoding', Buffer.from(HEADER, 'utf16le').toString('latin1')],
])('%s fails the execution at once, and is left as it is', async (_what, body) => {
  stage.s3.write(FILE, body);

  const { states, status } = await stage.run();

  expect({ states, status }).toEqual({
    status: 'FAILED',
    states: ['Begin', 'List', 'NotListed', expect.stringContaining('NotListed')],
  });
  expect(stage.s3.read(FILE)).toBe(body);
  expect(stage.world.spotify.requests()).toEqual([]);
  // The next one is not held up.
  stage.s3.write(FILE, fileOf(uris.slice(0, 1)));
  expect(await stage.run()).toMatchObject({ status: 'SUCCEEDED' });
  expect(codesOf(readRows())).toEqual([['True', 'loaded']]);
});

test('a mistyped event is refused before anything is asked', async () => {
  for (const event of [{ refresh: 'yes' }, { reload: true }]) {
    expect(await stage.run(event)).toMatchObject({ status: 'FAILED' });
  }
  expect(stage.s3.requests).toEqual([]);
});

describe('When S3 has its troubles', () => {
  test('a burst of refusals and a broken connection are sat out', async () => {
    stage.s3.write(FILE, fileOf(uris));
    const troubles = new Map<string, S3Fault[]>([
      [GET_FILE, [{ status: 503, code: 'SlowDown' }, 'reset']],
      [PUT_FILE, ['reset', { status: 500, code: 'InternalError' }]],
    ]);
    stage.s3.onRequest = (request) => troubles.get(request)?.shift();

    await stage.run();

    expect(codesOf(readRows())).toEqual(everyRow('loaded'));
  });

  test.each([PUT_FILE, `PUT ${LOCK}`])(
    'a put whose answer is lost is not taken for somebody else’s: %s',
    async (put) => {
      stage.s3.write(FILE, fileOf(uris));
      const troubles: S3Fault[] = ['lost-answer'];
      stage.s3.onRequest = (request) => (request === put ? troubles.shift() : undefined);

      await stage.run();

      expect(troubles).toEqual([]);
      expect(codesOf(readRows())).toEqual(everyRow('loaded'));
      expect(openings()).toEqual(uris.map(() => 1));
    },
  );

  test('a lock that nobody holds and nobody can take is an error, not an execution at work', async () => {
    const body = fileOf(uris);
    stage.s3.write(FILE, body);
    stage.s3.onRequest = (request) =>
      request === `PUT ${LOCK}` ? { status: 409, code: 'ConditionalRequestConflict' } : undefined;

    expect(await stage.run()).toMatchObject({ status: 'FAILED' });
    expect(stage.s3.read(FILE)).toBe(body);
    expect(stage.world.spotify.requests()).toEqual([]);
  });

  test('answers that cannot be written are kept, and the next execution asks again', async () => {
    const body = fileOf(uris);
    stage.s3.write(FILE, body);
    stage.s3.onRequest = (request) =>
      request === PUT_FILE ? { status: 403, code: 'AccessDenied' } : undefined;

    await stage.run();

    expect(stage.s3.read(FILE)).toBe(body);
    expect(stage.deadLetters.length).toBeGreaterThan(0);
    stage.s3.onRequest = () => undefined;
    await stage.run();
    expect(codesOf(readRows())).toEqual(everyRow('unchanged'));
  });
});
