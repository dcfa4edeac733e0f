/** From `firstMs` to `lastMs`, both included, in milliseconds since the epoch. */
export type TimeRange = { readonly firstMs: number; readonly lastMs: number };

/** Between the last row of a file and the first of the next nothing is missing, unless it is a file. */
const MAX_PAUSE_MS = 7 * 86_400_000;

/** The times that files with these ranges cover together, in order. A file that is missing between two leaves a hole. */
export function joinRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const joined: TimeRange[] = [];
  for (const range of [...ranges].sort((one, other) => one.firstMs - other.firstMs)) {
    const last = joined.at(-1);
    if (last === undefined || range.firstMs - last.lastMs > MAX_PAUSE_MS) joined.push(range);
    else {
      const lastMs = Math.max(last.lastMs, range.lastMs);
      joined[joined.length - 1] = { firstMs: last.firstMs, lastMs };
    }
  }
  return joined;
}
