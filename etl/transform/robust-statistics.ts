/**
 * Statistics that single odd values do not move. Pure.
 *
 * No package: `ml-regression-theil-sen` treats equal dates differently from scipy, and none has Sen's interval, ties and clusters.
 */

export type Point = {
  readonly x: number;
  readonly y: number;
  /** Points of one cluster are not independent. */
  readonly cluster: string;
};

/** The lower and the upper end. */
export type Interval = readonly [low: number, high: number];

/** The normal distribution's quantile at 97.5 %. */
const Z_95 = 1.959963984540054;

/** The middle of sorted values, or of the two in the middle. */
export function medianOf(values: readonly number[]): number | undefined {
  return quantileOf(values, 0.5);
}

/** Linear between the two nearest values, as numpy and R do it. */
export function quantileOf(values: readonly number[], share: number): number | undefined {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (low === undefined || high === undefined) return undefined;
  return low + (high - low) * (at - Math.floor(at));
}

/** Theil and Sen: the median of the slopes between all pairs, and Sen's interval of 95 %. Undefined without two dates. */
export function fitTheilSen(
  points: readonly Pick<Point, 'x' | 'y'>[],
): { readonly slope: number; readonly interval: Interval } | undefined {
  const { pairs, slopes: unsorted } = listPairs(points, MAX_PAIRS);
  const slopes = unsorted.sort();
  const slope = sortedMedian(slopes);
  if (slope === undefined) return undefined;
  const n = points.length;
  const ties = tieSum(points.map(({ x }) => x)) + tieSum(points.map(({ y }) => y));
  // Equal dates and equal lengths together can take more than there is.
  const sigma = Math.sqrt(Math.max(0, n * (n - 1) * (2 * n + 5) - ties) / 18);
  const share = slopes.length / pairs;
  const [lower, upper] = [-1, 1].map((sign) =>
    roundHalfEven((share * (pairs + sign * Z_95 * sigma)) / 2),
  );
  const low = slopes[Math.max((lower ?? 0) - 1, 0)] ?? Number.NaN;
  const high = slopes[Math.min(upper ?? 0, slopes.length - 1)] ?? Number.NaN;
  return { slope, interval: [low, high] };
}

/** Mann and Kendall: how likely values without a trend are as far from one. Two-sided, corrected for ties. */
export function testMannKendall(values: readonly number[]): number {
  const n = values.length;
  let score = 0;
  for (const [at, value] of values.entries()) {
    for (let later = at + 1; later < n; later += 1) {
      score += Math.sign((values[later] ?? 0) - value);
    }
  }
  const variance = (n * (n - 1) * (2 * n + 5) - tieSum(values)) / 18;
  const z = score === 0 ? 0 : (score - Math.sign(score)) / Math.sqrt(variance);
  return complementaryError(Math.abs(z) / Math.SQRT2);
}

/** The median over clusters of their own slopes. A cluster with fewer points than `least` is left out. */
export function fitWithinClusters(points: readonly Point[], least: number): WithinClusters {
  const clusters = [...Map.groupBy(points, ({ cluster }) => cluster).values()];
  const enough = clusters.filter((own) => own.length >= least);
  const slopes = enough.flatMap((own) => fitTheilSen(own)?.slope ?? []);
  return { slope: medianOf(slopes), slopes, points: enough.flat().length };
}

export type WithinClusters = {
  readonly slope: number | undefined;
  /** Of each cluster. */
  readonly slopes: readonly number[];
  /** How many points the clusters have. */
  readonly points: number;
};

/** How likely it is that of so many tosses of a coin at most `heads` are heads. */
export function binomialTail(heads: number, tosses: number): number {
  let term = 0.5 ** tosses;
  let sum = 0;
  for (let k = 0; k <= heads; k += 1) {
    sum += term;
    term *= (tosses - k) / (k + 1);
  }
  return sum;
}

type Bootstrap = { readonly seed: number; readonly times: number };

/**
 * The interval that holds 95 % of the slopes of samples of clusters, drawn with replacement; a little wider, because few clusters
 * vary less than what they are a sample of (Hesterberg 2015, "expanded percentile"). Each pair of points weighs as much as its
 * clusters were drawn, so the slopes are sorted once and not for each sample. Undefined of one cluster: all its samples are equal.
 */
