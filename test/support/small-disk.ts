/** A disk of a test's own, which takes root and the tools of Linux. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

/** A test that is skipped, with the reason in its name, where nobody may mount a disk. */
export function onSmallDisk(
  name: string,
  work: (disk: string) => Promise<void>,
  megabytes = 2,
): void {
  if (!isRoot) test.skip(`${name} (skipped: only root on Linux can mount a disk)`, () => undefined);
  else test(name, () => withSmallDisk(work, megabytes));
}

async function withSmallDisk(
  work: (disk: string) => Promise<void>,
  megabytes: number,
): Promise<void> {
  const disk = await mkdtemp(join(tmpdir(), 'spotify-etl-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]);
  try {
    await work(disk);
  } finally {
    execFileSync('umount', ['--lazy', disk]);
    await rm(disk, { recursive: true });
  }
}
