/** The program writes secrets only into the token store, even after faults. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createApp } from '../../app/app.ts';
import { parseConfig } from '../../app/config.ts';
import { logInAnew } from '../../local/simulator/test-login.ts';
import { FileTokenStore } from '../../spotify/login/file-token-store.ts';
import { createApiClient } from '../../trigger/api-client.ts';
import { toIngestUrl } from '../../trigger/endpoint.ts';
import { toOutcome } from '../../trigger/outcome.ts';
import { type IngestServer, type Reply, startIngestServer } from '../support/ingest-server.ts';
import { createLoginProgram, decide } from '../support/login-program.ts';
import { closeScriptedServers, startScriptedServer } from '../support/scripted-server.ts';
import { findLeaks, type Leak, type Written } from '../support/secret-search.ts';
import { type Echo, type SecretWatch, startSecretWatch } from '../support/secret-watch.ts';
import { startSecretsServer } from '../support/secrets-server.ts';
import { createTriggerProgram, type TriggerProgram } from '../support/trigger-program.ts';
import type * as worlds from '../support/world.ts';

const SCOPES = ['playlist-read-private', 'playlist-read-collaborative', 'user-library-read'];
const DAY_MS = 86_400_000;
const SPOTIFY_LOGIN = 'spotify-etl-test-login';

/** Of the shapes that real ones have. */
const CLIENT_SECRET = randomBytes(16).toString('hex');
const AWS = {
  AWS_ACCESS_KEY_ID: 'AKIACANARY0000000000',
  AWS_SECRET_ACCESS_KEY: randomBytes(30).toString('base64'),
  AWS_SESSION_TOKEN: randomBytes(300).toString('base64'),
};
const API_KEY = randomBytes(20).toString('hex');
const CREDENTIALS = {
  clientId: 'canary-client-id',
  clientSecret: CLIENT_SECRET,
  refreshToken: `AQ${randomBytes(64).toString('base64url')}`,
};

const STAGE = 'test';

let createWorld: typeof worlds.createWorld;
let world: worlds.World;
let watch: SecretWatch;
let folder: string;
let tokenFile: string;
/** Everything written since the last search. */
let written: Written[] = [];

const before = process.env;
const note = (where: string, text: unknown): void => {
  written.push({ where, text: typeof text === 'string' ? text : JSON.stringify(text) });
};

beforeAll(async () => {
  // The logger takes its level when it is built.
  process.env = {
    ...before,
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_METRICS_NAMESPACE: 'spotify-etl-test',
  };
  ({ createWorld } = await import('../support/world.ts'));
});
beforeEach(async () => {
  written = [];
  process.env = { ...process.env };
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-secrets-'));
  tokenFile = join(folder, 'store', 'login.json');
  world = await createWorld({
    credentials: CREDENTIALS,
    variables: { ...AWS, SPOTIFY_REFRESH_TOKEN: '', SPOTIFY_TOKEN_FILE: tokenFile },
  });
  watch = await startSecretWatch(world.spotify);
  Object.assign(world.environment, {
    SPOTIFY_API_URL: watch.url,
    SPOTIFY_ACCOUNTS_URL: watch.url,
  });
  world.restart();
  watch.add('client_secret', CLIENT_SECRET);
  watch.add('refresh_token', CREDENTIALS.refreshToken);
  watch.add('aws_secret_key', AWS.AWS_SECRET_ACCESS_KEY);
  watch.add('aws_session_token', AWS.AWS_SESSION_TOKEN);
  watch.add('api_key', API_KEY);
  for (const name of ['stdout', 'stderr'] as const) {
    jest.spyOn(process[name], 'write').mockImplementation((line) => {
      note(name, String(line));
      return true;
    });
  }
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([world.close(), closeScriptedServers(), rm(folder, { recursive: true })]);
});
afterAll(() => {
  process.env = before;
});

