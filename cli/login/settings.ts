import { Option } from 'commander';
import * as z from 'zod/mini';
import { spotifyOrigins } from '../../app/config.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { count, field, flag, type OptionsOf, optionalText, parseCount } from '../shared/command.ts';
import type { Environment } from '../shared/dynamodb-settings.ts';
import { FEATURES, parseFeatures, toScopes } from './scopes.ts';
import { type StoreSettings, storeOptions, toStoreSettings } from './stores.ts';

/** Where a person agrees to what, and how the answer comes back. */
export type LoginSettings = {
  readonly accountsUrl: URL;
  readonly apiUrl: URL;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Undefined: the usual one, or any free one. */
  readonly port: number | undefined;
  readonly timeoutSeconds: number;
  readonly way: 'browser' | 'printed' | 'pasted';
  readonly store: StoreSettings;
};

const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_PORT = 65_535;
const MAX_TIMEOUT_SECONDS = 3_600;

export const loginOptions = {
  for: field(
    z.array(z.enum(FEATURES)),
    new Option('--for <features>', 'what the login is to be good for: ingest,sync,listening')
      .default(['ingest'], 'ingest')
      .argParser(parseFeatures),
  ),
  clientId: optionalText('--client-id <id>', 'of your Spotify app (default: SPOTIFY_CLIENT_ID)'),
  port: field(
    z.optional(z.number()),
    new Option(
      '--port <port>',
      'where the browser comes back to (default: 8888, or any free one)',
    ).argParser(parseCount(MAX_PORT)),
  ),
  timeout: count(
    ['--timeout <seconds>', 'how long to wait for you'],
    MAX_TIMEOUT_SECONDS,
    DEFAULT_TIMEOUT_SECONDS,
  ),
  browser: field(z.boolean(), new Option('--no-browser', 'only print the address to open')),
  paste: flag('--paste', 'no browser on this machine: paste the address one ended on elsewhere'),
  ...storeOptions,
};
type Options = OptionsOf<typeof loginOptions>;

const environmentSchema = z.object({
  ...spotifyOrigins,
  SPOTIFY_CLIENT_ID: z.optional(z.string()),
});

/**
 * The command line, then the environment.
 *
 * @throws UsageError
 */
export function toLoginSettings(options: Options, environment: Environment): LoginSettings {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new UsageError(`The environment does not fit: ${faults.join('; ')}.`);
  }
  const clientId = options.clientId ?? parsed.data.SPOTIFY_CLIENT_ID;
  if (clientId === undefined || clientId === '') throw new UsageError(NO_CLIENT_ID);
  return {
    accountsUrl: parsed.data.SPOTIFY_ACCOUNTS_URL,
    apiUrl: parsed.data.SPOTIFY_API_URL,
    clientId,
    scopes: toScopes(options.for),
    port: options.port,
    timeoutSeconds: options.timeout,
    way: toWay(options),
    store: toStoreSettings(options, environment),
  };
}

const NO_CLIENT_ID =
  'Which Spotify app? Create one at https://developer.spotify.com/dashboard with the redirect URI http://127.0.0.1/callback, then set SPOTIFY_CLIENT_ID (.env will do) or give --client-id.';

function toWay({ browser, paste }: Options): LoginSettings['way'] {
  if (paste) return 'pasted';
  return browser ? 'browser' : 'printed';
}
