/** Whether the interval of the album report holds what it says: it covers the true trend. */
import { bootstrapSlope } from '../../etl/transform/robust-statistics.ts';
import { createAlbumPoints } from '../support/album-points.ts';

test.each([0, -1, 2])(
  'a true trend of %d minutes a decade is covered in 85 of 100 catalogues of 30 artists',
  (perDecade) => {
    const covered = Array.from({ length: 100 }, (_, seed) => {
      const points = createAlbumPoints(1_000 * (perDecade + 2) + seed, { artists: 30, perDecade });
      const [low, high] = bootstrapSlope(points, { seed: 1, times: 400 }) ?? [0, 0];
      return low * 10 <= perDecade && perDecade <= high * 10;
    });
    expect(covered.filter(Boolean).length).toBeGreaterThanOrEqual(85);
  },
);
