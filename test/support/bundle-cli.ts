/** Before the tests of a run: `spotify-etl` in one file, for those that start it by the hundred. */
import { rename } from 'node:fs/promises';
import { build } from 'esbuild';
import { BUNDLED_CLI } from './cli.ts';

export async function bundleCli(): Promise<void> {
  // Renamed into place: another run of the tests may be starting the one that lies there.
  const outfile = `${BUNDLED_CLI}.${process.pid}`;
  await build({
    entryPoints: ['cli/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  await rename(outfile, BUNDLED_CLI);
}
