// Mutation testing of what decides, by `npm run test:mutation`; docs/mutation-testing.md says what survives and why.
export default {
  mutate: [
    'etl/transform/*.ts',
    'etl/load/{playlist,write-plan}.ts',
    'stores/dynamodb/item-size.ts',
    'spotify/retry-policy.ts',
    'spotify/quota/{ledger,pace,reservation}.ts',
    '!**/*.test.ts',
  ],
  testRunner: 'jest',
  jest: { configFile: 'jest.mutation.config.mjs' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Nothing here is about time, and a busy machine is no mutant killed.
  timeoutMS: 20_000,
  ignorePatterns: ['/.*', '/results', '/docs', '/bench', '/dist', '!/.npmrc'],
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  tempDirName: '.stryker-tmp',
  thresholds: { high: 95, low: 90, break: 90 },
  allowConsoleColors: false,
};
