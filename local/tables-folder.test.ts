import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { assertUsable } from './tables-folder.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-tables-'));
  path = join(folder, 'dynamodb');
  const database = new Level(path);
  for (const key of ['a', 'b', 'c']) await database.put(key, 'x'.repeat(20_000));
  await database.close();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function find(kind: RegExp): Promise<string> {
  return join(path, (await readdir(path)).find((name) => kind.test(name)) ?? 'none');
}

/** Writes over the beginning of the file. */
async function spoil(kind: RegExp): Promise<void> {
  const file = await find(kind);
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill('x', 0, 20));
}

it('takes a folder that is whole, and one that is not there yet', async () => {
  await expect(assertUsable(path)).resolves.toBeUndefined();
  await expect(assertUsable(join(folder, 'new'))).resolves.toBeUndefined();
  await expect(assertUsable(path)).resolves.toBeUndefined();
});

it('takes the end that a power cut has left half written', async () => {
  await appendFile(await find(/\.log$/), Buffer.from([1, 2, 3, 4]));

  await expect(assertUsable(path)).resolves.toBeUndefined();
});

it.each([
  ['a missing CURRENT', 'CURRENT is missing', () => rm(join(path, 'CURRENT'))],
  ['a damaged CURRENT', 'No such file', () => writeFile(join(path, 'CURRENT'), 'garbage\n')],
  ['a damaged manifest', 'Corruption', () => spoil(/^MANIFEST/)],
  ['damaged rows', 'rows are lost', () => spoil(/\.log$/)],
])('refuses %s, every time, and names the folder and the way out', async (_what, why, damage) => {
  await damage();

  await expect(assertUsable(path)).rejects.toThrow(why);
  await expect(assertUsable(path)).rejects.toThrow(why);
  await expect(assertUsable(path)).rejects.toThrow(`mv '${path}' '${path}.damaged'`);
});

it('refuses a folder that another program uses, and a file in its place', async () => {
  const database = new Level(path);
  await database.open();
  await expect(assertUsable(path)).rejects.toThrow(/in use by another program.*DATA_DIR/);
  await database.close();

  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(assertUsable(file)).rejects.toThrow(file);
});
