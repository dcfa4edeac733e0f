import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  closeScriptedServers,
  type ScriptedReply,
  startScriptedServer,
} from '../../test/support/scripted-server.ts';
import { hasSqld, startSqld } from '../../test/support/sqld.ts';
import type { Statement } from './database.ts';
import { openDatabase } from './open-database.ts';

const TOKEN = 'canary-token-1';
const SELECT: readonly Statement[] = [{ sql: 'SELECT 1 AS one' }];

afterEach(closeScriptedServers);

/** What a call fails with where a server answers so. */
async function failureOf(reply: ScriptedReply, token: string | null = TOKEN): Promise<unknown> {
  const { url } = await startScriptedServer(() => reply);
  const database = openDatabase(url.href, token ?? undefined);
  const failure = await database.run(SELECT, 2_000).catch((error: unknown) => error);
  await database.close();
  expect(inspect(failure, { depth: null, showHidden: true })).not.toContain('canary');
  return failure;
}

const opened = '{"baton":null,"base_url":null}\n';
const begun = `${opened}{"type":"step_begin","step":0,"cols":[]}\n{"type":"step_end","step":0,"affected_row_count":0}\n`;

describe('a database on a server', () => {
  test.each<[string, ScriptedReply]>([
    ['500', { status: 500 }],
    ['502 with a page', { status: 502, body: '<html>Bad gateway</html>' }],
    ['429', { status: 429 }],
    ['a page with 200', { body: '<html>Welcome</html>' }],
    ['nothing with 200', { body: '' }],
    ['an empty object with 200', { body: '{}' }],
    ['a transaction that ends before its statement', { body: begun }],
    ['an answer that breaks off', { body: begun, end: 'cut' }],
    ['no answer in time', { end: 'never' }],
  ])('has not answered where there is %s', async (_, reply) => {
    expect(await failureOf(reply)).toMatchObject({
      code: 'TABLE_UNAVAILABLE',
      message: expect.stringContaining('gives no answer'),
      retryAfterSeconds: 10,
    });
  });

  test.each([
    [401, TOKEN, /does not accept TURSO_AUTH_TOKEN/],
    [401, null, /needs a token\. Set TURSO_AUTH_TOKEN/],
    [403, TOKEN, /TURSO_AUTH_TOKEN may not do this/],
    [404, TOKEN, /There is no database at/],
  ])('says of %i what to do', async (status, token, message) => {
    expect(await failureOf({ status }, token)).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });

  test('asks with a token that its server has signed, and says what is wrong with another', async () => {
    if (!hasSqld) return;
    const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-key-'));
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const keyFile = join(folder, 'key.pem');
    await writeFile(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
    const { close, url } = await startSqld(keyFile);
    const run = (token?: string): Promise<unknown> => openDatabase(url, token).run(SELECT, 5_000);

    expect(await run(createToken(privateKey, { a: 'rw' }))).toEqual([[{ one: 1 }]]);
    await expect(run()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    for (const token of [TOKEN, createToken(privateKey, { a: 'rw', exp: 1 })]) {
      await expect(run(token)).rejects.toThrow(/does not accept TURSO_AUTH_TOKEN/);
    }
    await close();
    await rm(folder, { recursive: true });
  });

  test('gives no answer where nothing listens', async () => {
    const run = openDatabase('http://127.0.0.1:9').run(SELECT, 2_000);

    await expect(run).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
  });
});

/** A JSON web token, as `turso db tokens create` makes them. */
function createToken(key: KeyObject, claims: object): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'EdDSA', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

describe('the place of a library', () => {
  test.each(['library.db', './data/library.db', '/data/a:b.db', String.raw`C:\data\library.db`])(
    'is a file: %s',
    (path) => {
      expect(openDatabase(path).place).toBe(path);
    },
  );

  test.each([
    ['libsql://mine-me.turso.io', 'libsql://mine-me.turso.io'],
    ['https://mine-me.turso.io/', 'https://mine-me.turso.io'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('is a server: %s', (address, place) => {
    expect(openDatabase(address, TOKEN).place).toBe(place);
  });

  test.each([
    'http://mine-me.turso.io',
    'libsql://mine-me.turso.io?authToken=canary',
    'https://canary:canary@mine-me.turso.io',
    'postgres://canary',
    'file:canary.db',
    'https://',
  ])('is neither, and is not repeated: %s', (place) => {
    const opening = (): unknown => openDatabase(place);

    expect(opening).toThrow(/^A library is a file, or the address of a libSQL server/);
    expect(opening).not.toThrow(/canary/);
  });

  test('takes no token that cannot be sent, and does not repeat it', () => {
    const opening = (): unknown => openDatabase('libsql://mine', 'canary\n');

    expect(opening).toThrow('TURSO_AUTH_TOKEN has characters that no token has.');
  });
});
