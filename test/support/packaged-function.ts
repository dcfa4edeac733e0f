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
  const invokeWith: RunningFunction['invokeWith'] = async (query) => {
    invocations += 1;
    child.send({
      event: { multiValueQueryStringParameters: query },
      awsRequestId: `packaged-${invocations}`,
      remainingMs: 29_000,
    });
    const [reply] = (await once(child, 'message')) as [{ answer: Invocation; peakBytes: number }];
    peakBytes = reply.peakBytes;
    return reply.answer;
  };
  return {
    nodeVersion: version,
    output: () => output,
    peakBytes: () => peakBytes,
    invoke: (playlistRef) => invokeWith({ playlist_uri: [playlistRef] }),
    invokeWith,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
