import { inspect } from 'node:util';
import { closeScriptedServers } from '../../test/support/scripted-server.ts';
import { type SecretsServer, startSecretsServer } from '../../test/support/secrets-server.ts';
import {
  describeTokenStore,
  getStored,
  hold,
  LOGIN,
  NEW_LOGIN,
  REFRESHED,
} from '../../test/support/token-store-contract.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { SecretTokenStore } from './secret-token-store.ts';
import type { TokenStore } from './token-store.ts';

const NAME = 'spotify-etl-test-login';
const before = process.env;

beforeEach(() => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'canary-aws' };
});
afterEach(async () => {
  process.env = before;
  await closeScriptedServers();
});

const at = (endpoint: string, name = NAME, clock = createVirtualClock()): TokenStore =>
  new SecretTokenStore(name, { endpoint, region: 'us-east-1' }, clock);

describeTokenStore('a secret as token store', async () => {
  // By hand against another implementation, such as moto_server: SECRETS_ENDPOINT=http://127.0.0.1:5000.
  const other = before.SECRETS_ENDPOINT;
  if (other !== undefined) {
    const name = `${NAME}-${Math.random()}`;
    return { open: () => at(other, name), spoil: () => Promise.resolve() };
  }
  const server = await startSecretsServer();
  return {
    open: () => at(server.url.origin),
    spoil: (content) => {
      server.spoil(NAME, content);
      return Promise.resolve();
    },
  };
});

describe('the secret of a login', () => {
  let server: SecretsServer;
  let clock: VirtualClock;
  let store: TokenStore;
  beforeEach(async () => {
    server = await startSecretsServer();
    clock = createVirtualClock();
    store = at(server.url.origin, NAME, clock);
  });

  it('has at most two versions with a label, however often it is replaced', async () => {
    for (let turn = 0; turn <= 50; turn += 1) {
      await store.replace({ ...LOGIN, refresh_token: `refresh-${turn}` });
    }

    expect(server.versions(NAME)).toEqual({ labelled: 2, unlabelled: 49 });
  });

  it('is written once though every answer to CreateSecret is lost', async () => {
    server.failNext('CreateSecret', 'lost-answer', 'lost-answer');
    const failed = await store.replace(LOGIN).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'TOKEN_STORE_UNAVAILABLE' });
    expect(inspect(failed, { depth: null, showHidden: true })).not.toContain('canary');

    expect(await store.replace(LOGIN)).toBe(false);

    expect((await getStored(store)).login).toEqual(LOGIN);
    expect(server.versions(NAME)).toEqual({ labelled: 1, unlabelled: 0 });
  });

  it('is saved once though every answer to PutSecretValue is lost', async () => {
    await store.replace(LOGIN);
    const held = await hold(store);
    server.failNext('PutSecretValue', 'lost-answer', 'lost-answer');
    const failed = await held.save(REFRESHED).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'TOKEN_STORE_UNAVAILABLE' });
    expect(inspect(failed, { depth: null, showHidden: true })).not.toContain('canary');
    const { version } = await getStored(store);

    expect(await held.save(REFRESHED)).toBe(true);
    await held.release();

    expect(await store.find()).toEqual({ login: REFRESHED, version });
  });

  it('is held for 30 seconds at most, and never by a claim from the far future', async () => {
    const login = { ...LOGIN, access_token: 'used', access_token_expires_at: LOGIN.authorized_at };
    await store.replace(login);
    await hold(store);
    const { refresh_claim: claim, ...claimed } = (await getStored(store)).login;
    expect(claimed).toEqual(LOGIN);

    clock.advance(29_999);
    expect(await store.hold(await getStored(store))).toBeUndefined();
    clock.advance(1);
    await (await hold(store)).release();

    const until = new Date(clock.now() + 3_600_000).toISOString();
    await store.replace({ ...LOGIN, refresh_claim: { by: 'wrong clock', until } });
    await hold(store);
  });

  it('takes what a process refreshed whose claim ran out, but not that it was refused', async () => {
    await store.replace(LOGIN);
    const held = await hold(store);
    clock.advance(30_000);
    await hold(store);

    expect(
      await held.save({ ...LOGIN, refused_at: NEW_LOGIN.authorized_at }, { onlyIfHeld: true }),
    ).toBe(false);
    expect(await held.save(REFRESHED)).toBe(true);
    expect((await getStored(store)).login).toEqual(REFRESHED);
  });

  it('made anew is safe from a process that still holds the old one', async () => {
    await store.replace(LOGIN);
    const held = await hold(store);
    await store.remove();
    await store.replace(NEW_LOGIN);

    expect(await held.save(REFRESHED)).toBe(false);
    await held.release();
    expect((await getStored(store)).login).toEqual(NEW_LOGIN);
  });

  it('waits for its name to be free after it was deleted', async () => {
    await store.replace(LOGIN);
    server.slowDeletions(5);
    await store.remove();

    expect(await store.find()).toBeUndefined();
    await store.replace(LOGIN);
    expect(server.calls().filter((call) => call === 'CreateSecret')).toHaveLength(4);
    expect(clock.slept).toEqual([500, 1_000]);
  });

  it.each([
    ['GetSecretValue', () => store.find()],
    ['CreateSecret', () => store.replace(LOGIN)],
    ['PutSecretValue', () => store.hold({ login: LOGIN, version: 'arn version' })],
    ['DeleteSecret', () => store.remove()],
  ])('names what is not permitted: %s', async (operation, call) => {
    server.failNext(operation, { error: 'AccessDeniedException' });

    const failed = await call().catch((error: unknown) => error);

    expect(failed).toMatchObject({ code: 'CONFIG_INVALID' });
    expect((failed as Error).message).toContain(`secretsmanager:${operation}`);
    expect((failed as Error).message).toContain(NAME);
    expect(inspect(failed, { depth: null, showHidden: true })).not.toContain('canary');
  });

  it.each([
    ['ThrottlingException', 400],
    ['InternalServiceError', 500],
  ])('may be had later after %s, which is repeated once', async (error, status) => {
    server.failNext('GetSecretValue', { error, status });
    expect(await store.find()).toBeUndefined();

    server.failNext('GetSecretValue', { error, status }, { error, status });
    await expect(store.find()).rejects.toMatchObject({
      code: 'TOKEN_STORE_UNAVAILABLE',
      retryAfterSeconds: 10,
    });
    expect(server.calls()).toHaveLength(4);
  });
});
