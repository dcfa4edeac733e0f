/** The cloud's schedule: the function walk over a playlists file in a bucket, with its own Spotify, tables and S3. */
import { readFile } from 'node:fs/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { createApp } from '../../app/app.ts';
import { parseConfig } from '../../app/config.ts';
import { createWalkHandler, type WalkReport } from '../../handlers/walk.ts';
import { openBucket } from '../../stores/s3/bucket.ts';
import { startFunction } from '../support/packaged-function.ts';
import { type Package, packagedStack } from '../support/packaged-stack.ts';
import { type S3Fault, type S3Server, startS3Server } from '../support/s3-server.ts';
import type { Template } from '../support/template.ts';
import { createWorld, remainingTime, type World } from '../support/world.ts';

const BUCKET = 'playlists-bucket';
const FILE = `${BUCKET}/playlists.csv`;
const PUT_FILE = `PUT ${FILE}`;
const LOCK = `${FILE}.lock`;
const PUT_LOCK = `PUT ${LOCK}`;
/** What a walk that ended well has left behind. */
const GIVEN_BACK = '{"owner":"earlier","until":0}\n';
const HEADER = 'note,playlist_uri,request_sent,response\r\n';
const FULL_TIME_MS = 900_000;

type Cells = Record<string, string>;
type WalkOptions = {
  readonly event?: unknown;
  readonly remainingMs?: () => number;
  /** Another lock than everybody's. */
  readonly lockKey?: string;
};

let world: World;
let s3: S3Server;
let uris: readonly string[];
let walks = 0;

beforeEach(async () => {
  [world, s3] = await Promise.all([createWorld(), startS3Server()]);
  uris = [...world.spotify.catalogue.playlists.values()]
    .filter(({ access, items }) => access === 'own' && items.length > 0 && items.length <= 100)
    .slice(0, 6)
    .map(({ id }) => `spotify:playlist:${id}`);
});

afterEach(async () => {
  await Promise.all([world.close(), s3.close()]);
});

const fileOf = (rows: readonly string[]): string =>
  `\ufeff${HEADER}${rows.map((uri, row) => `"note, ${row}",${uri},False,\r\n`).join('')}`;

const readRows = (): Cells[] => parse(s3.read(FILE) ?? '', { bom: true, columns: true });

const codesOf = (rows: readonly Cells[]): (readonly [unknown, unknown])[] =>
  rows.map(({ request_sent: sent, response }) => [
    sent,
    response === '' ? '' : (JSON.parse(response ?? '') as { code: string }).code,
  ]);

/** One start of a function with a memory of its own. */
function walk({ event = {}, lockKey, remainingMs }: WalkOptions = {}): Promise<WalkReport> {
  walks += 1;
  const { clock } = world;
  const app = createApp(parseConfig(world.environment), { clock });
  const open = openBucket({ bucket: BUCKET, region: 'us-east-1', endpoint: s3.url });
  const handler = createWalkHandler({
    clock,
    getApp: () => app,
    openFiles: () => ({
      file: open('playlists.csv'),
      lock: open(lockKey ?? 'playlists.csv.lock'),
    }),
  });
  return handler(event, {
    awsRequestId: `walk-${walks}`,
    getRemainingTimeInMillis: () => remainingTime(clock, remainingMs?.() ?? FULL_TIME_MS),
  });
}

/** How often each playlist was opened at Spotify. */
function openings(): number[] {
  const paths = world.spotify.requests().map(({ path }) => path);
  return uris.map(
    (uri) => paths.filter((path) => path === `/v1/playlists/${uri.split(':')[2] ?? ''}`).length,
  );
}