/** A new login in the file, made through the watch. */
async function logIn(): Promise<void> {
  const store = new FileTokenStore(tokenFile);
  const authorizedAt = new Date(world.clock.now()).toISOString();
  watch.answerBy(undefined);
  const { refreshToken } = await logInAnew(
    { ...world.spotify, url: watch.url },
    { usesPkce: true, scope: SCOPES.join(' ') },
  );
  const login = {
    refresh_token: refreshToken,
    client_id: CREDENTIALS.clientId,
    authorized_at: authorizedAt,
    scopes: SCOPES,
  };
  await store.replace(login);
}

const playlistId = (): string => world.spotify.catalogue.playlistOfSize(50).id;

/** Both routes and the app itself, by a process that has just begun. Returns the codes of the answers. */
async function runEverything(): Promise<string[]> {
  world.restart();
  const codes: string[] = [];
  for (const ask of [() => world.ingest(playlistId()), () => world.playlists(2)]) {
    const { body, headers, status } = await ask();
    note('answer', { status, headers, body });
    codes.push(typeof body.code === 'string' ? body.code : String(status));
    world.clock.jump(DAY_MS);
  }
  const app = createApp(parseConfig(world.environment), { clock: world.clock });
  const deadlineAt = world.clock.now() + 29_000;
  await app.ingestPlaylist(playlistId(), { runId: 'run-1', deadlineAt }).then(
    (summary) => {
      note('summary', summary);
    },
    (error: unknown) => {
      note('error', inspect(error, { depth: Number.POSITIVE_INFINITY }));
    },
  );
  world.clock.jump(DAY_MS);
  return codes;
}

/** What stands in the tables, and in every file but the login's. */
async function noteStored(at = folder): Promise<void> {
  note('tables', { ...(await world.rows()), state: await world.stateRows() });
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (path !== tokenFile) note(path, await readFile(path, 'utf8'));
  }
}

async function search(): Promise<Leak[]> {
  await noteStored();
  expect(written.length).toBeGreaterThan(0);
  return findLeaks(written, watch.secrets);
}

const isToken = (path: string): boolean => path === '/api/token';
const json = { 'content-type': 'application/json' };

/** Answers of the Web API that repeat what they were asked with. */
const API_ECHOES: [string, (secret: string) => ReturnType<Echo>][] = [
  ['500', (secret) => ({ status: 500, body: { error: { status: 500, message: secret } } })],
  ['500 in plain text', (secret) => ({ status: 500, body: `token ${secret} failed` })],
  ['502 in HTML', (secret) => ({ status: 502, body: `<html>${secret}</html>` })],
  ['400', (secret) => ({ status: 400, body: { error: { message: `Bad token ${secret}` } } })],
  ['400 in plain text', (secret) => ({ status: 400, body: `Bad header: Bearer ${secret}.` })],
  ['400, base64', (secret) => ({ status: 400, body: `Bad ${btoa(`Bearer ${secret}`)}` })],
  ['400, URL-encoded', (secret) => ({ status: 400, body: `?t=${encodeURIComponent(secret)}` })],
  ['400, half of it', (secret) => ({ status: 400, body: `Bad ${secret.slice(0, 40)}…` })],
  ['401', (secret) => ({ status: 401, body: { error: { message: `Expired: ${secret}` } } })],
  ['403', (secret) => ({ status: 403, body: { error: { message: `No: ${secret}` } } })],
  ['403, Premium', (secret) => ({ status: 403, body: `Premium required for ${secret}` })],
  ['403, scope', (secret) => ({ status: 403, body: `scope of ${secret}` })],
  ['404', (secret) => ({ status: 404, body: secret })],
  ['409', (secret) => ({ status: 409, body: { error: { message: secret, reason: secret } } })],
  ['429', (secret) => ({ status: 429, body: secret, headers: { 'retry-after': '1' } })],
  [
    '429, for long',
    (secret) => ({ status: 429, body: secret, headers: { 'retry-after': secret } }),
  ],
  [
    'a quota',
    (secret) => ({ status: 429, body: { error: { message: secret, reason: 'QUOTA_EXCEEDED' } } }),
  ],
  [
    'a redirect',
    (secret) => ({ status: 302, headers: { location: `http://127.0.0.1/${secret}` } }),
  ],
  ['broken JSON', (secret) => ({ headers: json, body: `{"name":"${secret}",` })],
  ['text for JSON', (secret) => ({ headers: json, body: secret })],
  [
    'another shape',
    (secret) => ({ headers: json, body: { [secret]: secret, items: { [secret]: 1 } } }),
  ],
  [
    'an ID that is one',
    (secret) => ({ headers: json, body: { id: { [secret]: secret }, snapshot_id: 5 } }),
  ],
  ['a cut body', (secret) => ({ headers: json, body: secret.repeat(20), end: 'cut' })],
  [
    'an odd header',
    (secret) => ({ status: 500, headers: { 'x-odd': secret, 'retry-after': secret } }),
  ],
];

