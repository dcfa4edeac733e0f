/** Builds what a checkout runs and a package brings, each into one file: the commands, and the dashboard's script and style. */
const { existsSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');

const PAGE = {
  minify: true,
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

const BUILDS = {
  'spotify-etl.cjs': {
    entryPoints: ['cli/main.ts'],
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    mainFields: ['module', 'main'],
  },
  'dashboard.js': {
    ...PAGE,
    entryPoints: ['dashboard/page/main.tsx'],
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
  },
  'dashboard.css': { ...PAGE, entryPoints: ['dashboard/page/page.css'] },
};

// npm writes the lockfile there when it changes a package.
const OTHER_INPUTS = ['cli/build.cjs', 'package.json', 'node_modules/.package-lock.json'];

exports.buildIfStale = () => {
  for (const name of Object.keys(BUILDS)) {
    const file = join(ROOT, 'dist', name);
    if (isStale(file)) build(file, BUILDS[name]);
  }
};

/** Next to each file is a record of what it was built from, and when. */
function isStale(file) {
  const record = `${file}.json`;
  if (!existsSync(file) || !existsSync(record)) return true;
  const { builtAt, inputs } = JSON.parse(readFileSync(record, 'utf8'));
  return inputs.some((input) => {
    const stats = statSync(join(ROOT, input), { throwIfNoEntry: false });
    return stats === undefined || stats.mtimeMs > builtAt;
  });
}

function build(file, options) {
  const builtAt = Date.now();
  // Renamed into place: another start can be reading the file or building it too.
  const outfile = `${file}.${process.pid}`;
  const { metafile } = require('esbuild').buildSync({
    absWorkingDir: ROOT,
    outfile,
    bundle: true,
    metafile: true,
    logLevel: 'error',
    ...options,
  });
  const sources = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
  const inputs = [...sources, ...OTHER_INPUTS];
  writeFileSync(`${file}.json.${process.pid}`, JSON.stringify({ builtAt, inputs }));
  renameSync(`${file}.json.${process.pid}`, `${file}.json`);
  renameSync(outfile, file);
}
