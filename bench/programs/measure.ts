import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** The measures of work in a separate process. */
export type Measurement = {
  /** From the first line of the work to its result. */
  readonly wallMs: number;
  /** Processor time of the same stretch, all threads. */
  readonly cpuMs: number;
  /** The most memory the process has held, from its start on. */
  readonly peakRssMb: number;
};

/**
 * Does the work in this fresh process, and `repeats` times more when the parent says so. Sends the measures and results to the
 * parent.
 */
export async function measure(work: () => unknown, repeats = 0): Promise<void> {
  await measureOnce(work);
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    await once(process, 'message');
    await measureOnce(work);
  }
  process.disconnect();
}

async function measureOnce(work: () => unknown): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const outcome = await work();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const measurement: Measurement = {
    wallMs,
    cpuMs: (user + system) / 1_000,
    peakRssMb: peakRssMb(),
  };
  process.send?.({ ...measurement, outcome });
}

/**
 * On Linux, `maxRSS` of a young process is at least what its parent held when it forked; the high-water mark of its own
 * memory map is not.
 */
function peakRssMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1_024;
  const mark = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(mark) / 1_024;
}
