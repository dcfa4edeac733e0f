import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onSmallDisk } from '../../test/support/small-disk.ts';
import { createFileDatabase } from './file-database.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

const HOLD_ME = 'BEGIN IMMEDIATE; CREATE TABLE held (a)';

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('a database in a file', () => {
  it('is for its owner alone, with what SQLite puts next to it, in a folder that is made', async () => {
    const path = join(folder, 'new', 'data', 'library.db');
    const database = createFileDatabase(path);

    await database.run([{ sql: 'CREATE TABLE t (a)' }], 1);

    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(await modeOf(file)).toBe('600');
    expect(await modeOf(join(folder, 'new'))).toBe('700');
    await database.close();
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('puts nothing into the temporary folder (seen in /proc, on Linux)', async () => {
    const database = createFileDatabase(join(folder, 'library.db'));
    const big = "SELECT value, randomblob(100000) AS a FROM json_each('[1,2,3,4,5,6,7,8,9,10]')";
    const rows = Array.from({ length: 10 }, () => ({ sql: `INSERT INTO big ${big}` }));
    await database.run([{ sql: `CREATE TEMP TABLE big AS ${big}` }, ...rows], 1);

    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((descriptor) =>
        readlink(`/proc/self/fd/${descriptor}`).catch(() => ''),
      ),
    );
    expect(open).toContain(join(folder, 'library.db'));
    expect(open.filter((name) => name.includes('etilqs'))).toEqual([]);
    await database.close();
  });

  it('opens again after it was closed', async () => {
    const database = createFileDatabase(join(folder, 'library.db'));
    await database.run([{ sql: 'CREATE TABLE t (a)' }], 1);
    await database.close();
    await database.close();

    expect(await database.run([{ sql: 'SELECT count(*) AS n FROM t' }], 1)).toEqual([[{ n: 0 }]]);
    await database.close();
  });

  it('lets a reader read while another program writes, and says that it is in use to a writer', async () => {
    const path = join(folder, 'library.db');
    const writer = createFileDatabase(path);
    await writer.run([{ sql: 'CREATE TABLE t (a)' }], 1);
    const other = spawn(process.execPath, ['-e', HOLDER, path, HOLD_ME]);
    await once(other.stdout, 'data');
    const impatient = createFileDatabase(path, 20);

    expect(await impatient.run([{ sql: 'SELECT count(*) AS n FROM t' }], 1)).toEqual([[{ n: 0 }]]);
    await expect(impatient.run([{ sql: 'INSERT INTO t VALUES (1)' }], 1)).rejects.toMatchObject({
      code: 'TABLE_UNAVAILABLE',
      message: `The library ${path} is in use by another program. Try again in a moment.`,
      retryAfterSeconds: 10,
    });

    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await impatient.run([{ sql: 'INSERT INTO t VALUES (1)' }], 1)).toEqual([[]]);
    await Promise.all([writer.close(), impatient.close()]);
  });

  it('says of a file that is none what it is, and leaves it as it is', async () => {
    const path = join(folder, 'playlists.csv');
    await writeFile(path, 'playlist_uri,request_sent,response\n'.repeat(100));

    await expect(createFileDatabase(path).run([{ sql: 'SELECT 1' }], 1)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `The library ${path} is not a SQLite database. Name another file.`,
    });
    expect((await stat(path)).size).toBe(3_500);
  });

  it('says what is in its way', async () => {
    const taken = join(folder, 'folder');
    await mkdir(taken);
    await writeFile(join(folder, 'file'), '');

    for (const path of [taken, join(folder, 'file', 'library.db')]) {
      await expect(createFileDatabase(path).run([{ sql: 'SELECT 1' }], 1)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/cannot be opened\. .* \((?:EISDIR|ENOTDIR|EEXIST)\)$/),
      });
    }
  });

  onSmallDisk('says that the disk is full, and goes on once there is room', async (disk) => {
    const database = createFileDatabase(join(disk, 'library.db'));
    const fill = { sql: 'INSERT INTO t VALUES (randomblob(3000000))' };
    await database.run([{ sql: 'CREATE TABLE t (a)' }], 1);

    await expect(database.run([fill], 1)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
    expect(await database.run([{ sql: 'INSERT INTO t VALUES (1)' }], 1)).toEqual([[]]);
    await database.close();
  });
});

/** Another program, which holds the database for as long as it lives. */
const HOLDER = `
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const [path, sql] = process.argv.slice(1);
  new DatabaseSync(path).exec(sql);
  console.log('held');
  setInterval(() => {}, 1000);
`;
