/** Every program reads this first: `.env`, and the folder for login, library and local tables. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { isSystemError } from '../../lib/system-error.ts';
import { messageOf, UsageError } from '../../lib/usage-error.ts';
import { SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { LOGIN_FILE } from './login-file.ts';

type Environment = Record<string, string | undefined>;

/** The folder of the program: a checkout, or an installed package. */
export const ROOT = dirname(SERVERLESS_YML);

/** @throws UsageError in an installed package, which lacks what `what` needs */
export function requireCheckout(what: string): void {
  if (existsSync(join(ROOT, 'local', 'serve.ts'))) return;
  throw new UsageError(
    `${what} works only in a checkout: clone the repository and run npm ci there.`,
  );
}

type CompletionOptions = {
  readonly root?: string;
  /** For programs of a checkout: the default is `.local` in it. */
  readonly isOfCheckout?: boolean;
};

/**
 * Completes the environment with missing variables from `.env` in the current folder, then from the one next to the program, and
 * with `DATA_DIR` as an absolute path.
 *
 * @throws UsageError for a `.env` that cannot be read
 */
export function completeEnvironment(
  environment: Environment,
  { root = ROOT, isOfCheckout = false }: CompletionOptions = {},
): void {
  for (const folder of new Set([process.cwd(), root])) {
    const variables = readEnvFile(join(folder, '.env'));
    for (const [name, value] of Object.entries(variables)) environment[name] ??= value;
  }
  environment.DATA_DIR = findDataDir(environment, { root, isOfCheckout });
}

/** Empty without a file. A folder of that name is ignored. */
function readEnvFile(path: string): Environment {
  try {
    return parseEnv(decode(readFileSync(path), path));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EISDIR')) return {};
    if (!isSystemError(error)) throw error;
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}. Make it readable.`);
  }
}

/** Decodes by the byte order mark, which Notepad and PowerShell write. */
const ENCODINGS = new Map([
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
]);

function decode(content: Buffer, path: string): string {
  const encoding = ENCODINGS.get(content.toString('hex', 0, 2)) ?? 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(content);
    if (!text.includes('\0')) return text;
  } catch {
    // Reported below.
  }
  throw new UsageError(`${path} is not UTF-8 text. Save it as UTF-8.`);
}

/**
 * `DATA_DIR` if it is set; else the first folder of these that has a login: `.local` of the checkout, `.local` here, the user's
 * data folder; else `.local` of a checkout that has one, else the user's data folder (XDG Base Directory Specification).
 */
function findDataDir(
  environment: Environment,
  { isOfCheckout, root }: Required<CompletionOptions>,
): string {
  const { DATA_DIR: named, HOME: home = homedir(), XDG_DATA_HOME: xdg } = environment;
  if (named !== undefined && named !== '') return resolve(named);
  const ofCheckout = join(root, '.local');
  // The specification: ignore a path that is not absolute.
  const isAbsolute = xdg?.startsWith('/') === true;
  const ofUser = join(isAbsolute ? xdg : join(home, '.local', 'share'), 'spotify-etl');
  const withLogin = [ofCheckout, resolve('.local'), ofUser].find((folder) =>
    existsSync(join(folder, LOGIN_FILE)),
  );
  if (withLogin !== undefined) return withLogin;
  const isFirst = isOfCheckout && !existsSync(ofUser);
  return isFirst || existsSync(ofCheckout) ? ofCheckout : ofUser;
}