/** What an endpoint may answer with what it was sent. */
const TRIGGER_ECHOES: ((sent: string) => Reply)[] = [
  (sent) => ({ status: 403, body: { message: `The Canonical String should have been '${sent}'` } }),
  (sent) => ({ status: 403, headers: { 'content-type': 'text/plain' }, body: sent }),
  (sent) => ({
    status: 403,
    headers: { 'content-type': 'text/html' },
    body: `<html>${sent}</html>`,
  }),
  (sent) => ({ status: 404, body: { code: sent, detail: sent, run_id: sent } }),
  (sent) => ({
    status: 200,
    body: { status: 'loaded', message: sent, playlist_name: sent, run_id: sent },
  }),
  (sent) => ({ status: 401, body: sent }),
  (sent) => ({
    status: 302,
    headers: { location: `http://example.invalid/${encodeURIComponent(sent)}` },
  }),
];

/** The same of the accounts service. */
const TOKEN_ECHOES: typeof API_ECHOES = [
  ...(['invalid_grant', 'invalid_client', 'invalid_request', 'server_error'] as const).map(
    (error): (typeof API_ECHOES)[number] => [
      error,
      (secret) => ({
        status: 400,
        headers: json,
        body: { error, error_description: `Not ${secret}` },
      }),
    ],
  ),
  ['an error that is one', (secret) => ({ status: 400, headers: json, body: { error: secret } })],
  ['401 in plain text', (secret) => ({ status: 401, body: `Who is ${secret}?` })],
  ['403, base64', (secret) => ({ status: 403, body: `Basic ${btoa(`canary:${secret}`)}` })],
  ['500', (secret) => ({ status: 500, body: secret })],
  ['429', (secret) => ({ status: 429, body: secret, headers: { 'retry-after': '600' } })],
  ['broken JSON', (secret) => ({ headers: json, body: `{"access_token":"${secret}"` })],
  [
    'another shape',
    (secret) => ({ headers: json, body: { [secret]: secret, access_token: [secret] } }),
  ],
  [
    'no header',
    (secret) => ({ headers: json, body: { access_token: `ü${secret}\n`, expires_in: 3600 } }),
  ],
  ['no life', (secret) => ({ headers: json, body: { access_token: secret, expires_in: secret } })],
  ['a cut body', (secret) => ({ headers: json, body: secret.repeat(20), end: 'cut' })],
];

describe('the search', () => {
  test('finds a planted secret wherever it stands and in any form, and says only what kind it is', async () => {
    await logIn();
    await runEverything();
    const [refreshToken = ''] = watch.secrets.get('refresh_token') ?? [];
    await writeFile(join(folder, 'debug.log'), `refreshing with ${refreshToken}\n`);
    note('answer', { headers: { 'x-debug': encodeURIComponent(AWS.AWS_SECRET_ACCESS_KEY) } });
    for (const pad of ['', 'a', 'ab']) note(`row ${pad}`, btoa(`${pad}:${CLIENT_SECRET}:`));
    note('hex', Buffer.from(API_KEY).toString('hex'));
    note('half', refreshToken.slice(20, 50));
    note('nothing', 'AQ1234567890 and BQ1234567890');

    const leaks = await search();

    expect([...new Set(leaks.map(({ where, secret }) => `${where}: ${secret}`))].sort()).toEqual(
      [
        `${join(folder, 'debug.log')}: refresh_token`,
        'answer: aws_secret_key',
        'half: refresh_token',
        'hex: api_key',
        'row : client_secret',
        'row a: client_secret',
        'row ab: client_secret',
      ].sort(),
    );
    expect(JSON.stringify(leaks)).not.toContain(refreshToken.slice(20, 50));
  });

  test('knows every kind of secret, and the store holds them', async () => {
    await logIn();
    await runEverything();
    world.clock.jump(DAY_MS);
    await runEverything();

    expect([...watch.secrets.keys()].sort()).toEqual([
      'access_token',
      'api_key',
      'aws_secret_key',
      'aws_session_token',
      'client_secret',
      'code',
      'code_verifier',
      'refresh_token',
    ]);
    // The given one, and each that took the place of another.
    expect(watch.secrets.get('refresh_token')?.size).toBeGreaterThanOrEqual(4);
    const store = { where: 'store', text: await readFile(tokenFile, 'utf8') };
    expect(findLeaks([store], watch.secrets).map(({ secret }) => secret)).toContain(
      'refresh_token',
    );
    expect(await search()).toEqual([]);
  });
});

