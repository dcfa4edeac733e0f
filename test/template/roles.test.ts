/**
 * No function may do what it does not do, and none lacks what it does: each packaged function goes through everything it can be
 * asked for, its calls are taken down on the wire, and its role is held against them, both ways.
 */

import type { LoadResult } from '../../handlers/load.ts';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedDynamodb,
  startDynamodb,
} from '../../local/dynamodb.ts';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { logInAnew } from '../../local/simulator/test-login.ts';
import { readStack } from '../../local/table-definitions.ts';
import { SecretTokenStore } from '../../spotify/login/secret-token-store.ts';
import { findDue } from '../../trigger/due-rows.ts';
import { type RunningFunction, startFunction } from '../support/packaged-function.ts';
import {
  FUNCTIONS,
  type FunctionName,
  type Package,
  packagedStack,
} from '../support/packaged-stack.ts';
import { type AwsCall, startRecorder, startTaker } from '../support/recorded-calls.ts';
import { compareGrants, grantsOf } from '../support/role-grants.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { closeScriptedServers } from '../support/scripted-server.ts';
import { startSecretsServer } from '../support/secrets-server.ts';
import { type Sqld, startSqld } from '../support/sqld.ts';
import {
  MACHINE_ARN,
  type StepFunctionsServer,
  startStepFunctions,
} from '../support/step-functions-server.ts';
import { createTableRows } from '../support/table-rows.ts';
import type { Template } from '../support/template.ts';

let stack: Package;
const called = {} as Record<FunctionName, AwsCall[]>;

type Scene = {
  readonly spotify: SpotifySimulator;
  readonly running: RunningFunction;
  readonly s3: S3Server;
  readonly dynamodb: EmbeddedDynamodb;
  readonly sqld: Sqld;
  readonly stepFunctions: StepFunctionsServer;
};

const BUCKET = 'playlists-bucket';
const FULL_TIME_MS = 900_000;
const RUN_ID = `${'A'.repeat(22)}-${'B'.repeat(16)}-1`;

