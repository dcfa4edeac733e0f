// What Stryker runs: the unit tests of what it mutates, and no others.
import { common } from './jest.config.mjs';

export default {
  ...common,
  testMatch: [
    '<rootDir>/etl/{transform,load,gate}/*.test.ts',
    '<rootDir>/etl/spotify/retry-policy.test.ts',
  ],
};