describe('the functions', () => {
  test('write none when all is well: loaded, unchanged, listed, refreshed', async () => {
    await logIn();
    const codes = [...(await runEverything()), ...(await runEverything())];

    expect(codes).toEqual(['200', '200', '200', '200']);
    expect(written.map(({ text }) => text).join('')).toContain('TokenDaysLeft');
    expect(await search()).toEqual([]);
  });

  test('write none while the Web API answers with them', async () => {
    await logIn();
    for (const [name, reply] of API_ECHOES) {
      watch.answerBy(({ path }, [secret = '']) => (isToken(path) ? undefined : reply(secret)));
      note('codes', `${name}: ${(await runEverything()).join(' ')}`);
    }

    expect(watch.echoed()).toBeGreaterThanOrEqual(API_ECHOES.length * 3);
    expect(await search()).toEqual([]);
  });

  test.each([
    ['by PKCE', {}],
    ['by the secret', { SPOTIFY_TOKEN_FILE: '', SPOTIFY_REFRESH_TOKEN: CREDENTIALS.refreshToken }],
    ['of the app alone', { SPOTIFY_TOKEN_FILE: '' }],
  ])(
    'write none while the accounts service answers a login %s with them',
    async (_kind, variables) => {
      Object.assign(world.environment, variables);
      for (const [name, reply] of TOKEN_ECHOES) {
        if (world.environment.SPOTIFY_TOKEN_FILE !== '') await logIn();
        watch.answerBy(({ path }, secrets) =>
          isToken(path) ? reply(secrets.join(' ')) : undefined,
        );
        note('codes', `${name}: ${(await runEverything()).join(' ')}`);
      }

      expect(watch.echoed()).toBeGreaterThanOrEqual(TOKEN_ECHOES.length);
      expect(await search()).toEqual([]);
    },
  );

  test('write none of a login that is refused, ended or revoked', async () => {
    await logIn();
    await runEverything();
    world.spotify.revokeLogins();
    expect(await runEverything()).toEqual(['REAUTH_REQUIRED', 'REAUTH_REQUIRED']);
    await logIn();
    world.clock.jump(181 * DAY_MS);
    expect(await runEverything()).toEqual(['REAUTH_REQUIRED', 'REAUTH_REQUIRED']);

    expect(await search()).toEqual([]);
  });

  test('write none where the file is no login, or cannot be read or written', async () => {
    await logIn();
    const login = await readFile(tokenFile, 'utf8');
    const codes: string[] = [];
    for (const text of [login.slice(0, -9), `"${login.replaceAll(/["\n]/g, '')}"`, `[${login}]`]) {
      await writeFile(tokenFile, text);
      codes.push(...(await runEverything()));
    }
    await rm(tokenFile);
    await mkdir(tokenFile);
    codes.push(...(await runEverything()));
    await rm(tokenFile, { recursive: true });

    expect(new Set(codes)).toEqual(new Set(['CONFIG_INVALID']));
    expect(await search()).toEqual([]);
  });

  test('write none where the store breaks after Spotify has given a new one', async () => {
    await logIn();
    watch.answerBy(async ({ path }) => {
      if (!isToken(path)) return undefined;
      watch.answerBy(undefined);
      await rename(join(folder, 'store'), join(folder, 'gone'));
      await writeFile(join(folder, 'store'), 'no folder');
      return undefined;
    });
    world.restart();
    const { body } = await world.ingest(playlistId());
    note('answer', body);
    await rm(join(folder, 'store'));
    await rename(join(folder, 'gone'), join(folder, 'store'));

    expect(body.warnings).toEqual([expect.stringContaining('could not be stored')]);
    expect(await search()).toEqual([]);
  });

  test('write none where Secrets Manager keeps the login', async () => {
    await logIn();
    const secretsManager = await startSecretsServer();
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = secretsManager.url.origin;
    const { SecretTokenStore } = await import('../../spotify/login/secret-token-store.ts');
    const found = await new FileTokenStore(tokenFile).find();
    if (found === undefined) throw new Error('The login is gone.');
    Object.assign(process.env, AWS);
    await new SecretTokenStore(SPOTIFY_LOGIN).replace(found.login);
    Object.assign(world.environment, {
      SPOTIFY_TOKEN_FILE: '',
      SPOTIFY_TOKEN_SECRET: SPOTIFY_LOGIN,
    });
    const codes = [...(await runEverything())];
    secretsManager.failNext('GetSecretValue', { error: 'AccessDeniedException' });
    codes.push(...(await runEverything()));
    secretsManager.spoil(SPOTIFY_LOGIN, JSON.stringify({ refresh: found.login.refresh_token }));
    codes.push(...(await runEverything()));

    expect(codes).toEqual([
      '200',
      '200',
      'CONFIG_INVALID',
      '200',
      'CONFIG_INVALID',
      'CONFIG_INVALID',
    ]);
    expect(await search()).toEqual([]);
  });

  test.each([
    ['AccessDeniedException', 400],
    ['InvalidSignatureException', 403],
    ['UnrecognizedClientException', 400],
    ['ValidationException', 400],
    ['InternalServerError', 500],
  ])(
    'write none while the tables answer %s and repeat what they were asked with',
    async (type, status) => {
      await logIn();
      const tables = await startScriptedServer(({ headers }) => ({
        status,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: {
          __type: `com.amazon.coral.service#${type}`,
          message: `The Canonical String should have been 'POST\nx-amz-security-token:${String(headers['x-amz-security-token'])}\n\n${String(headers.authorization)}'`,
        },
      }));
      world.environment.AWS_ENDPOINT_URL_DYNAMODB = tables.url.origin;
      const codes = await runEverything();

      expect(codes.every((code) => code !== '200')).toBe(true);
      expect(tables.requests.length).toBeGreaterThan(0);
      expect(await search()).toEqual([]);
    },
  );
});

