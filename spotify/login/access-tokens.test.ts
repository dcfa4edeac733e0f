import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { EtlError } from '../../etl/errors.ts';
import {
  closeScriptedServers,
  inTurn,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../test/support/scripted-server.ts';
import {
  createVirtualClock,
  START_MS,
  type VirtualClock,
} from '../../test/support/virtual-clock.ts';
import { createTransport } from '../transport.ts';
import { AccessTokens } from './access-tokens.ts';
import { createFixedTokenStore } from './fixed-token-store.ts';
import type { LoginSource } from './token-store.ts';

afterEach(closeScriptedServers);

type Bench = {
  readonly clock: VirtualClock;
  readonly server: ScriptedServer;
  readonly get: (refused?: string) => Promise<string>;
  /** For a run that has this much time left. */
  readonly getWithin: (leftMs: number) => Promise<string>;
};

async function setUp(
  script: Script,
  tokenStore: LoginSource = createFixedTokenStore({ refreshToken: 'refresh-1', clientId: 'id' }),
): Promise<Bench> {
  const clock = createVirtualClock();
  const server = await startScriptedServer(script);
  const tokens = new AccessTokens({
    accountsUrl: server.url,
    credentials: { clientId: 'id', clientSecret: 'secret' },
    tokenStore,
    exchange: createTransport(clock.now),
    clock,
  });
  return {
    clock,
    server,
    get: (refused) => tokens.get({ deadlineAt: START_MS + 86_400_000 }, refused),
    getWithin: (leftMs) => tokens.get({ deadlineAt: clock.now() + leftMs }),
  };
}

const issueTokens: Script = (_request, index) => ({
  body: { access_token: `token-${index + 1}`, token_type: 'Bearer', expires_in: 3_600 },
});

describe('AccessTokens', () => {
  it('asks once and serves everybody from that until the token is near its end', async () => {
    const { clock, get, server } = await setUp(issueTokens);

    expect([await get(), await get()]).toEqual(['token-1', 'token-1']);
    clock.advance(3_540_000 - 1);
    expect(await get()).toBe('token-1');
    expect(server.requests).toHaveLength(1);
  });

  it('sees a new login within five minutes, though its token is good for an hour', async () => {
    const store = createFixedTokenStore({ refreshToken: 'refresh-1', clientId: 'id' });
    const { clock, get, server } = await setUp(issueTokens, store);
    await get();
    const found = await store.find();
    const held = found && (await store.hold(found));
    await held?.save({ refresh_token: 'refresh-of-another', client_id: 'id', scopes: [] });

    clock.advance(300_000 - 1);
    expect(await get()).toBe('token-1');
    clock.advance(1);

    expect(await get()).toBe('token-2');
    expect(server.requests.at(-1)?.body).toContain('refresh-of-another');
  });

  it('goes on with a good token while the store of the login is away', async () => {
    const store = createFixedTokenStore({ refreshToken: 'refresh-1', clientId: 'id' });
    let isAway = false;
    const away = new EtlError('TOKEN_STORE_UNAVAILABLE', 'away');
    const { clock, get } = await setUp(issueTokens, {
      ...store,
      find: () => (isAway ? Promise.reject(away) : store.find()),
    });
    await get();
    isAway = true;

    clock.advance(300_000);
    expect(await get()).toBe('token-1');
    clock.advance(3_600_000);

    await expect(get()).rejects.toThrow('away');
  });

  it('replaces a token a minute before its end', async () => {
    const { clock, get } = await setUp(issueTokens);
    await get();

    clock.advance(3_540_000);

    expect(await get()).toBe('token-2');
  });

  it('has one request under way however many wait', async () => {
    const { get, server } = await setUp(issueTokens);

    const all = await Promise.all(Array.from({ length: 20 }, () => get()));

    expect(new Set(all)).toEqual(new Set(['token-1']));
    expect(server.requests).toHaveLength(1);
  });

  it('renews a refused token once for all who held it', async () => {
    const { get, server } = await setUp(issueTokens);
    const held = await get();

    const together = await Promise.all([get(held), get(held), get(held)]);
    const late = await get(held);

    expect([...together, late]).toEqual(Array.from({ length: 4 }, () => 'token-2'));
    expect(server.requests).toHaveLength(2);
  });

  it('forgets a request that failed: the next one asks anew', async () => {
    const { get } = await setUp((request, index) =>
      index === 0
        ? { status: 400, body: { error: 'invalid_client' } }
        : issueTokens(request, index),
    );

    const results = await Promise.allSettled([get(), get()]);

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await get()).toBe('token-2');
  });

  it('lets a run that is out of time go, and gives the token to one that still waits', async () => {
    const { getWithin, server } = await setUp(async (request, index) => {
      await sleep(100);
      return issueTokens(request, index);
    });

    const [short, long] = await Promise.allSettled([getWithin(20), getWithin(60_000)]);

    expect(short).toMatchObject({ status: 'rejected', reason: { code: 'RUN_OUT_OF_TIME' } });
    expect(long).toEqual({ status: 'fulfilled', value: 'token-1' });
    expect(server.requests).toHaveLength(1);
  });

  it('repeats for one that still waits, though the run that asked first is out of time', async () => {
    const { getWithin } = await setUp(async (request, index) => {
      await sleep(50);
      return index === 0 ? { status: 503 } : issueTokens(request, index);
    });

    const [short, long] = await Promise.allSettled([getWithin(20), getWithin(60_000)]);

    expect(short.status).toBe('rejected');
    expect(long).toEqual({ status: 'fulfilled', value: 'token-2' });
  });

  it('asks anew where a request under way should have ended long ago', async () => {
    const { clock, getWithin } = await setUp((request, index) =>
      index === 0 ? { end: 'never' } : issueTokens(request, index),
    );
    await expect(getWithin(20)).rejects.toMatchObject({ code: 'RUN_OUT_OF_TIME' });

    clock.advance(60_000);

    expect(await getWithin(1_000)).toBe('token-2');
  });

  it('asks for nothing where the time is up', async () => {
    const { getWithin, server } = await setUp(issueTokens);

    await expect(getWithin(0)).rejects.toMatchObject({ code: 'RUN_OUT_OF_TIME' });
    expect(server.requests).toEqual([]);
  });

  it('waits however far the end of the run is', async () => {
    const { getWithin } = await setUp(issueTokens);

    expect(await getWithin(Number.POSITIVE_INFINITY)).toBe('token-1');
  });

  it('uses the refresh token that replaced the old one', async () => {
    const { clock, get, server } = await setUp(
      inTurn(
        { body: { access_token: 'a', expires_in: 3_600, refresh_token: 'refresh-2' } },
        { body: { access_token: 'b', expires_in: 3_600 } },
      ),
    );
    for (let hour = 0; hour < 3; hour += 1) {
      await get();
      clock.advance(3_600_000);
    }

    expect(
      server.requests.map(({ body }) => new URLSearchParams(body).get('refresh_token')),
    ).toEqual(['refresh-1', 'refresh-2', 'refresh-2']);
  });

  it('keeps its refresh token where the reply has null for one', async () => {
    const reply = { access_token: 'a', expires_in: 1, refresh_token: null };
    const { get, server } = await setUp(inTurn({ body: reply }));

    expect([await get(), await get()]).toEqual(['a', 'a']);
    expect(
      server.requests.map(({ body }) => new URLSearchParams(body).get('refresh_token')),
    ).toEqual(['refresh-1', 'refresh-1']);
  });

  it("asks for the app's own token where there is no refresh token", async () => {
    const server = await startScriptedServer(issueTokens);
    const clock = createVirtualClock();
    const exchange = createTransport(clock.now);
    const credentials = { clientId: 'id', clientSecret: 'secret' };
    const options = {
      accountsUrl: server.url,
      credentials,
      tokenStore: createFixedTokenStore(),
      exchange,
      clock,
    };

    await new AccessTokens(options).get({ deadlineAt: START_MS + 60_000 });

    expect(server.requests.map(({ body }) => body)).toEqual(['grant_type=client_credentials']);
  });

  it('repeats after 5xx, never after 400', async () => {
    const { get, server } = await setUp((request, index) =>
      index < 2 ? { status: 503 } : issueTokens(request, index),
    );
    expect(await get()).toBe('token-3');
    expect(server.requests).toHaveLength(3);

    const refused = await setUp(inTurn({ status: 400, body: { error: 'invalid_request' } }));
    await expect(refused.get()).rejects.toMatchObject({ code: 'APP_NOT_PERMITTED' });
    expect(refused.server.requests).toHaveLength(1);
  });

  it.each([
    ['invalid_grant', 400, 'REAUTH_REQUIRED'],
    ['invalid_client', 400, 'APP_NOT_PERMITTED'],
    ['invalid_client', 401, 'APP_NOT_PERMITTED'],
  ])('turns %s with %d into %s', async (error, status, code) => {
    const { get } = await setUp(inTurn({ status, body: { error } }));

    await expect(get()).rejects.toMatchObject({ code });
  });

  it.each<[string, unknown]>([
    ['no token', { expires_in: 3_600 }],
    ['an empty token', { access_token: '', expires_in: 3_600 }],
    ['no end', { access_token: 'secret-token' }],
    ['a token over two lines', { access_token: 'secret-token\n', expires_in: 3_600 }],
    ['a token with a blank', { access_token: 'a secret-token', expires_in: 3_600 }],
    ['a token that no header can hold', { access_token: 'secret-token-€', expires_in: 3_600 }],
    ['null', 'null'],
  ])('refuses a reply with %s and does not repeat what it holds', async (_fault, body) => {
    const { get } = await setUp(inTurn({ body }));

    const failed = await get().catch((error: unknown) => error);

    expect(failed).toMatchObject({ code: 'SPOTIFY_RESPONSE_INVALID' });
    expect(inspect(failed, { depth: null })).not.toContain('secret-token');
  });
});
