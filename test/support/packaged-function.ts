/** The function as it would be deployed: packaged by `sls package`, unpacked, and run under Lambda's Node. */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

export type Template = {
  readonly Resources: Record<
    string,
    { readonly Type: string; readonly Properties: Record<string, unknown> } & Record<
      string,
      unknown
    >
  >;
};

/** The functions of `serverless.yml`. */
export const FUNCTIONS = ['ingest', 'playlists', 'walk'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export type Package = {
  readonly template: Template;
  /** Files of each function: name to content. */
  readonly files: Readonly<Record<FunctionName, Readonly<Record<string, Uint8Array>>>>;
  /** Where the bundle of each function lies unpacked. */
  readonly bundlePaths: Readonly<Record<FunctionName, string>>;
  readonly remove: () => Promise<void>;
};

const NODE_24 = resolve('node_modules/node/bin/node');

/** Packages the stack into a folder of its own, with no account and no credentials. */
export async function packageStack(stage = 'test'): Promise<Package> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-package-'));
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE, ...environment } = process.env;
  await promisify(execFile)(
    process.execPath,
    [
      resolve('node_modules/serverless/bin/serverless.js'),
      'package',
      '--stage',
      stage,
      '--package',
      folder,
    ],
    { env: { ...environment, SLS_TELEMETRY_DISABLED: '1' } },
  );
  const functions = await Promise.all(FUNCTIONS.map((name) => unpack(folder, name)));
  const [ingest, playlists, walk] = functions;
  if (ingest === undefined || playlists === undefined || walk === undefined) {
    throw new Error('A function is missing');
  }
  const templatePath = join(folder, 'cloudformation-template-update-stack.json');
  return {
    template: JSON.parse(await readFile(templatePath, 'utf8')) as Template,
    files: { ingest: ingest.files, playlists: playlists.files, walk: walk.files },
    bundlePaths: {
      ingest: ingest.bundlePath,
      playlists: playlists.bundlePath,
      walk: walk.bundlePath,
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

async function unpack(
  folder: string,
  name: FunctionName,
): Promise<{ files: Record<string, Uint8Array>; bundlePath: string }> {
  const files = unzipSync(await readFile(join(folder, `${name}.zip`)));
  const target = join(folder, 'unpacked', name);
  for (const [file, content] of Object.entries(files)) {
    const path = join(target, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return { files, bundlePath: join(target, 'handlers', `${name}.js`) };
}

export type Invocation = {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
};

export type RunningFunction = {
  readonly nodeVersion: string;
  invoke: (playlistRef: string) => Promise<Invocation>;
  /** The same with any query. */
  invokeWith: (query: Readonly<Record<string, string[]>>) => Promise<Invocation>;
  /** Any event, as a schedule sends one; undefined where the process ends before it answers. */
  start: (event: unknown, remainingMs: number) => Promise<unknown>;
  /** Ends it where it stands. */
  kill: () => void;
  /** Everything it has written so far, both streams. */
  output: () => string;
  /** The most memory it has held so far. */
  peakBytes: () => number;
  stop: () => Promise<void>;
};

/** Starts the bundle in a process of its own, with these variables and no others but PATH. */
export async function startFunction(
  bundlePath: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningFunction> {
  const child = fork(resolve('test/support/invoke-bundle.cjs'), [bundlePath], {
    execPath: NODE_24,
    execArgv: [],
    silent: true,
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  let output = '';
  let peakBytes = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (written: Buffer) => {
      output += written.toString();
    });
  }
  const [{ version }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`The bundle did not load: ${output}`);
    }),
  ])) as [{ version: string }];
  let invocations = 0;
  const ended = once(child, 'exit').then(() => []);
  const invoke = async (event: unknown, remainingMs: number): Promise<unknown> => {
    invocations += 1;
    child.send({ event, awsRequestId: `packaged-${invocations}`, remainingMs });
    const [reply] = (await Promise.race([once(child, 'message'), ended])) as [
      { answer: unknown; peakBytes: number }?,
    ];
    peakBytes = reply?.peakBytes ?? peakBytes;
    return reply?.answer;
  };
  const invokeWith: RunningFunction['invokeWith'] = async (query) =>
    (await invoke({ multiValueQueryStringParameters: query }, 29_000)) as Invocation;
  return {
    nodeVersion: version,
    output: () => output,
    peakBytes: () => peakBytes,
    invoke: (playlistRef) => invokeWith({ playlist_uri: [playlistRef] }),
    invokeWith,
    start: invoke,
    kill: () => {
      child.kill('SIGKILL');
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}