describe('the commands', () => {
  let program: TriggerProgram;
  let server: IngestServer | undefined;

  beforeAll(async () => {
    program = await createTriggerProgram();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  afterAll(() => program.remove());

  /** What came with the last request, as an error that quotes it would say it. */
  const sentHeaders = (): string =>
    ['x-api-key', 'x-amz-security-token', 'authorization']
      .map((name) => `${name}:${String(server?.headers.at(-1)?.[name])}`)
      .join('\n');

  test('trigger writes none of what it signs with, whatever comes back', async () => {
    await logIn();
    server = await startIngestServer(
      async (uri) => {
        const echo = TRIGGER_ECHOES[Number(uri)];
        if (echo !== undefined) return echo(sentHeaders());
        const { body, status } = await world.ingest(uri);
        return { status, body };
      },
      async () => ({ body: (await world.playlists(2)).body }),
    );
    const options = ['--endpoint', server.url, '--sign', '--region', 'eu-central-1'];
    const run = async (file: string, ...further: string[]): Promise<number | null> => {
      const env = { ...AWS, SPOTIFY_ETL_API_KEY: API_KEY };
      const finished = await program.run(['trigger', file, ...options, ...further], { env });
      note('trigger', finished.stdout + finished.stderr);
      return finished.code;
    };
    for (const [index] of TRIGGER_ECHOES.entries()) {
      const file = join(folder, `playlists-${index}.csv`);
      await writeFile(file, `playlist_uri,request_sent,response\n${index},,\n`);
      await run(file, '--timeout', '5');
    }
    const file = join(folder, 'playlists.csv');
    await writeFile(file, `playlist_uri,request_sent,response\n${playlistId()},,\n`);

    expect(await run(file, '--json')).toBe(0);
    expect(await run(file, '--refresh')).toBe(0);
    expect(server.headers.length).toBeGreaterThan(TRIGGER_ECHOES.length);
    for (const headers of server.headers) {
      expect(headers['x-amz-security-token']).toBe(AWS.AWS_SESSION_TOKEN);
      // A program on this machine does not get it.
      expect(headers['x-api-key']).toBeUndefined();
    }
    expect(await search()).toEqual([]);
  });

  test('trigger writes none of the key it sends', async () => {
    server = await startIngestServer((uri) => TRIGGER_ECHOES[Number(uri)]?.(sentHeaders()));
    const endpoint = { baseUrl: server.url, signingRegion: undefined, apiKey: API_KEY };
    const ask = createApiClient({ endpoint, sign: undefined, timeoutMs: 5_000 });
    for (const [index] of TRIGGER_ECHOES.entries()) {
      const answer = await ask(toIngestUrl(endpoint, String(index)));
      note('outcome', { answer, outcome: toOutcome(answer, Date.now()) });
    }

    expect(server.headers.every((headers) => headers['x-api-key'] === API_KEY)).toBe(true);
    expect(await search()).toEqual([]);
  });

  test('playlists, export, doctor, login and logout write none, and fail without one', async () => {
    await logIn();
    const cli = await createLoginProgram({ url: watch.url, credentials: CREDENTIALS });
    const { PLAYLIST_TABLE, TRACK_TABLE, ALBUM_TABLE, ARTIST_TABLE, STATE_TABLE, ...env } =
      world.environment;
    const run = async (...args: string[]): Promise<number | null> => {
      const finished = await cli.start(args, { env, stdin: '' }).finished;
      note(args[0] ?? '', finished.stdout + finished.stderr);
      return finished.code;
    };
    const logInByCommand = async (): Promise<number | null> => {
      const { address, child, finished } = cli.start(['login', '--paste'], { env });
      // The code is in the address it is pasted from; the browser shows it, the program must not.
      child.stdin?.end(`${(await decide(await address)).href}\n`);
      const { code, stderr, stdout } = await finished;
      note('login', stdout + stderr);
      return code;
    };
    const stage = ['--stage', STAGE];
    await world.ingest(playlistId());
    const codes = [
      await run('playlists', ...stage, '--json'),
      await run('doctor', ...stage, '--json'),
      await run('export', ...stage, '--out', join(folder, 'results')),
      await logInByCommand(),
    ];
    const failures: (number | null)[] = [];
    for (const reply of [TOKEN_ECHOES[1], TOKEN_ECHOES[4], TOKEN_ECHOES[9], TOKEN_ECHOES[10]]) {
      watch.answerBy(({ path }, secrets) =>
        isToken(path) ? reply?.[1](secrets.join(' ')) : undefined,
      );
      failures.push(await logInByCommand());
    }
    world.clock.jump(DAY_MS);
    for (const [, reply] of [TOKEN_ECHOES[1], TOKEN_ECHOES[5]].flatMap((echo) =>
      echo ? [echo] : [],
    )) {
      watch.answerBy(({ path }, secrets) => (isToken(path) ? reply(secrets.join(' ')) : undefined));
      await expireAccess();
      failures.push(await run('playlists', ...stage));
      failures.push(await run('doctor', ...stage));
    }
    await noteStored(cli.folder);
    codes.push(await run('logout'));
    await cli.remove();

    expect(codes).toEqual([0, 0, 0, 0, 0]);
    expect(failures).toEqual(failures.map(() => 1));
    expect(await search()).toEqual([]);
  });
});

/** The next run needs a new one. */
async function expireAccess(): Promise<void> {
  const store = new FileTokenStore(tokenFile);
  const found = await store.find();
  if (found === undefined) throw new Error('The login is gone.');
  const { access_token, access_token_expires_at, ...login } = found.login;
  await store.replace(login);
}
