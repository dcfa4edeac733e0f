/** Distinguishes a process from a later one with the same ID. */
import { readFile } from 'node:fs/promises';
import { isSystemError } from './system-error.ts';

/**
 * When a process was started, as text to compare; `''` if the system does not say. Undefined if there is no such process, or it
 * is a zombie.
 */
export async function findProcessStart(pid: number): Promise<string | undefined> {
  if (!isRunning(pid)) return undefined;
  if (process.platform !== 'linux') return '';
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name, which can contain spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticksSinceBoot = fields[19] ?? '';
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot.trim()}/${ticksSinceBoot}`;
  } catch {
    return isRunning(pid) ? '' : undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user.
    return isSystemError(error, 'EPERM');
  }
}
