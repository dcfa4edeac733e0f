/** Separate processes for measured programs and for servers. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** The Node of the functions, not the one that runs this bench. */
export const NODE = require.resolve('node/bin/node');

const MAX_ERROR_LENGTH = 2_000;

export type Child = {
  /** The next message it sends. Rejects where it ends before, with what it wrote to stderr. */
  readonly receive: () => Promise<unknown>;
  readonly send: (message: string) => void;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
  readonly kill: () => void;
};

export type ChildOptions = {
  readonly args?: readonly string[];
  /** The whole environment: nothing is inherited, as in Lambda. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
};

/** Starts a program under the functions' Node. What it prints to stdout is dropped. */
export function startChild(
  program: string,
  { args = [], environment = {}, nodeOptions = [] }: ChildOptions = {},
): Child {
  const child = fork(program, args, {
    execPath: NODE,
    execArgv: [...nodeOptions],
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-MAX_ERROR_LENGTH);
  });
  const ended = once(child, 'close');
  return {
    receive: () => nextMessage(child, ended, () => errors),
    send: (message) => child.send(message),
    ended,
    kill: () => child.kill(),
  };
}

/** Runs a program to its end and returns the one message it sends. */
export async function runChild(program: string, options?: ChildOptions): Promise<unknown> {
  const child = startChild(program, options);
  try {
    const message = await child.receive();
    await child.ended;
    return message;
  } finally {
    child.kill();
  }
}

async function nextMessage(
  child: ChildProcess,
  ended: Promise<unknown>,
  errors: () => string,
): Promise<unknown> {
  const message = new Promise<unknown>((resolve) => child.once('message', resolve));
  const end = ended.then(() => {
    throw new Error(`A measured program ended early (${child.exitCode}): ${errors().trim()}`);
  });
  return Promise.race([message, end]);
}
