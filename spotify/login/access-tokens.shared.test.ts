import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { logInAnew } from '../../local/simulator/test-login.ts';
import { QUICK_FOLDER } from '../../test/support/quick-folder.ts';
import {
  closeScriptedServers,
  inTurn,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../test/support/scripted-server.ts';
import { type SecretsServer, startSecretsServer } from '../../test/support/secrets-server.ts';
import {
  createVirtualClock,
  START_MS,
  type VirtualClock,
} from '../../test/support/virtual-clock.ts';
import { createTransport } from '../transport.ts';
import { AccessTokens } from './access-tokens.ts';
import { FileTokenStore } from './file-token-store.ts';
import { createFixedTokenStore } from './fixed-token-store.ts';
import { SecretTokenStore } from './secret-token-store.ts';
import type { Login, LoginSource, TokenStore } from './token-store.ts';

const RUN = { deadlineAt: START_MS + 400 * 86_400_000 };
const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const LOGIN: Login = {
  refresh_token: 'canary-refresh-1',
  client_id: 'id',
  authorized_at: iso(START_MS),
  scopes: [],
};

let clock: VirtualClock;
beforeEach(() => {
  clock = createVirtualClock();
});
afterEach(closeScriptedServers);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(QUICK_FOLDER, 'spotify-etl-shared-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A place that nobody has used, and how a process opens it. */
async function openPlace(kind: 'file' | 'secret'): Promise<() => TokenStore> {
  if (kind === 'file') return () => new FileTokenStore(join(folder, 'login.json'));
  const secrets = await startSecretsServer();
  return () => openSecret(secrets);
}

function openSecret({ url }: SecretsServer): TokenStore {
  return new SecretTokenStore('login', { endpoint: url.origin, region: 'us-east-1' }, clock);
}

const before = process.env;
beforeEach(() => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'canary-aws' };
});
afterEach(() => {
  process.env = before;
});

/** An accounts service that issues token after token. */
function startIssuing(): Promise<ScriptedServer> {
  return startScriptedServer((_request, index) => ({
    body: { access_token: `token-${index + 1}`, expires_in: 3_600 },
  }));
}

type Settings = {
  readonly accountsUrl: URL;
  readonly tokenStore: LoginSource;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly onWarning?: (warning: string) => void;
};

function createProcess({ clientId = 'id', clientSecret, ...settings }: Settings): AccessTokens {
  const exchange = createTransport(clock.now);
  return new AccessTokens({
    ...settings,
    credentials: { clientId, clientSecret },
    exchange,
    clock,
  });
}

const twenty = <Value>(make: (index: number) => Value): Value[] =>
  Array.from({ length: 20 }, (_, index) => make(index));

describe.each(['file', 'secret'] as const)(
  'a login in a %s, against a Spotify that takes each refresh token once',
  (kind) => {
    let spotify: SpotifySimulator;
    let store: TokenStore;
    let start: () => AccessTokens;

    const refreshes = (): number =>
      spotify.requests().filter(({ path }) => path === '/api/token').length;
    const logIn = async (): Promise<Login> => {
      const { refreshToken } = await logInAnew(spotify, { usesPkce: true });
      spotify.clearRequests();
      return {
        ...LOGIN,
        refresh_token: refreshToken,
        client_id: spotify.credentials.clientId,
        authorized_at: iso(clock.now()),
      };
    };

    beforeEach(async () => {
      spotify = await startSpotifySimulator({ now: clock.now });
      const open = await openPlace(kind);
      store = open();
      await store.replace(await logIn());
      start = () =>
        createProcess({
          accountsUrl: new URL(spotify.url),
          tokenStore: open(),
          clientId: spotify.credentials.clientId,
        });
    });
    afterEach(() => spotify.close());

    it('is refreshed once for twenty processes, and again when the hour is over', async () => {
      const processes = twenty(start);
      const first = await Promise.all(processes.map((tokens) => tokens.get(RUN)));
      expect(new Set(first).size).toBe(1);
      expect(refreshes()).toBe(1);

      clock.advance(HOUR_MS);
      const second = await Promise.all(processes.map((tokens) => tokens.get(RUN)));
      expect(new Set(second).size).toBe(1);
      expect(second[0]).not.toBe(first[0]);
      expect(refreshes()).toBe(2);
      expect((await store.find())?.login).toMatchObject({ access_token: second[0] });
      expect((await store.find())?.login).not.toHaveProperty('refresh_claim');
    });

    it('survives a hundred rotations, in processes that each live for one run', async () => {
      spotify.configure({ rotation: 'always' });
      for (let hour = 0; hour < 100; hour += 1) {
        await start().get(RUN);
        clock.advance(HOUR_MS);
      }
      expect(refreshes()).toBe(100);
    });

    it('gives a refused token to nobody again, and replaces it once for all who held it', async () => {
      const [one, other, late] = [start(), start(), start()];
      const held = await one.get(RUN);
      expect(await other.get(RUN)).toBe(held);

      const renewed = await Promise.all([one.get(RUN, held), other.get(RUN, held)]);
      expect(renewed[0]).not.toBe(held);
      expect(new Set([...renewed, await other.get(RUN, held), await late.get(RUN)]).size).toBe(1);
      expect(refreshes()).toBe(2);
    });

    it('that Spotify refuses is asked for once, and not again before a new login', async () => {
      const processes = twenty(start);
      spotify.revokeLogins();
      const before = (await store.find())?.login;
      const failures = await Promise.allSettled(processes.map((tokens) => tokens.get(RUN)));
      for (const failure of failures) {
        expect(failure).toMatchObject({ status: 'rejected', reason: { code: 'REAUTH_REQUIRED' } });
      }
      expect(refreshes()).toBe(1);
      expect((await store.find())?.login).toEqual({ ...before, refused_at: expect.any(String) });

      clock.advance(24 * HOUR_MS);
      for (const tokens of [...processes, start()]) {
        await expect(tokens.get(RUN)).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });
      }
      expect(refreshes()).toBe(1);

      await store.replace(await logIn());
      const served = await Promise.all(processes.map((tokens) => tokens.get(RUN)));
      expect(new Set(served).size).toBe(1);
      expect(refreshes()).toBe(1);
    });

    it('tells how many days it has left, once it was read', async () => {
      const tokens = start();
      expect(tokens.tokenDaysLeft).toBeUndefined();
      await tokens.get(RUN);
      expect([tokens.hasUser, tokens.tokenDaysLeft]).toEqual([true, 180]);

      clock.advance(24 * HOUR_MS);
      expect(tokens.tokenDaysLeft).toBe(179);
    });

    it('is free for others at once where Spotify does not answer', async () => {
      spotify.addFault({
        match: { path: /token/ },
        times: 4,
        action: { type: 'status', status: 503, body: 'empty' },
      });
      await expect(start().get(RUN)).rejects.toMatchObject({ code: 'SPOTIFY_UNAVAILABLE' });
      const waited = clock.slept.length;

      await start().get(RUN);

      expect(clock.slept).toHaveLength(waited);
    });
  },
);

