// The second opinion: everything that is about what lands in tables, on AWS's own DynamoDB Local. Needs Java 17.
import config, { common } from './jest.config.mjs';

export default {
  ...common,
  maxWorkers: 2,
  testTimeout: config.testTimeout,
  globalSetup: '<rootDir>/test/support/dynamodb-local-setup.ts',
  globalTeardown: '<rootDir>/test/support/dynamodb-local-teardown.ts',
  testMatch: [
    '<rootDir>/stores/dynamodb/**/*.test.ts',
    '<rootDir>/test/{first-load,second-run}.test.ts',
    '<rootDir>/test/dynamodb-local/*.test.ts',
  ],
};
