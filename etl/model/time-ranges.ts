import type { TimeRange } from './imports.ts';

/** An export is cut into files wherever one is full. A file that is missing has months. */
const MAX_PAUSE_MS = 7 * 86_400_000;

/** The times that these files of an export cover together: a pause as between two files is covered, a missing file is not. */
export function uniteRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const united: TimeRange[] = [];
  for (const range of [...ranges].sort((one, other) => one.firstMs - other.firstMs)) {
    const last = united.at(-1);
    if (last === undefined || range.firstMs - last.lastMs > MAX_PAUSE_MS) united.push(range);
    else united.splice(-1, 1, { ...last, lastMs: Math.max(last.lastMs, range.lastMs) });
  }
  return united;
}
