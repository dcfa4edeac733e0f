/** A person at a terminal, in a clone of this repository that nobody has built yet. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { decide } from '../support/login-program.ts';

export type Finished = { readonly code: number | null; readonly output: string };

export type Shell = {
  /** Runs a line. A consent page of Spotify that is printed is agreed to. */
  run: (line: string, variables?: Readonly<Record<string, string>>) => Promise<Finished>;
};

/** A copy of what git knows of, or would with the next `git add`. */
export async function cloneRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-clone-'));
  const listed = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  for (const file of listed.stdout.split('\0').filter((name) => name !== '')) {
    await cp(file, join(folder, file)).catch((error: unknown) => {
      // Deleted here, and not yet in git.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
  }
  return folder;
}

/** A shell in a folder, with these variables and what this machine has set of its own. */
export function createShell(folder: string, variables: Readonly<Record<string, string>>): Shell {
  // npm and the framework leave things there; the clone is removed.
  const TMPDIR = join(folder, 'dist', 'tmp');
  mkdirSync(TMPDIR, { recursive: true });
  const environment = { ...inheritedVariables(), TMPDIR, ...variables };
  return {
    run: async (line, more = {}) => {
      const child = spawn('bash', ['-c', line], {
        cwd: folder,
        env: { ...environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      let agreed: Promise<unknown> | undefined;
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (written: Buffer) => {
          output += written.toString();
          const [, address] = CONSENT.exec(output) ?? [];
          if (address !== undefined) agreed ??= agree(new URL(address));
        });
      }
      const [code] = (await once(child, 'close')) as [number | null];
      await agreed;
      return { code, output };
    },
  };
}

const CONSENT = /^ +(http\S+\/authorize\?\S+)$/m;

/** As a browser does: Spotify sends it on to the program that waits. */
async function agree(address: URL): Promise<void> {
  await fetch(await decide(address));
}

/** Without this run's npm, the programs of this checkout, and the user's accounts. */
function inheritedVariables(): Record<string, string | undefined> {
  const isForeign = (name: string): boolean =>
    /^(?:npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$|NODE_|JEST_|AWS_|SPOTIFY_|DATA_DIR$|DISPLAY$|WAYLAND_DISPLAY$)/.test(
      name,
    );
  const own = Object.entries(process.env).filter(([name]) => !isForeign(name));
  const folders = (process.env.PATH ?? '').split(delimiter);
  const path = folders.filter((folder) => !folder.startsWith(resolve('node_modules')));
  return {
    ...Object.fromEntries(own),
    // `aws` of a known version; Python of this machine's own stays what it is.
    PATH: [resolve('.local/python/tools'), ...path].join(delimiter),
    NO_COLOR: '1',
    // No browser here: the page is agreed to below.
    BROWSER: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SLS_TELEMETRY_DISABLED: '1',
  };
}
