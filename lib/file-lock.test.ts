import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileLock, LockedError, lockFile } from './file-lock.ts';

const clock = {
  now: Date.now,
  random: Math.random,
  sleep: async (ms: number) => {
    await sleep(ms);
  },
};
const options = { clock, busy: 'Another run is at work' };
const TWO_DAYS_MS = 172_800_000;

let folder: string;
let path: string;
let deadPid: number;

beforeAll(async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  deadPid = child.pid ?? 0;
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-lock-'));
  path = join(folder, 'list.csv.lock');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const holder = (of: object): string =>
  JSON.stringify({ pid: process.pid, started: '', host: hostname(), since: 'then', ...of });

async function age(file: string, ms: number): Promise<void> {
  const then = new Date(Date.now() - ms);
  await utimes(file, then, then);
}

/** A holder's file as a process of this version leaves it. */
async function leaveHolder(of: object): Promise<string> {
  await mkdir(path);
  const file = join(path, '00000000-0000-4000-8000-000000000000');
  await writeFile(file, holder(of));
  return file;
}

test('a second process is refused with the first one’s ID, and gets the lock after its release', async () => {
  const first = await lockFile(path, options);

  const refused = lockFile(path, options);
  await expect(refused).rejects.toThrow(LockedError);
  await expect(refused).rejects.toThrow(
    new RegExp(`^Another run is at work \\(process ${process.pid}, started \\d\\d:\\d\\d\\)\\.$`),
  );
  await first.release();

  const second = await lockFile(path, options);
  expect([await first.isHeld(), await second.isHeld(), second.takeover]).toEqual([
    false,
    true,
    undefined,
  ]);
  await second.release();
  expect(await readdir(folder)).toEqual([]);
});

test('waits for the lock if told to', async () => {
  const first = await lockFile(path, options);
  const waiting = lockFile(path, { ...options, waitMs: 20_000 });
  await sleep(100);
  await first.release();

  await (await waiting).release();
});

test.each(['free', 'left by a dead process'])(
  'of twenty at once exactly one gets a lock that is %s',
  async (state) => {
    for (let round = 0; round < 20; round += 1) {
      if (state !== 'free') await leaveHolder({ pid: deadPid });

      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => lockFile(path, options)),
      );

      const held = results.flatMap((result): FileLock[] =>
        result.status === 'fulfilled' ? [result.value] : [],
      );
      expect(held).toHaveLength(1);
      expect(await held[0]?.isHeld()).toBe(true);
      await held[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }
  },
);

test('nobody is inside together, and a counter loses no step', async () => {
  const counter = join(folder, 'counter');
  await writeFile(counter, '0');
  const step = async (): Promise<void> => {
    const lock = await lockFile(path, { ...options, waitMs: 60_000 });
    await writeFile(counter, String(Number(await readFile(counter, 'utf8')) + 1));
    await lock.release();
  };
  await Promise.all(Array.from({ length: 40 }, step));
  expect(await readFile(counter, 'utf8')).toBe('40');
});

describe('A holder counts as dead', () => {
  test('whose process has ended, and the takeover says so', async () => {
    await leaveHolder({ pid: deadPid, since: new Date().toISOString() });
    const lock = await lockFile(path, options);
    expect(lock.takeover).toMatch(
      new RegExp(`from a process that is gone \\(process ${deadPid}, started \\d\\d:\\d\\d\\)`),
    );
    await lock.release();
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('whose process ID belongs to a later process', async () => {
    await leaveHolder({ started: 'another-boot/1' });
    await (await lockFile(path, options)).release();
  });

  test('on another machine once it has not renewed for ten minutes', async () => {
    const file = await leaveHolder({ host: 'elsewhere' });
    await age(file, 590_000);
    await expect(lockFile(path, options)).rejects.toThrow(/on elsewhere/);
    await age(file, 610_000);
    await (await lockFile(path, options)).release();
  });

  test.each([
    ['a lock', () => leaveHolder({})],
    ['a lock of version 0.1', () => Promise.resolve(path)],
  ])('that was killed before it could write its name: %s', async (_, leave) => {
    const file = await leave();
    await writeFile(file, '');
    await age(file, 1_500);

    const lock = await lockFile(path, options);

    expect(lock.takeover).toBe(`Took over ${path} from a process that is gone.`);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each(['{"pid":', '{"pid":-1}', 'null'])('that left only %j', async (text) => {
    // A file instead of a folder, as version 0.1 had it.
    await writeFile(path, text);
    await age(path, 5_000);
    await expect(lockFile(path, options)).rejects.toThrow(/^Another run is at work\.$/);
    await age(path, TWO_DAYS_MS);

    const lock = await lockFile(path, options);

    expect(lock.takeover).toBe(`Took over ${path} from a process that is gone.`);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

test('a live process of version 0.1 keeps its lock', async () => {
  await writeFile(path, holder({ id: 'x' }));
  await expect(lockFile(path, options)).rejects.toThrow(LockedError);
});

test('who was taken over learns it, and its release leaves the lock to the next holder', async () => {
  const frozen = await lockFile(path, options);
  const [name = ''] = await readdir(path);
  await writeFile(join(path, name), holder({ host: 'elsewhere' }));
  await age(join(path, name), TWO_DAYS_MS);
  const next = await lockFile(path, options);

  expect(await frozen.isHeld()).toBe(false);
  await frozen.release();
  expect(await next.isHeld()).toBe(true);
  await next.release();
});

test('what is no lock is refused at once and left alone', async () => {
  execFileSync('mkfifo', [path]);
  await expect(lockFile(path, options)).rejects.toThrow('it is not a lock. Remove it.');
  expect(await readdir(folder)).toHaveLength(1);
});
