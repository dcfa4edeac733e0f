import { toWireTime } from './catalogue-items.ts';
import type { CatalogueLike } from './catalogue-model.ts';
import { type SeededRandom } from './seeded-random.ts';

const NEWEST_MS = Date.UTC(2026, 10, 1);
const LONGEST_PAUSE_SECONDS = 20 * 3600;

/** So many of these tracks, each once, newest first. */
export function createLikes(
  random: SeededRandom,
  trackIds: readonly string[],
  count: number,
): CatalogueLike[] {
  if (count > trackIds.length) {
    throw new RangeError(`There are ${trackIds.length} tracks to like: ask for no more.`);
  }
  const left = [...trackIds];
  let addedAtMs = NEWEST_MS;
  return Array.from({ length: count }, () => {
    // A whole album can be liked in one second.
    if (!random.percent(10)) addedAtMs -= random.integer(1, LONGEST_PAUSE_SECONDS) * 1000;
    const [trackId = ''] = left.splice(random.integer(0, left.length - 1), 1);
    return { trackId, addedAt: toWireTime(addedAtMs) };
  });
}
