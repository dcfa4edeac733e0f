import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { Clock } from '../../lib/clock.ts';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { logInAnew } from '../../local/simulator/test-login.ts';
import { AccessTokens } from '../../spotify/login/access-tokens.ts';
import { FileTokenStore } from '../../spotify/login/file-token-store.ts';
import { SecretTokenStore } from '../../spotify/login/secret-token-store.ts';
import type { TokenStore } from '../../spotify/login/token-store.ts';
import { createTransport } from '../../spotify/transport.ts';
import { closeScriptedServers } from '../support/scripted-server.ts';
import { startSecretsServer } from '../support/secrets-server.ts';

const PROCESSES = 20;

let folder: string;
let program: string;
let path: string;
let spotify: SpotifySimulator;
const children: ChildProcess[] = [];
const before = process.env;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-race-'));
  program = join(folder, 'token-process.cjs');
  await build({
    entryPoints: ['test/support/token-process.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  path = join(await mkdtemp(join(folder, 'store-')), 'login.json');
  // Slow enough that all of them meet while one is refreshing.
  spotify = await startSpotifySimulator({ rotation: 'pkce', latencyMs: 100 });
});
afterEach(async () => {
  process.env = before;
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await spotify.close();
  await closeScriptedServers();
});

/** A user logs in; the access token that came with it is not kept. */
async function logIn(store: TokenStore): Promise<void> {
  const { refreshToken } = await logInAnew(spotify, {
    usesPkce: true,
    scope: 'playlist-read-private',
  });
  await store.replace({
    refresh_token: refreshToken,
    client_id: spotify.credentials.clientId,
    authorized_at: new Date().toISOString(),
    scopes: ['playlist-read-private'],
  });
  spotify.clearRequests();
}

type Started = { readonly child: ChildProcess; readonly lines: AsyncIterator<string> };

/** Started, and waiting for a sign. */
async function startProcess(): Promise<Started> {
  const child = spawn(
    process.execPath,
    [program, path, spotify.url, spotify.credentials.clientId],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect(await lines.next()).toMatchObject({ value: 'ready' });
  return { child, lines };
}

async function tokenOf({ child, lines }: Started): Promise<string> {
  child.stdin?.write('go\n');
  return String((await lines.next()).value);
}

function createSession(tokenStore: TokenStore, clock: Clock): () => Promise<string> {
  const tokens = new AccessTokens({
    accountsUrl: new URL(spotify.url),
    credentials: { clientId: spotify.credentials.clientId, clientSecret: undefined },
    tokenStore,
    exchange: createTransport(clock.now),
    clock,
  });
  return () => tokens.get({ deadlineAt: clock.now() + 120_000 });
}

const realClock: Clock = {
  now: Date.now,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const refreshes = (): number =>
  spotify.requests().filter(({ path: asked }) => asked === '/api/token').length;

async function isAccepted(accessToken: string): Promise<boolean> {
  const reply = await fetch(`${spotify.url}/v1/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return reply.status === 200;
}

/** The stored refresh token is good for a refresh of its own, by hand. */
async function canRefresh(store: TokenStore): Promise<boolean> {
  const { refresh_token = '', client_id = '' } = (await store.find())?.login ?? {};
  const reply = await fetch(`${spotify.url}/api/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id }),
  });
  return reply.status === 200;
}

async function expectOneGoodLogin(store: TokenStore, tokens: readonly string[]): Promise<void> {
  expect(tokens).toHaveLength(PROCESSES);
  expect(refreshes()).toBeLessThanOrEqual(3);
  expect(await Promise.all([...new Set(tokens)].map(isAccepted))).not.toContain(false);
  expect((await store.find())?.login).not.toHaveProperty('refresh_claim');
  expect(await canRefresh(store)).toBe(true);
}

describe('twenty who refresh one login at once, each refresh token good for one refresh', () => {
  it('lose nothing as processes that share a file', async () => {
    const store = new FileTokenStore(path);
    await logIn(store);
    const started = await Promise.all(Array.from({ length: PROCESSES }, startProcess));

    await expectOneGoodLogin(store, await Promise.all(started.map(tokenOf)));
    expect(await readdir(join(path, '..'))).toEqual(['login.json']);
  });

  it('lose nothing as functions that share a secret', async () => {
    const secrets = await startSecretsServer();
    const open = (): TokenStore =>
      new SecretTokenStore('login', { endpoint: secrets.url.origin, region: 'us-east-1' });
    await logIn(open());
    const sessions = Array.from({ length: PROCESSES }, () => createSession(open(), realClock));

    await expectOneGoodLogin(open(), await Promise.all(sessions.map((get) => get())));
  });
});

test('a process that is killed while it refreshes a login in a file holds nobody up', async () => {
  const store = new FileTokenStore(path);
  await logIn(store);
  spotify.addFault({ match: { path: /token/ }, action: { type: 'hang' } });
  const killed = await startProcess();
  void tokenOf(killed);
  while (refreshes() === 0) await realClock.sleep(20);
  expect(await readdir(join(path, '..'))).toEqual(['login.json', 'login.json.lock']);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'close');
  spotify.clearFaults();
  // The simulator counts a token as used up though its answer never came, so the file gets another one.
  const { refreshToken } = await logInAnew(spotify, { usesPkce: true });
  const { login } = (await store.find()) ?? {};
  await writeFile(path, JSON.stringify({ ...login, refresh_token: refreshToken }));
  spotify.clearRequests();
  const waits: number[] = [];
  const clock: Clock = {
    ...realClock,
    sleep: async (ms) => {
      waits.push(ms);
      await realClock.sleep(ms);
    },
  };

  const token = await createSession(store, clock)();

  expect(waits).toEqual([]);
  expect(refreshes()).toBe(1);
  expect(await isAccepted(token)).toBe(true);
  expect(await canRefresh(store)).toBe(true);
  expect(await readdir(join(path, '..'))).toEqual(['login.json']);
});
