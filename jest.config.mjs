// One project per tier. `npm test` runs `unit` and `system`; CONTRIBUTING.md says what the others are for.
export const common = {
  transform: {
    '^.+\\.[mc]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } },
    ],
  },
  // Jest runs CommonJS: these packages ship ES modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!(?:p-limit|p-map|p-retry|is-network-error|yocto-queue|hyparquet(?:-writer)?|echarts|zrender|tslib)/)',
  ],
  setupFiles: ['<rootDir>/test/support/quiet.mjs', '<rootDir>/test/support/one-realm.mjs'],
  // Not in the temporary folder, where it would be taken for something that a test left behind.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testPathIgnorePatterns: ['/node_modules/', '/.esbuild/', '/.local/', '<rootDir>/.stryker-tmp/'],
  modulePathIgnorePatterns: [
    '/.esbuild/',
    '/.serverless/',
    '/.local/',
    '<rootDir>/.stryker-tmp/',
    '<rootDir>/dist/',
  ],
};

/** A tier whose tests start programs and packages. */
const tier = (displayName, ...testMatch) => ({
  ...common,
  displayName,
  globalSetup: '<rootDir>/test/support/system-setup.ts',
  testMatch,
});

export default {
  // One more than the cores of a small machine: many tests wait for a process or a socket.
  maxWorkers: 3,
  // No test is about time: a busy machine is no failure.
  testTimeout: 120_000,
  globalTeardown: '<rootDir>/test/support/nothing-left.ts',
  projects: [
    {
      ...common,
      displayName: 'unit',
      globalSetup: '<rootDir>/test/support/own-tmpdir.ts',
      testMatch: [
        '<rootDir>/{lib,etl,charts,dashboard,stores,spotify,app,handlers,trigger,cli,local,bench}/**/*.test.ts',
      ],
    },
    tier('system', '<rootDir>/test/*.test.ts'),
    tier('stress', '<rootDir>/test/stress/*.test.ts'),
    tier('template', '<rootDir>/test/template/*.test.ts'),
    tier('deploy', '<rootDir>/test/deploy/*.test.ts'),
    {
      ...tier(
        'dynamodb-local',
        '<rootDir>/stores/dynamodb/**/*.test.ts',
        '<rootDir>/test/{first-load,second-run}.test.ts',
        '<rootDir>/test/dynamodb-local/*.test.ts',
      ),
      globalSetup: '<rootDir>/test/dynamodb-local/setup.ts',
      globalTeardown: '<rootDir>/test/dynamodb-local/teardown.ts',
    },
  ],
};
