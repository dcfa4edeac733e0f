/** Builds the commands of a checkout into one file. */
const { existsSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const PROGRAM = join(ROOT, 'dist', 'spotify-etl.cjs');
/** What it was built from, and when. */
const RECORD = `${PROGRAM}.json`;

exports.buildIfStale = () => {
  if (isStale()) build();
};

function isStale() {
  if (!existsSync(PROGRAM) || !existsSync(RECORD)) return true;
  const { builtAt, inputs } = JSON.parse(readFileSync(RECORD, 'utf8'));
  return inputs.some((input) => {
    const stats = statSync(join(ROOT, input), { throwIfNoEntry: false });
    return stats === undefined || stats.mtimeMs > builtAt;
  });
}

function build() {
  const builtAt = Date.now();
  // Renamed into place: another start can be reading the file or building it too.
  const outfile = `${PROGRAM}.${process.pid}`;
  const { metafile } = require('esbuild').buildSync({
    absWorkingDir: ROOT,
    entryPoints: ['cli/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'error',
  });
  const sources = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
  // npm writes the lockfile there when it changes a package.
  const inputs = [...sources, 'package.json', 'node_modules/.package-lock.json'];
  writeFileSync(`${RECORD}.${process.pid}`, JSON.stringify({ builtAt, inputs }));
  renameSync(`${RECORD}.${process.pid}`, RECORD);
  renameSync(outfile, PROGRAM);
}