/** Everything a function can be asked for that leads to another call. */
const SCENARIOS: Record<FunctionName, (scene: Scene) => Promise<void>> = {
  ingest: async ({ running, spotify, stepFunctions }) => {
    const { id } = spotify.catalogue.playlistOfSize(120);
    await expectAnswer(running, { playlist_uri: [id] }, { status: 'loaded' });
    await expectAnswer(running, { playlist_uri: [id] }, { status: 'unchanged' });
    changeNames(spotify, id);
    await expectAnswer(running, { playlist_uri: [id] }, { status: 'loaded' });
    // One that is left to a run, which fails.
    const long = { playlist_uri: [spotify.catalogue.playlistOfSize(10_000).id] };
    await expectAnswer(running, long, { state: 'queued' });
    stepFunctions.end(Object.keys(stepFunctions.inputs()).at(-1) ?? '', 'FAILED', Date.now());
    await expectAnswer(running, long, { state: 'queued' });
  },
  playlists: async ({ dynamodb, running, spotify }) => {
    await storeUnchanged(dynamodb.url, spotify);
    await expectAnswer(running, {}, { complete: true, counts: { unchanged: 1 } });
  },
  runs: async ({ running, stepFunctions }) => {
    stepFunctions.begin(RUN_ID);
    const answer = await running.start({ pathParameters: { run_id: RUN_ID } }, 29_000);
    expect(answer).toMatchObject({ statusCode: 202 });
  },
  list: async ({ dynamodb, running, s3, spotify }) => {
    await storeUnchanged(dynamodb.url, spotify);
    const ids = [120, 50, 1].map((size) => spotify.catalogue.playlistOfSize(size).id);
    const rows = [...ids, 'nonsense'].map((uri) => `${uri},False,\n`);
    s3.write(`${BUCKET}/playlists.csv`, `playlist_uri,request_sent,response\n${rows.join('')}`);
    s3.write(`${BUCKET}/playlists.csv.lock`, '{"execution":"earlier"}');
    const input = { execution: 'one', started_at: new Date().toISOString(), round: 1 };
    const listed = await running.start({ ...input, event: { refresh: true } }, FULL_TIME_MS);
    expect(listed).toMatchObject({ next: 'settle', due: 3, settled: 1 });
  },
  load: async ({ running, spotify }) => {
    const { id } = spotify.catalogue.playlistOfSize(120);
    const load = async (expected: object): Promise<void> => {
      const input = { playlist_uri: id, run_id: RUN_ID, started_at: new Date().toISOString() };
      const { answers } = (await running.start(input, FULL_TIME_MS)) as LoadResult;
      expect(answers).toMatchObject([{ outcome: { response: expected } }]);
    };
    await load({ code: 'loaded' });
    await load({ code: 'unchanged' });
    changeNames(spotify, id);
    await load({ code: 'loaded' });
  },
  record: async ({ running, s3 }) => {
    const file = 'playlist_uri,request_sent,response\nx,,\n';
    const [[key, before] = []] = findDue(Buffer.from(file), () => true);
    const response = { status: 400, code: 'X', message: 'x', time: '2026-11-30T00:00:00Z' };
    const outcome = { verdict: 'failed', isTransient: false, isShared: false, response };
    s3.write(`${BUCKET}/playlists.csv`, file);
    s3.write(`${BUCKET}/settled.json`, JSON.stringify([{ key, before, outcome }]));
    const Records = [{ messageId: '1', body: '{"settled":"one"}' }];
    expect(await running.start({ Records }, 120_000)).toEqual({ batchItemFailures: [] });
  },
  plays: async ({ running }) => {
    const tried = await running.start({ dryRun: true }, 60_000);
    expect(tried).toMatchObject({ status: 'dry-run', new: 50 });
    expect(await running.start({}, 60_000)).toMatchObject({ status: 'collected', new: 50 });
  },
  sync: async ({ running, s3, spotify }) => {
    const items = spotify.catalogue.playlistOfSize(120).items;
    const [source, target] = ['Source', 'Target'].map(
      (name, at) => spotify.addPlaylist(name, items.slice(0, 20 - at)).id,
    );
    const rows = [
      `Auto,${source},${target},append,auto`,
      `Exact,${source},new:E,mirror-exact,auto`,
    ];
    s3.write(`${BUCKET}/syncs.csv`, `name,source,target,mode,apply\n${rows.join('\n')}\n`);
    const report = await running.start({}, FULL_TIME_MS);
    // An exact mirror asks to be confirmed.
    expect(report).toMatchObject({ status: 'synced', added: 1, held: 1, failed: 0 });
  },
  albums: async ({ dynamodb, running, s3, spotify }) => {
    const { artists, discographies } = spotify.catalogue;
    const artistId = [...artists.keys()].find((id) => (discographies.of(id) ?? []).length > 3);
    s3.write(`${BUCKET}/artists.csv`, `artist_uri\n${artistId}\n`);
    const reported = { status: 'reported', artists_complete: 1 };
    expect(await running.start({}, FULL_TIME_MS)).toMatchObject(reported);
    // Everything is listed and measured again, and has other names.
    const tables = createTableRows({ url: dynamodb.url });
    await tables.replace('spotify-etl-dev-state', 'state_id', []);
    for (const table of ['artist', 'album', 'track']) {
      const [name, key] = [`spotify-etl-dev-${table}`, `${table}_id`];
      const rows = await tables.scan(name, key);
      const renamed = rows.map((row) => ({ ...row, [`${table}_name`]: 'Renamed' }));
      await tables.replace(name, key, renamed);
    }
    tables.close();
    expect(await running.start({ replace: true }, FULL_TIME_MS)).toMatchObject(reported);
  },
};

