import { Option } from 'commander';
import * as z from 'zod/mini';
import { spotifyOrigins } from '../../app/config.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { count, field, flag, type OptionsOf, optionalText, parsePort } from '../shared/command.ts';
import { type Environment, parseEnvironment } from '../shared/dynamodb-settings.ts';
import { FEATURES, parseFeatures, toScopes } from './scopes.ts';
import { storeOptions } from './stores.ts';

const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = 3_600;

export const loginOptions = {
  for: field(
    z.array(z.enum(FEATURES)),
    new Option('--for <features>', 'features to allow: ingest,sync,listening')
      .default(['ingest'], 'ingest')
      .argParser(parseFeatures),
  ),
  clientId: optionalText(
    '--client-id <id>',
    'client ID of your Spotify app (default: SPOTIFY_CLIENT_ID)',
  ),
  port: field(
    z.optional(z.number()),
    new Option(
      '--port <port>',
      'port for the answer of the browser (default: 8888, or any free one)',
    ).argParser(parsePort),
  ),
  timeout: count(
    ['--timeout <seconds>', 'how long to wait for you'],
    MAX_TIMEOUT_SECONDS,
    DEFAULT_TIMEOUT_SECONDS,
  ),
  browser: field(z.boolean(), new Option('--no-browser', 'only print the address to open')),
  paste: flag('--paste', 'use a browser on another machine, and paste the address it ends on'),
  withSecret: flag(
    '--with-secret',
    "log in with the app's SPOTIFY_CLIENT_SECRET: the refresh token stays the same when it is used",
  ),
  print: flag(
    '--print',
    'with --with-secret: print the refresh token for a secret of another machine, and store nothing',
  ),
  ...storeOptions,
};

/** The settings of a login. */
export type LoginSettings = OptionsOf<typeof loginOptions> & {
  readonly accountsUrl: URL;
  readonly apiUrl: URL;
  readonly clientId: string;
  /** Set for a login with the secret, without PKCE. */
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
};

const environmentSchema = z.object({
  ...spotifyOrigins,
  SPOTIFY_CLIENT_ID: z.optional(z.string()),
  SPOTIFY_CLIENT_SECRET: z.optional(z.string()),
});

/**
 * The command line, then the environment.
 *
 * @throws UsageError
 */
export function toLoginSettings(
  options: OptionsOf<typeof loginOptions>,
  environment: Environment,
): LoginSettings {
  const variables = parseEnvironment(environmentSchema, environment);
  const clientId = options.clientId ?? variables.SPOTIFY_CLIENT_ID;
  if (clientId === undefined || clientId === '') throw new UsageError(NO_CLIENT_ID);
  assertSecretUse(options, variables.SPOTIFY_CLIENT_SECRET);
  return {
    ...options,
    accountsUrl: variables.SPOTIFY_ACCOUNTS_URL,
    apiUrl: variables.SPOTIFY_API_URL,
    clientId,
    clientSecret: options.withSecret ? variables.SPOTIFY_CLIENT_SECRET : undefined,
    scopes: toScopes(options.for),
  };
}

function assertSecretUse(
  { print, store, withSecret }: OptionsOf<typeof loginOptions>,
  clientSecret: string | undefined,
): void {
  if (print && !withSecret) throw new UsageError(PRINT_NEEDS_SECRET);
  if (withSecret && store === 'aws') throw new UsageError(NO_SECRET_ON_AWS);
  if (withSecret && clientSecret === undefined) throw new UsageError(NO_CLIENT_SECRET);
}

const NO_CLIENT_ID =
  'Which Spotify app? Create one at https://developer.spotify.com/dashboard with the redirect URI http://127.0.0.1/callback, then set SPOTIFY_CLIENT_ID (in .env, for example) or give --client-id.';

const NO_CLIENT_SECRET =
  "--with-secret needs SPOTIFY_CLIENT_SECRET, in .env or the environment. The app's page at https://developer.spotify.com/dashboard shows it.";

const PRINT_NEEDS_SECRET =
  '--print needs --with-secret: without the secret, a refresh token works once, and the machine that uses it must store the next one.';

const NO_SECRET_ON_AWS =
  '--with-secret is not for --store aws: the functions do not have the secret, and store each new refresh token themselves. Omit it.';
