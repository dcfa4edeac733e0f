// A real `sls deploy` to an emulated AWS: docs/deploy.md. Needs Python 3.10, and the npm and PyPI registries.
import { common } from './jest.config.mjs';

export default {
  ...common,
  testTimeout: 300_000,
  testMatch: ['<rootDir>/test/deploy/*.test.ts'],
};
