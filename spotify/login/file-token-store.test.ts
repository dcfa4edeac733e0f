import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  describeTokenStore,
  getStored,
  hold,
  LOGIN,
  NEW_LOGIN,
  REFRESHED,
} from '../../test/support/token-store-contract.ts';
import { FileTokenStore } from './file-token-store.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-tokens-'));
  path = join(folder, 'kept', 'login.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const spoil = async (content: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
};

describeTokenStore('a file as token store', () =>
  Promise.resolve({ open: () => new FileTokenStore(path), spoil }),
);

describe('the file of a login', () => {
  it('is its owner’s alone, and so is a folder made for it', async () => {
    await new FileTokenStore(path).replace(LOGIN);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('is narrowed at the next write if it was too open', async () => {
    const store = new FileTokenStore(path);
    await spoil(JSON.stringify(LOGIN));

    await (await hold(store)).save(REFRESHED);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('has nothing left beside it', async () => {
    const store = new FileTokenStore(path);
    await store.replace(LOGIN);
    const held = await hold(store);
    await held.save(REFRESHED);
    await held.release();
    expect(await readdir(dirname(path))).toEqual(['login.json']);

    await store.remove();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('is whole to a reader while it is written', async () => {
    const store = new FileTokenStore(path);
    await store.replace(LOGIN);
    const reads = Promise.all(Array.from({ length: 200 }, () => new FileTokenStore(path).find()));
    for (let turn = 0; turn < 20; turn += 1) {
      await store.replace({ ...LOGIN, refresh_token: 'x'.repeat(turn * 500 + 1) });
    }

    for (const found of await reads) expect(found?.login.client_id).toBe('client-1');
  });

  it('is not changed while a process holds it: a new login waits', async () => {
    const store = new FileTokenStore(path);
    await store.replace(LOGIN);
    const held = await hold(store);

    const waiting = new FileTokenStore(path).replace(NEW_LOGIN);
    await held.save(REFRESHED);
    expect((await getStored(store)).login).toEqual(REFRESHED);
    await held.release();

    expect(await waiting).toBe(true);
    expect((await getStored(store)).login).toEqual(NEW_LOGIN);
  });

  it('takes what a process refreshed that has lost its hold, but not that it was refused', async () => {
    const store = new FileTokenStore(path);
    await store.replace(LOGIN);
    const held = await hold(store);
    await rm(`${path}.lock`, { recursive: true });

    expect(await held.save({ ...LOGIN, refused_at: 'now' }, { onlyIfHeld: true })).toBe(false);
    expect(await held.save(REFRESHED)).toBe(true);
    // The login that was held is gone.
    expect(await held.save({ ...LOGIN, refresh_token: 'late' })).toBe(false);
    expect((await getStored(store)).login).toEqual(REFRESHED);
  });

  it('can have been written by the version of November 2026', async () => {
    const claim = { by: 'gone', until: new Date(Date.now() + 20_000).toISOString() };
    await spoil(JSON.stringify({ ...LOGIN, refresh_claim: claim, replaces: 'a hash' }));
    const store = new FileTokenStore(path);

    expect(await (await hold(store)).save(REFRESHED)).toBe(true);

    expect((await getStored(store)).login).toEqual(REFRESHED);
  });

  it.each([
    ['a folder', () => mkdir(path, { recursive: true })],
    ['below a file', () => writeFile(dirname(path), '')],
  ])('is named where it cannot be: %s', async (_what, obstruct) => {
    await obstruct();
    const store = new FileTokenStore(path);

    for (const call of [store.find(), store.replace(LOGIN)]) {
      await expect(call).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(path),
      });
    }
  });
});
