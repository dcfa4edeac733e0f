import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 clear up often, for a process whose only work is to go through whole tables. Rows are made and dropped by the
 * million; left to itself V8 lets 100 MB of dropped ones pile up before it looks (measured: bench/export.ts, 270 MB at the
 * peak instead of 160, for a tenth more time).
 */
export function keepHeapSmall(): void {
  for (const flag of [
    '--max-semi-space-size=4',
    '--semi-space-growth-factor=1',
    '--heap-growing-percent=50',
  ]) {
    setFlagsFromString(flag);
  }
}
