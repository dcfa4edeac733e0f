/** A handful of repeated measurements of one thing. */
export type Samples = { readonly median: number; readonly min: number; readonly max: number };

export function summarise(values: readonly number[]): Samples {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(
    Math.floor((sorted.length - 1) / 2),
    Math.floor(sorted.length / 2) + 1,
  );
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error('Nothing was measured.');
  return { median: middle.reduce((sum, value) => sum + value, 0) / middle.length, min, max };
}

/** Median, and in brackets the smallest and the largest. */
export function toCell({ median, min, max }: Samples): string {
  return `${Math.round(median)} (${Math.round(min)}–${Math.round(max)})`;
}

/** Our time divided by the floor's: the median of the ratios of neighbouring runs, so other load on the machine affects both. */
export function ratioOf(ours: readonly number[], floor: readonly number[]): number {
  const ratios = ours.flatMap((value, run) => {
    const neighbour = floor[run];
    return neighbour === undefined ? [] : [value / neighbour];
  });
  return summarise(ratios).median;
}
