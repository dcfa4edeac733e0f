import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSameVersion, replaceFile, replaceFileWith } from './replace-file.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replace-file-'));
  path = join(folder, 'list.csv');
  await writeFile(path, 'old');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('a reader sees the old or the new content, never a part', async () => {
  const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
  await writeFile(path, contents[0] ?? '');
  let isDone = false;
  const read = async (): Promise<void> => {
    while (!isDone) expect(contents).toContain(await readFile(path, 'utf8'));
  };
  const reading = read();
  for (let round = 0; round < 20; round += 1) {
    await replaceFile(path, contents[round % 2] ?? '', { mode: 0o600 });
  }
  isDone = true;
  await reading;
});

test('sets the mode whatever the umask, and returns the version on disk', async () => {
  const umask = process.umask(0o077);
  const version = await replaceFile(path, 'new', { mode: 0o100664 }).finally(() =>
    process.umask(umask),
  );

  const found = await stat(path, { bigint: true });
  expect(Number(found.mode) & 0o7777).toBe(0o664);
  expect(version !== undefined && isSameVersion(version, found)).toBe(true);
});

test('keeps the old file when it may not be replaced, and leaves nothing behind', async () => {
  const mayReplace = () => Promise.resolve(false);
  expect(await replaceFile(path, 'new', { mode: 0o600, mayReplace })).toBeUndefined();
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['old', ['list.csv']]);
});

test('never writes through a link laid at the temporary name', async () => {
  const target = join(folder, 'target');
  await writeFile(target, 'precious');
  await symlink(target, `${path}.tmp`);

  await replaceFile(path, 'new', { mode: 0o600 });

  expect(await readFile(target, 'utf8')).toBe('precious');
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('a failure leaves the old file', async () => {
  const mayReplace = () => Promise.reject(new Error('failed'));
  await expect(replaceFile(path, 'new', { mode: 0o600, mayReplace })).rejects.toThrow('failed');
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['old', ['list.csv']]);
});

test('what is written piece by piece replaces the file when all of it is there, or not at all', async () => {
  const fail = async (temporary: string): Promise<void> => {
    await writeFile(temporary, 'half');
    throw new Error('the disk is full');
  };
  await expect(replaceFileWith(path, fail)).rejects.toThrow('the disk is full');
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['old', ['list.csv']]);

  await replaceFileWith(path, (temporary) => writeFile(temporary, 'new'));
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['new', ['list.csv']]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