test('a process waits for the claim of another on a secret, and takes over when it has run out', async () => {
  const { url } = await startIssuing();
  const tokenStore = (await openPlace('secret'))();
  const until = iso(clock.now() + 25_000);
  await tokenStore.replace({ ...LOGIN, refresh_claim: { by: 'killed', until } });

  await createProcess({ accountsUrl: url, tokenStore }).get(RUN);

  expect(clock.now()).toBeGreaterThanOrEqual(Date.parse(until));
  expect(clock.now()).toBeLessThan(Date.parse(until) + 1_000);
});

describe('a place where nobody has logged in', () => {
  it('says so where the app cannot speak for itself, without a call', async () => {
    const { url, requests } = await startScriptedServer(inTurn({}));
    const tokens = createProcess({ accountsUrl: url, tokenStore: createFixedTokenStore() });

    await expect(tokens.get(RUN)).rejects.toMatchObject({
      code: 'REAUTH_REQUIRED',
      message: expect.stringContaining('npx spotify-etl login'),
    });
    expect(requests).toEqual([]);
  });

  it('lets the app speak for itself, and its user as soon as there is one', async () => {
    const { url, requests } = await startIssuing();
    const tokenStore = (await openPlace('file'))();
    const tokens = createProcess({ accountsUrl: url, tokenStore, clientSecret: 'secret' });
    expect(await tokens.get(RUN)).toBe('token-1');
    expect([tokens.hasUser, tokens.tokenDaysLeft]).toEqual([false, undefined]);

    await tokenStore.replace(LOGIN);
    clock.advance(HOUR_MS);
    expect(await tokens.get(RUN)).toBe('token-2');
    expect(tokens.hasUser).toBe(true);
    expect(requests.map(({ body }) => new URLSearchParams(body).get('grant_type'))).toEqual([
      'client_credentials',
      'refresh_token',
    ]);
  });
});

