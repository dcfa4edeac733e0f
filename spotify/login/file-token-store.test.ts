import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeTokenStore, LOGIN } from '../../test/support/token-store-contract.ts';
import { createFileTokenStore } from './file-token-store.ts';

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
  Promise.resolve({ open: () => createFileTokenStore(path), spoil }),
);

const longAgo = async (file: string, ageMs: number): Promise<void> => {
  const at = new Date(Date.now() - ageMs);
  await utimes(file, at, at);
};

describe('the file of a login', () => {
  it('is its owner’s alone, and so is a folder made for it', async () => {
    await createFileTokenStore(path).put(LOGIN, undefined);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('is narrowed at the next write where it was too open', async () => {
    const store = createFileTokenStore(path);
    await spoil(JSON.stringify(LOGIN));

    await store.put(LOGIN, (await store.find())?.version);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing beside it', async () => {
    const store = createFileTokenStore(path);
    const version = await store.put(LOGIN, undefined);
    await Promise.all([store.put(LOGIN, version), store.put(LOGIN, 'other')]);
    expect(await readdir(dirname(path))).toEqual(['login.json']);

    await store.remove();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('is whole for who reads while it is written', async () => {
    const store = createFileTokenStore(path);
    let version = await store.put(LOGIN, undefined);
    const reads = Promise.all(Array.from({ length: 200 }, () => createFileTokenStore(path).find()));
    for (let turn = 0; turn < 20; turn += 1) {
      version = await store.put({ ...LOGIN, refresh_token: 'x'.repeat(turn * 500 + 1) }, version);
    }

    for (const found of await reads) expect(found?.login.client_id).toBe('client-1');
  });

  it('outlives a process that was killed while it wrote: lock and draft are cleared away', async () => {
    const store = createFileTokenStore(path);
    const version = await store.put(LOGIN, undefined);
    for (const left of [`${path}.lock`, `${path}.killed.tmp`]) {
      await writeFile(left, '');
      await longAgo(left, 70_000);
    }

    const versions = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        createFileTokenStore(path).put({ ...LOGIN, refresh_token: `r-${index}` }, version),
      ),
    );

    expect(versions.filter((found) => found !== undefined)).toHaveLength(1);
    expect(await readdir(dirname(path))).toEqual(['login.json']);
  });

  it('waits for another who is writing', async () => {
    await spoil(JSON.stringify(LOGIN));
    const store = createFileTokenStore(path);
    const version = (await store.find())?.version;
    await writeFile(`${path}.lock`, '');

    const waiting = store.put({ ...LOGIN, refresh_token: 'next' }, version);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await readFile(path, 'utf8')).not.toContain('next');
    await rm(`${path}.lock`);

    expect(await waiting).toBeDefined();
  });

  it.each([
    ['a folder', () => mkdir(path, { recursive: true })],
    ['below a file', () => writeFile(dirname(path), '')],
  ])('is named where it cannot be: %s', async (_what, obstruct) => {
    await obstruct();
    const store = createFileTokenStore(path);

    for (const call of [store.find(), store.put(LOGIN, undefined)]) {
      await expect(call).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(path),
      });
    }
  });
});
