/** The stack as it would be deployed: packaged by `sls package`, with no account, once for all tests of a run. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { RUN_FOLDER } from './own-tmpdir.ts';
import type { Template } from './template.ts';

/** What is packaged, and how it is asked for. */
const PACKAGES = {
  dev: ['--stage', 'dev'],
  prod: ['--stage', 'prod'],
  /** As dev, with all that may be asked for: callers with an API key, a reserved concurrency, and a schedule of weekdays only. */
  custom: [
    ...['--stage', 'dev', '--param=callers=key', '--param=reservedConcurrency=5'],
    ...['--param=schedule=cron(0 4 ? * MON-FRI *)', '--param=missingAfterHours=74'],
  ],
} as const;
export type PackageName = keyof typeof PACKAGES;
export const PACKAGE_NAMES = Object.keys(PACKAGES) as PackageName[];

/** The functions of `serverless.yml`. */
export const FUNCTIONS = [
  ...(['ingest', 'playlists', 'runs', 'list', 'load', 'record', 'plays', 'sync'] as const),
  'albums',
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export type Package = {
  readonly template: Template;
  /** Files of a function's zip: name to content. */
  readonly filesOf: (name: FunctionName) => Promise<Readonly<Record<string, Uint8Array>>>;
  /** Where the bundle of each function lies unpacked. */
  readonly bundlePaths: Readonly<Record<FunctionName, string>>;
};

/** One of the packages; the first caller makes it, the others wait. */
export async function packagedStack(name: PackageName): Promise<Package> {
  const run = process.env[RUN_FOLDER];
  if (run === undefined) throw new Error('No set-up has run: jest.config.mjs.');
  const folder = join(run, 'packages', name);
  await inTurn(join(run, 'packaging'), async () => {
    if (!existsSync(folder)) await makePackage(name, folder);
  });
  const path = join(folder, 'cloudformation-template-update-stack.json');
  const bundlePaths = FUNCTIONS.map((of) => [of, join(folder, of, 'handlers', `${of}.js`)]);
  return {
    template: JSON.parse(await readFile(path, 'utf8')) as Template,
    filesOf: async (of) => unzipSync(await readFile(join(folder, `${of}.zip`))),
    bundlePaths: Object.fromEntries(bundlePaths) as Package['bundlePaths'],
  };
}

/** One process at a time: the bundler has one folder for its work. */
async function inTurn(lock: string, work: () => Promise<void>): Promise<void> {
  while (
    !(await mkdir(lock).then(
      () => true,
      () => false,
    ))
  )
    await sleep(100);
  try {
    await work();
  } finally {
    await rmdir(lock);
  }
}

async function makePackage(name: PackageName, folder: string): Promise<void> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE, ...environment } = process.env;
  const unfinished = `${folder}.unfinished`;
  // serverless-esbuild never removes what it copies into the temporary folder.
  const TMPDIR = `${folder}.tmp`;
  await mkdir(TMPDIR, { recursive: true });
  await promisify(execFile)(
    process.execPath,
    [
      resolve('node_modules/serverless/bin/serverless.js'),
      'package',
      ...PACKAGES[name],
      ...['--package', unfinished],
    ],
    { env: { ...environment, TMPDIR, SLS_TELEMETRY_DISABLED: '1' } },
  );
  for (const of of FUNCTIONS) await unpack(unfinished, of);
  await rename(unfinished, folder);
}

async function unpack(folder: string, name: FunctionName): Promise<void> {
  const files = unzipSync(await readFile(join(folder, `${name}.zip`)));
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
