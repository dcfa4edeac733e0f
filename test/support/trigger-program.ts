/** `spotify-etl` as processes of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI } from './cli.ts';

export type Finished = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = { readonly child: ChildProcess; readonly finished: Promise<Finished> };

export type TriggerProgram = {
  /** A folder of its own for a test. */
  readonly folder: string;
  start: (args: readonly string[], options?: StartOptions) => Running;
  run: (args: readonly string[], options?: StartOptions) => Promise<Finished>;
  remove: () => Promise<void>;
};

type StartOptions = {
  /** Another file than CLI. */
  readonly cli?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly uid?: number;
};

/** The program in a folder of its own. */
export async function createTriggerProgram(): Promise<TriggerProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-trigger-'));
  const start = (args: readonly string[], options: StartOptions = {}): Running => {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SPOTIFY_'));
    const child = spawn(process.execPath, [options.cli ?? CLI, ...args], {
      cwd: folder,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.uid === undefined ? {} : { uid: options.uid }),
    });
    child.stdin.end(options.stdin ?? '');
    return { child, finished: finish(child) };
  };
  return {
    folder,
    start,
    run: (args, options) => start(args, options).finished,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function finish(child: ChildProcess): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (written: Buffer) => {
      output[name] += written.toString();
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...output };
}
