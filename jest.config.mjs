// Two projects: `unit` is what a developer runs at every save; `system` is wider than one unit.
export const common = {
  transform: {
    '^.+\\.[mc]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } },
    ],
  },
  // Jest runs CommonJS: these packages ship ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!p-map/)'],
  setupFiles: ['<rootDir>/test/support/quiet.mjs'],
  testPathIgnorePatterns: ['/node_modules/', '/.esbuild/', '/.local/', '<rootDir>/.stryker-tmp/'],
  modulePathIgnorePatterns: ['/.esbuild/', '/.serverless/', '/.local/', '<rootDir>/.stryker-tmp/'],
};

export default {
  maxWorkers: 2,
  // No test is about time: a busy machine is no failure.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{etl,handlers,trigger,cli,local,bench}/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'system',
      globalSetup: '<rootDir>/test/support/packages-setup.ts',
      globalTeardown: '<rootDir>/test/support/packages-teardown.ts',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      // These are about DynamoDB Local itself: jest.dynamodb-local.config.mjs.
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, '/test/dynamodb-local/'],
    },
  ],
};
