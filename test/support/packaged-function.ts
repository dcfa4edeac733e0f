/** A packaged function, run under Lambda's Node. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const NODE_24 = resolve('node_modules/node/bin/node');

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
  /** Everything it has written so far, both streams. */
  output: () => string;
  /** The most memory it has held so far. */
  peakBytes: () => number;
  stop: () => Promise<void>;
  /** Ends it between two instructions, as a lost machine does. */
  kill: () => Promise<void>;
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
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  let invocations = 0;
  const ended = once(child, 'exit').then(() => []);
  const start: RunningFunction['start'] = async (event, remainingMs) => {
    invocations += 1;
    child.send({ event, awsRequestId: `packaged-${invocations}`, remainingMs });
    const [reply] = (await Promise.race([once(child, 'message'), ended])) as [
      { answer: unknown; peakBytes: number }?,
    ];
    peakBytes = reply?.peakBytes ?? peakBytes;
    return reply?.answer;
  };
  const invokeWith: RunningFunction['invokeWith'] = async (query) =>
    (await start({ multiValueQueryStringParameters: query }, 29_000)) as Invocation;
  return {
    nodeVersion: version,
    output: () => output,
    peakBytes: () => peakBytes,
    invoke: (playlistRef) => invokeWith({ playlist_uri: [playlistRef] }),
    invokeWith,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
