/** The stack as it would be deployed: packaged by `sls package`, with no account, once for all tests of a run. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { Template } from './template.ts';

/** Names the folder of this run's packages; system-setup.ts sets it for all processes, nobody sets it by hand. */
export const PACKAGES_FOLDER = 'TEST_PACKAGES_FOLDER';

/** What is packaged, and how it is asked for. */
const PACKAGES = {
  dev: ['--stage', 'dev'],
  prod: ['--stage', 'prod'],
  /** As dev, with all that may be asked for: callers with an API key, a reserved concurrency, and a walk on weekdays only. */
  custom: [
    ...['--stage', 'dev', '--param=callers=key', '--param=reservedConcurrency=5'],
    ...['--param=schedule=cron(0 4 ? * MON-FRI *)', '--param=walkMissingAfterHours=74'],
  ],
} as const;
export type PackageName = keyof typeof PACKAGES;
export const PACKAGE_NAMES = Object.keys(PACKAGES) as PackageName[];

/** The functions of `serverless.yml`. */
export const FUNCTIONS = ['ingest', 'playlists', 'walk'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export type Package = {
  readonly template: Template;
  /** Files of a function's zip: name to content. */
  readonly filesOf: (name: FunctionName) => Promise<Readonly<Record<string, Uint8Array>>>;
  /** Where the bundle of each function lies unpacked. */
  readonly bundlePaths: Readonly<Record<FunctionName, string>>;
};

/** One of the packages; who asks first makes them all, whoever asks meanwhile waits. */
export async function packagedStack(name: PackageName): Promise<Package> {
  const packages = process.env[PACKAGES_FOLDER];
  if (packages === undefined) throw new Error('Packages are for system tests: jest.config.mjs.');
  await makePackages(packages);
  const folder = join(packages, name);
  const path = join(folder, 'cloudformation-template-update-stack.json');
  const bundlePaths = FUNCTIONS.map((of) => [of, join(folder, of, 'handlers', `${of}.js`)]);
  return {
    template: JSON.parse(await readFile(path, 'utf8')) as Template,
    filesOf: async (of) => unzipSync(await readFile(join(folder, `${of}.zip`))),
    bundlePaths: Object.fromEntries(bundlePaths) as Package['bundlePaths'],
  };
}

/** One after the other: the bundler has one folder for its work. */
async function makePackages(packages: string): Promise<void> {
  const outcome = join(packages, 'outcome');
  const isFirst = await mkdir(join(packages, 'begun')).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    await makeAll(packages).then(
      () => writeFile(outcome, ''),
      (error: unknown) => writeFile(outcome, String(error)),
    );
  }
  while (!existsSync(outcome)) await sleep(100);
  const fault = await readFile(outcome, 'utf8');
  if (fault !== '') throw new Error(fault);
}

async function makeAll(packages: string): Promise<void> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE, ...environment } = process.env;
  for (const name of PACKAGE_NAMES) {
    const folder = join(packages, name);
    await promisify(execFile)(
      process.execPath,
      [
        resolve('node_modules/serverless/bin/serverless.js'),
        'package',
        ...PACKAGES[name],
        ...['--package', folder],
      ],
      { env: { ...environment, SLS_TELEMETRY_DISABLED: '1' } },
    );
    for (const of of FUNCTIONS) await unpack(folder, of);
  }
}

async function unpack(folder: string, name: FunctionName): Promise<void> {
  const files = unzipSync(await readFile(join(folder, `${name}.zip`)));
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