/** One list as if it had been loaded, with a track of it, its album and its artist. */
async function storeUnchanged(url: string, spotify: SpotifySimulator): Promise<void> {
  const own = [...spotify.catalogue.playlists.values()].find(({ access }) => access === 'own');
  if (own === undefined) throw new Error('The user has no list.');
  const rows = {
    playlist: {
      playlist_id: own.id,
      playlist_snapshot_id: own.snapshotId,
      playlist_num_items: own.items.length,
      playlist_tracks: ['t'],
      playlist_contributors: [],
      extracted_at: '2026-11-19T00:00:00.000Z',
    },
    track: { track_id: 't', track_album: 'a', track_artists: ['b'] },
    album: { album_id: 'a' },
    artist: { artist_id: 'b' },
  };
  const tables = createTableRows({ url });
  for (const [table, row] of Object.entries(rows)) {
    await tables.replace(`spotify-etl-dev-${table}`, `${table}_id`, [row]);
  }
  tables.close();
}

/** Everything gets another name, and the list one more item. */
function changeNames(spotify: SpotifySimulator, playlistId: string): void {
  const { albums, artists, tracks } = spotify.catalogue;
  for (const [id, track] of tracks) tracks.set(id, { ...track, name: 'Renamed' });
  for (const [id, album] of albums) albums.set(id, { ...album, name: 'Renamed' });
  for (const [id, artist] of artists) artists.set(id, { ...artist, name: 'Renamed' });
  spotify.appendTracks(playlistId, 1);
}

async function expectAnswer(
  running: RunningFunction,
  query: Record<string, string[]>,
  expected: object,
): Promise<void> {
  const { body } = await running.invokeWith(query);
  expect(JSON.parse(body)).toMatchObject(expected);
}

/** A packaged function in a world of its own where a user has just logged in, with the variables it is deployed with. */
async function recordCalls(name: FunctionName): Promise<AwsCall[]> {
  const spotify = await startSpotifySimulator({ rotation: 'pkce', listener: 'heavy' });
  const dynamodb = await startDynamodb({
    tables: (await readStack('serverless.yml', 'dev')).tables,
    port: 0,
  });
  const secrets = await startSecretsServer();
  const recorders = {
    dynamodb: await startRecorder(dynamodb.url),
    secrets: await startRecorder(secrets.url.href),
  };
  const [s3, sqld, taker] = await Promise.all([startS3Server(), startSqld(), startTaker()]);
  const stepFunctions = await startStepFunctions();
  const variables = deployedVariables(name);
  secrets.spoil(variables.TURSO_TOKEN_SECRET ?? '', 'token-1');
  await logIn(spotify, { name: variables.SPOTIFY_TOKEN_SECRET ?? '', url: secrets.url.origin });
  const running = await startFunction(stack.bundlePaths[name], {
    ...variables,
    SPOTIFY_CLIENT_ID: spotify.credentials.clientId,
    SPOTIFY_API_URL: spotify.url,
    SPOTIFY_ACCOUNTS_URL: spotify.url,
    AWS_REGION: EMBEDDED_REGION,
    AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: recorders.dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: recorders.secrets.url,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_SFN: stepFunctions.url,
    MACHINE_ARN,
    // A deploy puts the bucket's real name there.
    PLAYLISTS_BUCKET: BUCKET,
    ALARM_TOPIC_ARN: 'AlarmTopic',
    DIGEST_TOPIC_ARN: 'DigestTopic',
    AWS_ENDPOINT_URL_EVENTBRIDGE: taker.url,
    AWS_ENDPOINT_URL_SNS: taker.url,
    TURSO_DATABASE_URL: sqld.url,
  });
  try {
    await SCENARIOS[name]({ spotify, running, s3, dynamodb, sqld, stepFunctions });
    const objects = s3.requests.map(toS3Call);
    const executions = stepFunctions.calls.map((call) => toStatesCall(name, call));
    return [
      ...[...recorders.dynamodb.calls, ...recorders.secrets.calls, ...taker.calls],
      ...[...objects, ...executions],
    ];
  } finally {
    await close({ dynamodb, running, s3, spotify, sqld });
  }
}

