/** The two forms in which tests start `spotify-etl`. */
import { resolve } from 'node:path';

/** What `npx spotify-etl` starts: the sources, read by tsx. Each command has a test that goes this way. */
export const INSTALLED_CLI = resolve('cli/spotify-etl.cjs');

/** The same sources as one file that is built before the tests (bundle-cli.ts): a fifth of the work of a start. A folder below the root, as cli/ is. */
export const BUNDLED_CLI = resolve('dist/spotify-etl.cjs');
