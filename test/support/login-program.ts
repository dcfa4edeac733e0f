/** `spotify-etl login` and `logout` as a person starts them: real processes in a folder of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SpotifySimulator } from '../../local/simulator/simulator.ts';
import { type Login, loginSchema } from '../../spotify/login/token-store.ts';
import { CLI } from './cli.ts';

export type Finished = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly child: ChildProcess;
  /** The address to open, once it is printed. */
  readonly address: Promise<URL>;
  readonly finished: Promise<Finished>;
};

export type LoginProgram = {
  readonly folder: string;
  start: (args: readonly string[], options?: StartOptions) => Running;
  /** The login file: its content and its mode; undefined where there is none. */
  readLogin: () => Promise<{ login: Login; mode: number } | undefined>;
  /** Writes a login, or any text. */
  writeLogin: (login: Login | string) => Promise<void>;
  remove: () => Promise<void>;
};

type StartOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Left open where this is not given. */
  readonly stdin?: string;
};

/** The program at a machine whose Spotify is this one. */
export async function createLoginProgram(
  spotify: Pick<SpotifySimulator, 'url' | 'credentials'>,
): Promise<LoginProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-login-'));
  const file = join(folder, '.local', 'spotify-login.json');
  return {
    folder,
    start: (args, options = {}) => {
      const inherited = Object.entries(process.env).filter(
        ([name]) => !/^(?:SPOTIFY|AWS|DATA)_/.test(name),
      );
      const child = spawn(process.execPath, [CLI, ...args], {
        cwd: folder,
        env: {
          ...Object.fromEntries(inherited),
          NO_COLOR: '1',
          DATA_DIR: join(folder, '.local'),
          SPOTIFY_CLIENT_ID: spotify.credentials.clientId,
          SPOTIFY_ACCOUNTS_URL: spotify.url,
          SPOTIFY_API_URL: spotify.url,
          ...options.env,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      if (options.stdin !== undefined) child.stdin.end(options.stdin);
      return { child, ...listen(child) };
    },
    readLogin: async () => {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const { mode } = await stat(file);
      return { login: loginSchema.parse(JSON.parse(text)), mode: mode & 0o777 };
    },
    writeLogin: async (login) => {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof login === 'string' ? login : JSON.stringify(login));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const ADDRESS = /^ +(http\S+\/authorize\?\S+)$/m;

function listen(child: ChildProcess): Pick<Running, 'address' | 'finished'> {
  const output = { stdout: '', stderr: '' };
  let resolveAddress: (address: URL) => void = () => undefined;
  let rejectAddress: (error: Error) => void = () => undefined;
  const address = new Promise<URL>((resolveIt, rejectIt) => {
    resolveAddress = resolveIt;
    rejectAddress = rejectIt;
  });
  // Not every start gets so far.
  address.catch(() => undefined);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (written: Buffer) => {
      output[name] += written.toString();
      const [, found] = ADDRESS.exec(output.stdout) ?? ADDRESS.exec(output.stderr) ?? [];
      if (found !== undefined) resolveAddress(new URL(found));
    });
  }
  const finish = async (): Promise<Finished> => {
    const [code] = (await once(child, 'close')) as [number | null];
    rejectAddress(new Error(`It ended without an address: ${output.stderr}`));
    return { code, ...output };
  };
  return { address, finished: finish() };
}

/** Agrees or not, as the consent page's buttons do, and gives the address Spotify sends the browser to. */
export async function decide(address: URL, decision: 'agree' | 'cancel' = 'agree'): Promise<URL> {
  const response = await fetch(address, {
    method: 'POST',
    body: new URLSearchParams({ decision }),
    redirect: 'manual',
  });
  return new URL(response.headers.get('location') ?? '');
}
