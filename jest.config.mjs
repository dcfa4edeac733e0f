// Two projects: `unit` is what a developer runs at every save; `system` is wider than one unit.
export const common = {
  transform: {
    '^.+\\.[mc]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } },
    ],
  },
  // Jest runs CommonJS: these packages ship ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(?:p-map|p-retry|is-network-error)/)'],
  setupFiles: ['<rootDir>/test/support/quiet.mjs', '<rootDir>/test/support/one-realm.mjs'],
  testPathIgnorePatterns: ['/node_modules/', '/.esbuild/', '/.local/', '<rootDir>/.stryker-tmp/'],
  modulePathIgnorePatterns: [
    '/.esbuild/',
    '/.serverless/',
    '/.local/',
    '<rootDir>/.stryker-tmp/',
    '<rootDir>/dist/',
  ],
};

export default {
  // One more than the cores of a small machine: many tests wait for a process or a socket.
  maxWorkers: 3,
  // No test is about time: a busy machine is no failure.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{lib,etl,stores,spotify,app,handlers,trigger,cli,local,bench}/**/*.test.ts',
      ],
    },
    {
      ...common,
      displayName: 'system',
      globalSetup: '<rootDir>/test/support/system-setup.ts',
      globalTeardown: '<rootDir>/test/support/system-teardown.ts',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      // These are about DynamoDB Local itself, and about a deploy: each has a configuration of its own.
      testPathIgnorePatterns: [
        ...common.testPathIgnorePatterns,
        '/test/dynamodb-local/',
        '/test/deploy/',
      ],
    },
  ],
};