test('every pending row is asked for and recorded, what was sent before keeps its bytes', async () => {
  const [first = '', second = ''] = uris;
  const sent = `"kept, as it is",${uris[2] ?? ''},True,"{""old"":1}"\r\n`;
  s3.write(
    FILE,
    `\ufeff${HEADER}a,${first},False,\r\n${sent}b,https://open.spotify.com/playlist/${second.slice(17)}?si=x,,\r\nc,spotify:album:x,False,\r\n`,
  );

  const report = await walk();

  expect(codesOf(readRows())).toEqual([
    ['True', 'loaded'],
    ['True', undefined],
    ['True', 'loaded'],
    ['True', 'INVALID_PLAYLIST_URI'],
  ]);
  expect(s3.read(FILE)).toContain(sent);
  expect(report).toMatchObject({
    status: 'walked',
    file: 's3://playlists-bucket/playlists.csv',
    rows: 3,
    done: 2,
    failed: 1,
    later: 0,
    untouched: 0,
  });
  expect((await world.rows()).playlist.map(({ run_id: runId }) => runId)).toEqual([
    expect.stringMatching(/^walk-\d+-\d$/),
    expect.stringMatching(/^walk-\d+-\d$/),
  ]);
});

test('with refresh, what the list shows as unchanged costs no call of its own', async () => {
  s3.write(FILE, fileOf(uris));
  await walk();
  world.spotify.clearRequests();

  const report = await walk({ event: { refresh: true } });

  expect(report).toMatchObject({ done: uris.length, listed: uris.length });
  expect(openings()).toEqual(uris.map(() => 0));
  expect(codesOf(readRows())).toEqual(uris.map(() => ['True', 'unchanged']));
});

test('a person who puts another file there in the middle of a walk keeps every edit', async () => {
  const client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'person', secretAccessKey: 'person' },
  });
  const [first, second, ...others] = uris;
  s3.write(FILE, fileOf(uris));
  let edits = 0;
  const edited = fileOf([second ?? '', ...others, first ?? ''])
    .replace('note, 0', 'edited')
    .concat('new,spotify:playlist:new,False,\r\n');
  s3.onRequest = (request) => {
    if (request === PUT_FILE && edits === 0) {
      edits += 1;
      s3.write(FILE, edited);
    }
    return undefined;
  };
  try {
    await walk();
    // A further one, with the program that most people use.
    await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: 'playlists.csv',
        Body: `${s3.read(FILE) ?? ''}newer,${first ?? ''},False,\r\n`,
      }),
    );
    await walk();
  } finally {
    client.destroy();
  }

  const rows = readRows();
  expect(edits).toBe(1);
  expect(rows.map(({ note }) => note)).toEqual([
    ...['edited', 'note, 1', 'note, 2', 'note, 3', 'note, 4', 'note, 5', 'new', 'newer'],
  ]);
  expect(codesOf(rows)).toEqual([
    ...uris.map(() => ['True', 'loaded']),
    ['True', 'INVALID_PLAYLIST_URI'],
    ['True', 'unchanged'],
  ]);
});

test('a walk ends before its time does, and the next one does the rest and nothing twice', async () => {
  s3.write(FILE, fileOf(uris));
  const remainingMs = (): number =>
    openings().filter((count) => count > 0).length >= 2 ? 30_000 : FULL_TIME_MS;

  const report = await walk({ remainingMs });

  const sent = readRows().filter(({ request_sent: cell }) => cell === 'True').length;
  expect(report).toMatchObject({ done: sent, untouched: uris.length - sent, out_of_time: true });
  expect(sent).toBeGreaterThanOrEqual(2);
  expect(sent).toBeLessThan(uris.length);

  expect(await walk()).toMatchObject({ rows: uris.length - sent, done: uris.length - sent });
  expect(codesOf(readRows())).toEqual(uris.map(() => ['True', 'loaded']));
  expect(openings()).toEqual(uris.map(() => 1));
});

