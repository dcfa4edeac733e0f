// What Stryker runs: the unit tests of what it mutates, and no others.
import { common } from './jest.config.mjs';

export default {
  ...common,
  testMatch: [
    '<rootDir>/{etl/{transform,load},spotify/quota}/*.test.ts',
    '<rootDir>/spotify/retry-policy.test.ts',
    '<rootDir>/stores/dynamodb/item-size.test.ts',
  ],
};
