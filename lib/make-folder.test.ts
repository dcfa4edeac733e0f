import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-folder-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('makes a folder, those above it, and none that is there', async () => {
  const path = join(folder, 'a', 'b', 'c');

  await makeFolder(path, 0o700);
  await makeFolder(path, 0o700);
  await makeFolder('/');

  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['c']);
  expect((await stat(join(folder, 'a'))).mode % 0o1000).toBe(0o700);
});

it('refuses a file, and what is below one', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');

  await expect(makeFolder(file)).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(file, 'a', 'b'))).rejects.toThrow('ENOTDIR');
});

const hasProc = process.platform === 'linux';
const inProc = hasProc ? it : it.skip;
const why = hasProc ? '' : ' (skipped: there is no /proc)';

inProc(`gives up where the system makes no folder${why}`, async () => {
  await expect(makeFolder('/proc/of-nobody/a')).rejects.toThrow('ENOENT');
});