test('a wait that Spotify asks for and that the walk has no time for ends it, with the file written', async () => {
  s3.write(FILE, fileOf(uris));
  world.spotify.addFault({
    times: 'always',
    match: { path: /^\/v1\/playlists/ },
    action: { type: 'status', status: 429, body: 'empty', retryAfter: '60' },
  });

  const report = await walk({ remainingMs: () => 90_000 });

  expect(report).toMatchObject({ done: 0, failed: 0, out_of_time: true });
  expect(codesOf(readRows())[0]).toEqual(['False', 'SPOTIFY_RATE_LIMITED']);
});

test('of two starts at the same time one ends at once, and every playlist is asked for once', async () => {
  s3.write(FILE, fileOf(uris));

  const reports = await Promise.all([walk(), walk()]);

  expect(reports.map(({ status }) => status).sort()).toEqual(['locked', 'walked']);
  expect(openings()).toEqual(uris.map(() => 1));
  expect(codesOf(readRows())).toEqual(uris.map(() => ['True', 'loaded']));
});

test('even two that do not know of each other lose no answer and write no row twice', async () => {
  s3.write(FILE, fileOf(uris));

  const reports = await Promise.all([walk(), walk({ lockKey: 'another.lock' })]);

  expect(reports.map(({ status }) => status)).toEqual(['walked', 'walked']);
  expect(readRows().map(({ note, request_sent: sent }) => [note, sent])).toEqual(
    uris.map((_, row) => [`note, ${row}`, 'True']),
  );
  expect((await world.rows()).playlist).toHaveLength(uris.length);
});

test.each([
  ['no file', undefined, /There is no s3:\/\/playlists-bucket\/playlists\.csv, or you lack/],
  ['an empty file', '', /^Line 1: the column playlist_uri is missing/],
  ['a file cut short', `${HEADER}a,spotify:playlist:x,Fal`, /^Line 2 has 3 fields/],
  ['another encoding', Buffer.from(HEADER, 'utf16le').toString('latin1'), /^Line 1/],
])('%s is told, and left as it is', async (_what, body, message) => {
  s3.write(FILE, body);

  await expect(walk()).rejects.toThrow(message);

  expect(s3.read(FILE)).toBe(body);
  expect(world.spotify.requests()).toEqual([]);
  // The lock has been given back.
  s3.write(FILE, fileOf(uris.slice(0, 1)));
  expect(await walk()).toMatchObject({ status: 'walked', done: 1 });
});

test('an event that is none of a schedule is refused before anything is asked', async () => {
  await expect(walk({ event: { refresh: 'yes' } })).rejects.toThrow();

  expect(s3.requests).toEqual([]);
});

