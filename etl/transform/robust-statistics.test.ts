import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createAlbumPoints } from '../../test/support/album-points.ts';
import {
  binomialTail,
  bootstrapSlope,
  fitTheilSen,
  fitWithinClusters,
  medianOf,
  quantileOf,
  testMannKendall,
} from './robust-statistics.ts';

type Fixture = {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly slope: number;
  readonly interval: readonly [number, number];
  readonly p_value: number;
};

const { sets } = JSON.parse(
  readFileSync(join(__dirname, '../../test/fixtures/statistics/theil-sen.json'), 'utf8'),
) as { sets: Fixture[] };

const toPoints = ({ x, y }: Pick<Fixture, 'x' | 'y'>) =>
  x.map((each, at) => ({ x: each, y: y[at] ?? 0 }));

/** To 1e-9, absolutely and in proportion. */
function expectClose(value: number | undefined, expected: number): void {
  expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-9);
}

describe.each(sets)('$name', (fixture) => {
  it('has the slope and the interval of scipy.stats.theilslopes', () => {
    const fit = fitTheilSen(toPoints(fixture));
    expectClose(fit?.slope, fixture.slope);
    expectClose(fit?.interval[0], fixture.interval[0]);
    expectClose(fit?.interval[1], fixture.interval[1]);
  });

  it('has the p-value of pymannkendall', () => {
    expectClose(testMannKendall(fixture.y), fixture.p_value);
  });
});

const points = fc.array(
  fc.record({ x: fc.integer({ min: 1960, max: 2030 }), y: fc.integer({ min: 1, max: 200 }) }),
  { minLength: 3, maxLength: 40 },
);

describe('the slope', () => {
  it('grows with the scale, turns with the sign, and does not move with what is added', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: -9, max: 9 }), fc.integer(), (given, scale, shift) => {
        const fit = fitTheilSen(given);
        const moved = fitTheilSen(
          given.map(({ x, y }) => ({ x: x + 7, y: y * scale + (shift % 999) })),
        );
        if (fit === undefined) expect(moved).toBeUndefined();
        else expect(moved?.slope).toBeCloseTo(fit.slope * scale, 6);
      }),
    );
  });

  it('is that of a line, whatever a quarter of the points says', () => {
    const line = Array.from({ length: 40 }, (_, at) => ({
      x: at,
      y: at % 9 === 0 ? 999 : 5 - 2 * at,
    }));
    expect(fitTheilSen(line)?.slope).toBeCloseTo(-2, 9);
  });

  it('does not depend on the order of the points', () => {
    fc.assert(
      fc.property(points, (given) => {
        expect(fitTheilSen([...given].reverse())).toEqual(fitTheilSen(given));
      }),
    );
  });

  it.each([[[]], [[{ x: 2000, y: 40 }]], [[2, 5, 9].map((y) => ({ x: 2000, y }))]])(
    'is unknown of %j',
    (given) => {
      expect(fitTheilSen(given)).toBeUndefined();
    },
  );
});

test('quantiles are those of numpy', () => {
  expect([0, 0.25, 0.5, 0.975, 1].map((share) => quantileOf([4, 1, 3, 2], share))).toEqual([
    1, 1.75, 2.5, 3.925, 4,
  ]);
  expect(medianOf([])).toBeUndefined();
});

describe('the interval of samples of artists', () => {
  it('is the same for the same seed, and another one for another', () => {
    const catalogue = createAlbumPoints(7, { artists: 30, perDecade: 0 });
    const [one, again, other] = [1, 1, 2].map((seed) =>
      bootstrapSlope(catalogue, { seed, times: 200 }),
    );
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('is wider than if all albums were independent', () => {
    const catalogue = createAlbumPoints(3, { artists: 8, perDecade: 0 });
    const each = catalogue.map((point, at) => ({ ...point, cluster: String(at) }));
    const [wide, narrow] = [catalogue, each].map((given) => {
      const [low, high] = bootstrapSlope(given, { seed: 5, times: 400 }) ?? [0, 0];
      return high - low;
    });
    expect(wide).toBeGreaterThan(narrow ?? 0);
  });
});

test('tosses of a coin', () => {
  expect([binomialTail(0, 3), binomialTail(5, 10)]).toEqual([0.125, 638 / 1024]);
  expect(binomialTail(7, 7)).toBe(1);
});

test('slopes within artists do not see what lies between artists', () => {
  const early = Array.from({ length: 5 }, (_, at) => ({
    x: 1970 + at,
    y: 60 + at,
    cluster: 'early',
  }));
  const late = Array.from({ length: 5 }, (_, at) => ({
    x: 2010 + at,
    y: 30 + at,
    cluster: 'late',
  }));
  const few = [{ x: 1990, y: 1, cluster: 'few' }];
  expect(fitTheilSen([...early, ...late])?.slope).toBeLessThan(0);
  expect(fitWithinClusters([...early, ...late, ...few], 3)).toEqual({
    ...{ slope: 1, slopes: [1, 1], points: 10 },
  });
});
