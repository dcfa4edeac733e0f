import { resolve } from 'node:path';

/** What `npx spotify-etl` starts. It is built before the tests: system-setup.ts. */
export const CLI = resolve('cli/spotify-etl.cjs');

/** The built file alone, for tests outside the checkout. */
export const BUILT_CLI = resolve('dist/spotify-etl.cjs');