test('what ends a start ends a walk: later rows stay as they are', async () => {
  s3.write(FILE, fileOf(uris));
  world.spotify.addFault({
    times: 'always',
    match: { path: /^\/v1\// },
    action: { type: 'status', status: 429, body: 'empty', retryAfter: '79892' },
  });

  const report = await walk();

  expect(report).toMatchObject({ done: 0, failed: 0, stopped_by: 'SPOTIFY_RATE_LIMITED' });
  expect(readRows().map(({ request_sent: sent }) => sent)).toEqual(uris.map(() => 'False'));
});

describe('When S3 has its troubles', () => {
  test('a burst of refusals and a broken connection are sat out', async () => {
    s3.write(FILE, fileOf(uris));
    const troubles = new Map<string, S3Fault[]>([
      [`GET ${FILE}`, [{ status: 503, code: 'SlowDown' }, 'reset']],
      [PUT_FILE, ['reset', { status: 500, code: 'InternalError' }]],
    ]);
    s3.onRequest = (request) => troubles.get(request)?.shift();

    expect(await walk()).toMatchObject({ done: uris.length });
    expect(codesOf(readRows())).toEqual(uris.map(() => ['True', 'loaded']));
  });

  test('a put whose answer is lost is not taken for an edit of somebody else', async () => {
    s3.write(FILE, fileOf(uris));
    let puts = 0;
    s3.onRequest = (request) => {
      if (request === PUT_FILE) puts += 1;
      return request === PUT_FILE && puts === 1 ? 'lost-answer' : undefined;
    };

    expect(await walk()).toMatchObject({ done: uris.length });
    expect(codesOf(readRows())).toEqual(uris.map(() => ['True', 'loaded']));
    expect(openings()).toEqual(uris.map(() => 1));
  });

  test.each([
    ['the first lock ever', undefined],
    ['one after another', GIVEN_BACK],
  ])(
    'a lock whose answer is lost is held all the same, and given back: %s',
    async (_what, left) => {
      s3.write(FILE, fileOf(uris));
      s3.write(LOCK, left);
      const troubles: S3Fault[] = ['lost-answer'];
      s3.onRequest = (request) => (request === PUT_LOCK ? troubles.shift() : undefined);

      expect(await walk()).toMatchObject({ status: 'walked', done: uris.length });
      expect(troubles).toEqual([]);
      expect(await walk()).toMatchObject({ status: 'walked', done: 0 });
    },
  );

  test('a conflict over the lock is asked about again', async () => {
    s3.write(FILE, fileOf(uris));
    const troubles: S3Fault[] = [{ status: 409, code: 'ConditionalRequestConflict' }];
    s3.onRequest = (request) => (request === PUT_LOCK ? troubles.shift() : undefined);

    expect(await walk()).toMatchObject({ status: 'walked', done: uris.length });
    expect(troubles).toEqual([]);
  });

  test('a lock that nobody holds and nobody can take is an error, not a walk at work', async () => {
    const body = fileOf(uris);
    s3.write(FILE, body);
    s3.onRequest = (request) =>
      request === PUT_LOCK ? { status: 409, code: 'ConditionalRequestConflict' } : undefined;

    await expect(walk()).rejects.toThrow(
      's3://playlists-bucket/playlists.csv.lock cannot be written, and no walk holds it.',
    );

    expect(s3.read(FILE)).toBe(body);
    expect(world.spotify.requests()).toEqual([]);
  });

  test('a file that cannot be written ends the walk, is left as it is, and the rows are asked for again', async () => {
    const body = fileOf(uris);
    s3.write(FILE, body);
    s3.onRequest = (request) =>
      request === PUT_FILE ? { status: 403, code: 'AccessDenied' } : undefined;

    await expect(walk()).rejects.toThrow(
      /s3:\/\/playlists-bucket\/playlists\.csv cannot be written: .*AccessDenied/,
    );

    expect(s3.read(FILE)).toBe(body);
    s3.onRequest = () => undefined;
    expect(await walk()).toMatchObject({ done: uris.length });
    expect(codesOf(readRows()).map(([sent]) => sent)).toEqual(uris.map(() => 'True'));
  });
});

describe('The packaged function', () => {
  let stack: Package;

  beforeAll(async () => {
    stack = await packagedStack('dev');
  });

  const variables = (): Record<string, string> => ({
    ...world.environment,
    PLAYLISTS_BUCKET: BUCKET,
    AWS_ENDPOINT_URL_S3: s3.url,
    POWERTOOLS_METRICS_NAMESPACE: 'spotify-etl-test',
    // The simulator allows only so many at a time.
    SPOTIFY_BURST_CALLS: '0',
  });

  test('walks, and tells of it in one line and in metrics', async () => {
    s3.write(FILE, fileOf([...uris, 'nonsense']));
    const running = await startFunction(stack.bundlePaths.walk, variables());
    try {
      const report = await running.start({}, FULL_TIME_MS);

      expect(report).toMatchObject({ status: 'walked', done: uris.length, failed: 1 });
      const lines = running
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.filter(({ message }) => message === 'walk finished')).toMatchObject([report]);
      expect(lines.filter((line) => 'RowsDone' in line)).toMatchObject([
        { RowsDone: uris.length, RowsFailed: 1, RowsLeft: 0, service: 'spotify-etl' },
      ]);
    } finally {
      await running.stop();
    }
  });

  test('killed between the answers and their write, it is asked again and does no harm', async () => {
    s3.write(FILE, fileOf(uris));
    const running = await startFunction(stack.bundlePaths.walk, variables());
    s3.onRequest = (request) => {
      if (request !== PUT_FILE) return undefined;
      void running.kill();
      return 'reset';
    };
    expect(await running.start({}, FULL_TIME_MS)).toBeUndefined();
    s3.onRequest = () => undefined;
    const asked = openings().filter((count) => count > 0).length;
    expect(asked).toBeGreaterThan(0);

    expect(await walk()).toMatchObject({ status: 'locked' });
    world.clock.jump(FULL_TIME_MS + 10_000);
    expect(await walk()).toMatchObject({ status: 'walked', done: uris.length });

    const codes = codesOf(readRows());
    expect(codes.filter(([, code]) => code === 'unchanged').length).toBeGreaterThan(0);
    expect(codes.every(([sent]) => sent === 'True')).toBe(true);
    expect((await world.rows()).playlist).toHaveLength(uris.length);
  });
});

