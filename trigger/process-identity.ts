/** Which process a lock belongs to: a process ID alone is given out again. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isSystemError } from './usage-error.ts';

/**
 * When a process was started, in whatever form the system has it; undefined where there is no such process or it is dead and
 * only not yet buried. `''` where the system does not say.
 */
export function findProcessStart(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  if (process.platform === 'linux') return readLinuxStart(pid);
  return process.platform === 'win32' ? '' : askPs(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}

/** Ticks since the boot, with the boot: both start anew with the machine. */
function readLinuxStart(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in the second field may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot}/${fields[19] ?? ''}`;
  } catch (error) {
    return isSystemError(error, 'ENOENT', 'ESRCH') && !isRunning(pid) ? undefined : '';
  }
}

function askPs(pid: number): string {
  try {
    // The same process must read the same from a terminal and from cron.
    const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
    const options = { encoding: 'utf8', env } as const;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
  } catch {
    return '';
  }
}
