/** Sizes around the ends of pages, and the largest. */
import { expectFirstLoad } from '../support/first-loads.ts';

describe.each(['A', 'B', 'C'] as const)('A first load with an app of kind %s', (appKind) => {
  // Around a page's end at full size once: the kinds differ in the size of their pages alone.
  const sizes = [49, 50, 51, 1_000, 10_000, ...(appKind === 'A' ? [9_999, 10_001] : [])];

  test.each(sizes)('stores a playlist of %i items exactly, in the fewest calls', (size) =>
    expectFirstLoad(appKind, size),
  );
});