describe('The stack around it', () => {
  let template: Template;

  beforeAll(async () => {
    ({ template } = await packagedStack('dev'));
  });

  const propertiesOf = (name: string): Record<string, unknown> =>
    template.Resources[name]?.Properties ?? {};

  test('keeps the file to itself, encrypted, with its versions, whatever becomes of the stack', () => {
    expect(template.Resources.PlaylistsBucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } }],
        },
      },
    });
    // A name of its own would stand in the way of the next stack.
    expect(propertiesOf('PlaylistsBucket')).not.toHaveProperty('BucketName');
  });

  test.each(['PlaylistsBucketPolicy', 'WalkDeadLettersPolicy'])(
    '%s lets nobody in without TLS',
    (name) => {
      expect(propertiesOf(name).PolicyDocument).toMatchObject({
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': false } },
          },
        ],
      });
    },
  );

  test('starts nothing by itself unless it is told to, and keeps what could not be started', () => {
    expect(propertiesOf('WalkSchedule')).toMatchObject({
      State: 'DISABLED',
      Target: {
        Arn: { 'Fn::GetAtt': ['WalkLambdaFunction', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['WalkScheduleRole', 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['WalkDeadLetters', 'Arn'] } },
        Input: JSON.stringify({ refresh: true }),
      },
    });
    expect(propertiesOf('WalkLambdaEvConf')).toMatchObject({
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': ['WalkDeadLetters', 'Arn'] } },
      },
    });
  });

  test('is started by hand without waiting for it: sls would start it again after two minutes', async () => {
    const documents = ['trigger/README.md', 'docs/operations.md'];
    const texts = await Promise.all(documents.map((path) => readFile(path, 'utf8')));
    const commands = texts.join('\n').match(/npx sls invoke .*--function walk\b.*/g) ?? [];

    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) expect(command).toContain('--function walk --type Event ');
  });

  test('lets the function touch the file and its lock and nothing else of the bucket, and it uses both', async () => {
    s3.write(FILE, fileOf(uris));
    await walk();

    const used = new Set(s3.requests.map((request) => request.replace(BUCKET, '')));
    expect([...used].sort()).toEqual(
      ['GET', 'PUT'].flatMap((method) =>
        ['/playlists.csv', '/playlists.csv.lock'].map((key) => `${method} ${key}`),
      ),
    );
    const statements = JSON.stringify(propertiesOf('WalkRole').Policies);
    expect(statements).toContain(
      '"Action":["s3:GetObject","s3:PutObject"],"Resource":[{"Fn::Sub":"${PlaylistsBucket.Arn}/playlists.csv"},{"Fn::Sub":"${PlaylistsBucket.Arn}/playlists.csv.lock"}]',
    );
    expect(statements.match(/s3:/g)).toHaveLength(2);
  });
});
