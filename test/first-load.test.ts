import { expectFirstLoad } from './support/first-loads.ts';

describe.each(['A', 'B', 'C'] as const)('A first load with an app of kind %s', (appKind) => {
  test.each([0, 1, 100, 101])(
    'stores a playlist of %i items exactly, in the fewest calls',
    (size) => expectFirstLoad(appKind, size),
  );
});