describe('a login in a secret that another process changes meanwhile', () => {
  const NEW_LOGIN: Login = {
    ...LOGIN,
    refresh_token: 'canary-refresh-new',
    authorized_at: iso(START_MS + 1_000),
  };
  const REPLY = { access_token: 'canary-access', expires_in: 3_600, refresh_token: 'canary-next' };

  /** What happens at Spotify while the first refresh is under way; then it is answered, and every later one too. */
  const setUp = async (
    meanwhile: (store: TokenStore) => Promise<unknown>,
    first: Awaited<ReturnType<Script>> = { body: REPLY },
  ): Promise<{ store: TokenStore; tokens: AccessTokens; sent: () => (string | null)[] }> => {
    const store = (await openPlace('secret'))();
    await store.replace(LOGIN);
    const { url, requests } = await startScriptedServer(async (_request, index) => {
      if (index > 0) return { body: { access_token: `later-${index}`, expires_in: 3_600 } };
      await meanwhile(store);
      return first;
    });
    return {
      store,
      tokens: createProcess({ accountsUrl: url, tokenStore: store }),
      sent: () => requests.map(({ body }) => new URLSearchParams(body).get('refresh_token')),
    };
  };

  it('gives way to a newer one, which is used', async () => {
    const { store, tokens, sent } = await setUp((kept) => kept.replace(NEW_LOGIN));

    expect(await tokens.get(RUN)).toBe('later-1');
    expect(sent()).toEqual(['canary-refresh-1', 'canary-refresh-new']);
    expect((await store.find())?.login.refresh_token).toBe('canary-refresh-new');
  });

  it('stays forgotten where its user logged out', async () => {
    const { store, tokens } = await setUp((kept) => kept.remove());

    await expect(tokens.get(RUN)).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });
    expect(await store.find()).toBeUndefined();
  });

  it('is stored all the same where only the claim went to another', async () => {
    const claim = { by: 'other', until: iso(START_MS + 20_000) };
    const { store, tokens } = await setUp((kept) =>
      kept.replace({ ...LOGIN, refresh_claim: claim }),
    );

    expect(await tokens.get(RUN)).toBe('canary-access');
    expect((await store.find())?.login).toEqual({
      ...LOGIN,
      refresh_token: 'canary-next',
      access_token: 'canary-access',
      access_token_expires_at: iso(START_MS + HOUR_MS),
    });
  });

  it('is not marked as refused where another refresh token stands there by now', async () => {
    const invalid = { status: 400, body: { error: 'invalid_grant' } };
    const { store, tokens, sent } = await setUp((kept) => kept.replace(NEW_LOGIN), invalid);

    expect(await tokens.get(RUN)).toBe('later-1');
    expect(sent()).toEqual(['canary-refresh-1', 'canary-refresh-new']);
    expect((await store.find())?.login).not.toHaveProperty('refused_at');
  });

  it('is not marked as refused while another is refreshing it', async () => {
    const invalid = { status: 400, body: { error: 'invalid_grant' } };
    const claim = { by: 'other', until: iso(START_MS + 20_000) };
    const { store, tokens } = await setUp(
      (kept) => kept.replace({ ...LOGIN, refresh_claim: claim }),
      invalid,
    );
    const waiting = tokens.get(RUN);
    await clock.sleep(5_000);

    expect((await store.find())?.login).not.toHaveProperty('refused_at');
    await waiting;
  });

  it('of another app is of no use, and none is asked', async () => {
    const tokenStore = (await openPlace('secret'))();
    await tokenStore.replace({ ...LOGIN, client_id: 'other-app' });
    const { url, requests } = await startScriptedServer(inTurn({}));
    const tokens = createProcess({ accountsUrl: url, tokenStore, clientSecret: 'secret' });

    await expect(tokens.get(RUN)).rejects.toMatchObject({
      code: 'REAUTH_REQUIRED',
      message: expect.stringContaining('another app'),
    });
    expect(requests).toEqual([]);
  });
});

describe('a store that does not answer', () => {
  const DOWN = { error: 'ServiceUnavailable', status: 503 };

  it('after a refresh loses nothing: this process keeps the login and stores it later', async () => {
    const secrets = await startSecretsServer();
    const store = openSecret(secrets);
    await store.replace(LOGIN);
    const { url, requests } = await startScriptedServer((_request, index) => {
      // The claim has been stored; from here on nothing is.
      secrets.failNext('PutSecretValue', ...(index === 0 ? Array<typeof DOWN>(8).fill(DOWN) : []));
      const number = index + 2;
      return {
        body: {
          access_token: `canary-access-${number}`,
          expires_in: 3_600,
          refresh_token: `canary-refresh-${number}`,
        },
      };
    });
    const warnings: string[] = [];
    const tokens = createProcess({
      accountsUrl: url,
      tokenStore: store,
      onWarning: (warning) => warnings.push(warning),
    });

    expect(await tokens.get(RUN)).toBe('canary-access-2');
    expect((await store.find())?.login.refresh_token).toBe('canary-refresh-1');
    expect(warnings).toEqual([expect.stringMatching(/could not be stored.*PutSecretValue/)]);
    expect(warnings.join()).not.toContain('canary');

    clock.advance(HOUR_MS);
    secrets.failNext('GetSecretValue', DOWN, DOWN);
    expect(await tokens.get(RUN)).toBe('canary-access-3');
    expect(warnings).toHaveLength(2);

    clock.advance(HOUR_MS);
    expect(await tokens.get(RUN)).toBe('canary-access-4');
    expect((await store.find())?.login.refresh_token).toBe('canary-refresh-4');
    expect(requests.map(({ body }) => new URLSearchParams(body).get('refresh_token'))).toEqual([
      'canary-refresh-1',
      'canary-refresh-2',
      'canary-refresh-3',
    ]);
  });

  it('before a refresh costs no refresh token', async () => {
    const secrets = await startSecretsServer();
    const store = openSecret(secrets);
    await store.replace(LOGIN);
    secrets.failNext('PutSecretValue', { error: 'AccessDeniedException' });
    const { url, requests } = await startScriptedServer(inTurn({}));
    const tokens = createProcess({ accountsUrl: url, tokenStore: store });

    const failed = await tokens.get(RUN).catch((error: unknown) => error);

    expect(failed).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(inspect(failed, { depth: null, showHidden: true })).not.toContain('canary');
    expect(requests).toEqual([]);
  });
});