export function bootstrapSlope(
  points: readonly Point[],
  { seed, times }: Bootstrap,
): Interval | undefined {
  const names = [...new Set(points.map(({ cluster }) => cluster))];
  const clusters = names.length;
  if (clusters < 2) return undefined;
  const placeOf = new Map(names.map((name, at) => [name, at]));
  const clusterOf = points.map(({ cluster }) => placeOf.get(cluster) ?? 0);
  const { from, slopes, to } = sortPairs(listPairs(points, MAX_SORTED));
  /** Which two clusters each pair is of, as one number. */
  const kinds = from.map(
    (at, pair) => (clusterOf[at] ?? 0) * clusters + (clusterOf[to[pair] ?? 0] ?? 0),
  );
  const pairsOfKind = new Int32Array(clusters ** 2);
  for (const kind of kinds) pairsOfKind[kind] = (pairsOfKind[kind] ?? 0) + 1;
  const random = createRandom(seed);
  const sampled = Array.from({ length: times }, () => {
    const drawn = new Int32Array(clusters);
    for (let draw = 0; draw < clusters; draw += 1) {
      const at = Math.floor(random() * clusters);
      drawn[at] = (drawn[at] ?? 0) + 1;
    }
    const weights = pairsOfKind.map(
      (_, kind) => (drawn[Math.floor(kind / clusters)] ?? 0) * (drawn[kind % clusters] ?? 0),
    );
    const total = weights.reduce((sum, weight, kind) => sum + weight * (pairsOfKind[kind] ?? 0), 0);
    return total === 0 ? undefined : slopes[findMiddle(kinds, weights, total)];
  }).filter((slope) => slope !== undefined);
  const tail = tailOf(clusters);
  const [low, high] = [tail, 1 - tail].map((share) => quantileOf(sampled, share));
  return low === undefined || high === undefined ? undefined : [low, high];
}

/** Which pair is in the middle by weight. */
function findMiddle(kinds: Int32Array, weights: Int32Array, total: number): number {
  let left = total / 2;
  let at = -1;
  while (left > 0) {
    at += 1;
    left -= weights[kinds[at] ?? 0] ?? 0;
  }
  return at;
}

/** The share of samples to leave out at each end: 2.5 % of many clusters, fewer of few. */
function tailOf(clusters: number): number {
  const free = Math.max(1, clusters - 1);
  const student =
    Z_95 +
    (Z_95 ** 3 + Z_95) / (4 * free) +
    (5 * Z_95 ** 5 + 16 * Z_95 ** 3 + 3 * Z_95) / (96 * free ** 2);
  return complementaryError((student * Math.sqrt(clusters / free)) / Math.SQRT2) / 2;
}

/** The slope of each pair of points with two dates, and the places of the two; of very many pairs a sample. */
type Pairs = {
  /** How many there are, or would be without a sample. */
  readonly pairs: number;
  readonly slopes: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
};

/** Those of 3,000 albums. */
const MAX_PAIRS = 4_500_000;
/** More say no more about an interval. */
const MAX_SORTED = 500_000;

function listPairs(points: readonly Pick<Point, 'x' | 'y'>[], most: number): Pairs {
  const all = (points.length * (points.length - 1)) / 2;
  const share = Math.min(1, most / all);
  // A sample is never so much larger than it should be.
  const room = Math.min(all, Math.ceil(most * 1.1));
  const slopes = new Float64Array(room);
  const [from, to] = [new Int32Array(room), new Int32Array(room)];
  const random = createRandom(1);
  let [count, pairs] = [0, 0];
  points.forEach((one, at) => {
    points.forEach((other, later) => {
      if (other.x <= one.x) return;
      pairs += 1;
      if (share < 1 && random() >= share) return;
      slopes[count] = (other.y - one.y) / (other.x - one.x);
      from[count] = at;
      to[count] = later;
      count += 1;
    });
  });
  return {
    pairs,
    slopes: slopes.subarray(0, count),
    from: from.subarray(0, count),
    to: to.subarray(0, count),
  };
}

/** By slope. */
function sortPairs({ from, pairs, slopes, to }: Pairs): Pairs {
  const order = new Uint32Array(slopes.length).map((_, at) => at);
  order.sort((one, other) => (slopes[one] ?? 0) - (slopes[other] ?? 0));
  return {
    pairs,
    slopes: Float64Array.from(order, (at) => slopes[at] ?? 0),
    from: Int32Array.from(order, (at) => from[at] ?? 0),
    to: Int32Array.from(order, (at) => to[at] ?? 0),
  };
}

function sortedMedian(sorted: Float64Array): number | undefined {
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** What equal values take from the variance, times 18. */
function tieSum(values: readonly number[]): number {
  const counts = [...Map.groupBy(values, (value) => value).values()].map(({ length }) => length);
  return counts.reduce((sum, k) => sum + k * (k - 1) * (2 * k + 5), 0);
}

/** As numpy rounds. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value);
}

/** `erfc` for x ≥ 0: a series near 0, a continued fraction beyond; right to 14 digits. */
function complementaryError(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n += 1) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n -= 1) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** Mulberry32: the same numbers for the same seed, at least 0 and below 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
