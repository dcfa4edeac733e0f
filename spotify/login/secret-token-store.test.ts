import { inspect } from 'node:util';
import { closeScriptedServers } from '../../test/support/scripted-server.ts';
import { type SecretsServer, startSecretsServer } from '../../test/support/secrets-server.ts';
import { describeTokenStore, LOGIN } from '../../test/support/token-store-contract.ts';
import { createSecretTokenStore } from './secret-token-store.ts';
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

const at = (endpoint: string, name = NAME): TokenStore =>
  createSecretTokenStore(name, { endpoint, region: 'us-east-1' });

describeTokenStore('a secret as token store', async () => {
  // By hand against another implementation, such as moto_server: SECRETS_ENDPOINT=http://127.0.0.1:5000.
  const other = before.SECRETS_ENDPOINT;
  if (other !== undefined) {
    const name = `${NAME}-${Math.random()}`;
    return { open: () => at(other, name) };
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
  let store: TokenStore;
  beforeEach(async () => {
    server = await startSecretsServer();
    store = at(server.url.origin);
  });

  it('has at most two versions with a label, however often it is replaced', async () => {
    let version = await store.put(LOGIN, undefined);
    for (let turn = 1; turn <= 50; turn += 1) {
      version = await store.put({ ...LOGIN, refresh_token: `refresh-${turn}` }, version);
    }

    expect(version).toBeDefined();
    expect(server.versions(NAME)).toEqual({ labelled: 2, unlabelled: 49 });
  });

  it.each(['CreateSecret', 'PutSecretValue'])(
    'is written once where the answer to %s is lost',
    async (operation) => {
      const first = operation === 'CreateSecret' ? undefined : await store.put(LOGIN, undefined);
      server.failNext(operation, 'lost-answer', 'lost-answer');
      const next = { ...LOGIN, refresh_token: 'next' };
      const failed = await store.put(next, first).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'TOKEN_STORE_UNAVAILABLE' });
      expect(inspect(failed, { depth: null, showHidden: true })).not.toContain('canary');

      const version = await store.put(next, first);

      expect(await store.find()).toEqual({ login: next, version });
    },
  );

  it('made anew is safe from who still holds the old one', async () => {
    const old = await store.put(LOGIN, undefined);
    await store.remove();
    const login = { ...LOGIN, refresh_token: 'new' };
    const version = await store.put(login, undefined);

    expect(await store.put({ ...LOGIN, refresh_token: 'late' }, old)).toBeUndefined();
    expect(await store.find()).toEqual({ login, version });
  });

  it('waits for its name to be free after it was deleted', async () => {
    await store.put(LOGIN, undefined);
    server.slowDeletions(2);
    await store.remove();

    expect(await store.find()).toBeUndefined();
    expect(await store.put(LOGIN, undefined)).toBeDefined();
    expect(server.calls().filter((call) => call === 'CreateSecret')).toHaveLength(3);
  });

  it.each([
    ['GetSecretValue', () => store.find()],
    ['CreateSecret', () => store.put(LOGIN, undefined)],
    ['PutSecretValue', () => store.put(LOGIN, 'arn version')],
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
