/** The API on this machine: the functions of `serverless.yml` behind the routes of `serverless.yml`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMALL_HEAP_FLAGS } from '../cli/shared/heap.ts';
import { LOOPBACK, type LoopbackServer } from '../lib/loopback-server.ts';
import { LOCAL_STAGE } from '../stack/serverless-yml.ts';
import { type GatewayOptions, startGateway } from './gateway.ts';
import { probePort } from './listen.ts';

export type LocalApi = Pick<LoopbackServer, 'url' | 'close'> & {
  /** Resolves when the process has ended, for any reason. */
  readonly untilItEnds: Promise<void>;
};

export type ApiOptions = Omit<GatewayOptions, 'functionsPort'> & {
  /** Variables for the functions, besides those of `serverless.yml`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the functions' log goes. */
  readonly log: Writable;
  /** An abort ends the start with the signal's reason. */
  readonly stopping: AbortSignal;
};

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/**
 * Starts serverless-offline as a separate process behind the gateway, and returns when it answers.
 *
 * @throws Error if a port is in use
 */
export async function startApi(options: ApiOptions): Promise<LocalApi> {
  const { dashboard, environment, log, onAnswer, port, stopping } = options;
  const functionsPort = await probePort(0, { what: 'the functions', variable: 'API_PORT' });
  const lambdaPort = await probePort(0, { what: 'the functions', variable: 'API_PORT' });
  const child = spawn(
    process.execPath,
    [
      // Otherwise each of its threads keeps 100 MB of garbage.
      ...SMALL_HEAP_FLAGS,
      ...['--require', require.resolve('./guard-process.cjs')],
      require.resolve('serverless/bin/serverless.js'),
      ...['offline', 'start', '--stage', LOCAL_STAGE, '--host', LOOPBACK, '--localEnvironment'],
      ...['--httpPort', String(functionsPort), '--lambdaPort', String(lambdaPort)],
    ],
    {
      // GOGC: esbuild keeps running, with its uncollected garbage.
      env: { ...process.env, ...environment, GOGC: '25', SLS_TELEMETRY_DISABLED: '1' },
      // The last one closes when this process is gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  );
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const untilItEnds = once(child, 'exit').then(() => undefined);
  try {
    await untilItAnswers(`http://${LOOPBACK}:${functionsPort}`, { child, stopping });
    const gateway = await startGateway({ port, functionsPort, dashboard, onAnswer });
    const close = async (): Promise<void> => {
      await gateway.close();
      await stop(child);
    };
    return { url: gateway.url, untilItEnds, close };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** Any answer counts: even an unknown route is answered. */
async function untilItAnswers(
  url: string,
  { child, stopping }: { readonly child: ChildProcess; readonly stopping: AbortSignal },
): Promise<void> {
  const endsAt = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < endsAt) {
    stopping.throwIfAborted();
    if (child.exitCode !== null) {
      throw new Error(`The API stopped while starting (exit code ${child.exitCode}).`);
    }
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer !== undefined) return;
    await sleep(POLL_MS);
  }
  throw new Error(`The API did not answer within ${START_TIMEOUT_MS / 1000} seconds.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(timer);
}
