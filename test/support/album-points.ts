/** Simulated lengths of albums with a known trend. */
import type { Point } from '../../etl/transform/robust-statistics.ts';

/** Artists start at any time and have a length of their own; the longer they go on, the more the trend shows. */
export function createAlbumPoints(
  seed: number,
  { artists, perDecade }: { artists: number; perDecade: number },
): Point[] {
  let state = seed * 2_654_435_761;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: artists }, (_, artist) => {
    const [start, own] = [1965 + random() * 45, normal() * 4];
    return Array.from({ length: 4 + Math.floor(random() * 7) }, (_each, album) => {
      const x = start + album * (1 + random() * 3);
      const y = 42 + own + (perDecade * (x - 1990)) / 10 + normal() * 5;
      return { x, y, cluster: String(artist) };
    });
  }).flat();
}