async function close({
  dynamodb,
  running,
  s3,
  spotify,
  sqld,
}: Omit<Scene, 'stepFunctions'>): Promise<void> {
  await running.stop();
  const servers = [spotify, dynamodb, s3, sqld];
  await Promise.all([...servers.map((server) => server.close()), closeScriptedServers()]);
}

/** `GET bucket/key`, as the role names it. */
function toS3Call(request: string): AwsCall {
  const action = request.startsWith('GET') ? 's3:GetObject' : 's3:PutObject';
  const object = request.replace(/^\w+ [^/]*/, '${PlaylistsBucket.Arn}');
  return `${action} ${object.replace(/(?<=[/]album-length[/]).*/, '*')}`;
}

/** `StartExecution name`, as the role names it: one machine's, or any execution of it. */
function toStatesCall(name: FunctionName, call: string): AwsCall {
  const [action] = call.split(' ');
  if (action === 'StartExecution') return 'states:StartExecution PlaylistMachine';
  const machine = `spotify-etl-dev-playlist${name === 'list' ? 's' : ''}`;
  return `states:${action} arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:execution:${machine}:*`;
}

function deployedVariables(name: FunctionName): Record<string, string> {
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`;
  const { Variables } = stack.template.Resources[id]?.Properties.Environment as {
    Variables: Record<string, string>;
  };
  return Variables;
}

/** As `spotify-etl login --store aws` leaves it: with a refresh token, and no access token yet. */
async function logIn(
  spotify: SpotifySimulator,
  { name, url }: { readonly name: string; readonly url: string },
): Promise<void> {
  const reading = ['playlist-read-private', 'playlist-read-collaborative'];
  const writing = ['playlist-modify-private', 'playlist-modify-public'];
  const scopes = [...reading, ...writing, 'user-read-recently-played'];
  const { refreshToken } = await logInAnew(spotify, { usesPkce: true, scope: scopes.join(' ') });
  const store = new SecretTokenStore(name, { endpoint: url, region: EMBEDDED_REGION });
  const { clientId } = spotify.credentials;
  await store.replace({ refresh_token: refreshToken, client_id: clientId, scopes });
}

const before = process.env;

beforeAll(async () => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  stack = await packagedStack('dev');
  for (const name of FUNCTIONS) called[name] = await recordCalls(name);
});
afterAll(() => {
  process.env = before;
});

const roleOf = (name: FunctionName): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;

test.each(FUNCTIONS)('the role of %s grants each call that it makes, and nothing else', (name) => {
  expect(called[name]).not.toEqual([]);
  expect(compareGrants(grantsOf(stack.template, roleOf(name)), called[name])).toEqual({
    unused: [],
    refused: [],
  });
});

describe('That is seen', () => {
  /** The template with other actions in one statement of a role. */
  function withActions(roleId: string, change: (actions: string[]) => string[]): Template {
    const template = structuredClone(stack.template);
    const policies = template.Resources[roleId]?.Properties.Policies as {
      PolicyDocument: { Statement: { Action: string[] }[] };
    }[];
    const [statement] = policies[0]?.PolicyDocument.Statement ?? [];
    if (statement) statement.Action = change(statement.Action);
    return template;
  }

  test('where a role may do more than its function does', () => {
    const template = withActions('IngestRole', (actions) => [...actions, 'dynamodb:DeleteItem']);

    expect(compareGrants(grantsOf(template, 'IngestRole'), called.ingest)).toEqual({
      unused: ['dynamodb:DeleteItem spotify-etl-dev-playlist'],
      refused: [],
    });
  });

  test('where a function does more than its role may', () => {
    const template = withActions('PlaylistsRole', () => []);

    expect(compareGrants(grantsOf(template, 'PlaylistsRole'), called.playlists)).toEqual({
      unused: [],
      refused: ['album', 'artist', 'playlist', 'track'].map(
        (table) => `dynamodb:BatchGetItem spotify-etl-dev-${table}`,
      ),
    });
  });
});
