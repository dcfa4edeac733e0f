/** How many items one write may carry. Spotify's 100 would need lists that collide too seldom; with 3, ten items are many writes. */
import type * as model from '../../etl/model/sync.ts';

export const writes = { maxItems: 100 };

/** For `jest.mock` of the model. */
export function withSmallWrites(real: typeof model): typeof model {
  const limit = { get: () => writes.maxItems, enumerable: true };
  return Object.defineProperty({ ...real }, 'MAX_WRITE_ITEMS', limit);
}
