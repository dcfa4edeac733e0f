/** `npm start` and `npm run local` as a person types them: real processes, real ports, real files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probePort } from '../../local/listen.ts';

export type Finished = { readonly code: number | null; readonly output: string };

export type LocalPrograms = {
  /** Where the programs keep their data. */
  readonly dataDir: string;
  /** What each program is given. */
  readonly environment: Record<string, string>;
  /** Resolves with the ports that are still taken. */
  findTakenPorts: () => Promise<string[]>;
  start: (program: string, ...args: string[]) => { child: ChildProcess; output: () => string };
  finish: (program: string, ...args: string[]) => Promise<Finished>;
  /** Ends what still runs. */
  close: () => Promise<void>;
};

/** Programs on ports and in a folder of their own. */
export async function createLocalPrograms(): Promise<LocalPrograms> {
  const dataDir = await mkdtemp(join(tmpdir(), 'spotify-etl-local-'));
  const environment = {
    API_PORT: await freePort(),
    DYNAMODB_PORT: await freePort(),
    SPOTIFY_SIMULATOR_PORT: await freePort(),
    DATA_DIR: dataDir,
    NO_COLOR: '1',
  };
  const running: ChildProcess[] = [];
  const start: LocalPrograms['start'] = (program, ...args) => {
    const {
      SPOTIFY_CLIENT_ID,
      SPOTIFY_API_URL,
      POWERTOOLS_LOG_LEVEL,
      AWS_ENDPOINT_URL_DYNAMODB,
      ...inherited
    } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
      env: { ...inherited, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (written: Buffer) => {
        output += written.toString();
      });
    }
    return { child, output: () => output };
  };
  return {
    dataDir,
    environment,
    findTakenPorts: async () => {
      const taken: string[] = [];
      for (const port of [environment.API_PORT, environment.DYNAMODB_PORT]) {
        const use = { what: 'a test', variable: 'none' };
        await probePort(Number(port), use).catch(() => taken.push(port));
      }
      return taken;
    },
    start,
    finish: async (program, ...args) => {
      const { child, output } = start(program, ...args);
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, output: output() };
    },
    close: async () => {
      for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Below the range that outgoing connections take theirs from, so that nobody takes it before the program does. */
export async function freePort(): Promise<string> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const free = await probePort(port, { what: 'a test', variable: 'none' }).catch(() => undefined);
    if (free !== undefined) return String(free);
  }
}
