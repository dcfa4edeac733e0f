import { type Config, parseSpotifyConfig } from '../../app/config.ts';
import { FileTokenStore } from '../../app/login.ts';
import { EtlError } from '../../etl/errors.ts';
import { logInAtTerminal } from '../login/at-terminal.ts';
import type { Feature } from '../login/scopes.ts';
import { loginOptions, toLoginSettings } from '../login/settings.ts';
import { loginFileOf } from './app-settings.ts';
import { defaultsOf } from './command.ts';
import { type Environment, setVariables } from './dynamodb-settings.ts';
import { writeLine } from './terminal.ts';

type LoginOptions = {
  /** Whether the app's own token does not do. */
  readonly needsLogin: boolean;
  /** What a first login allows. */
  readonly features: readonly Feature[];
  /** Whether a person is there to log in. */
  readonly isAttended: boolean;
  readonly stop: AbortSignal;
};

/**
 * What a command on the library needs of Spotify: the app and the login that the environment names, else those of the login
 * file. Where a login is needed and there is none, the person logs in first.
 *
 * @throws UsageError where no app is named
 * @throws EtlError `REAUTH_REQUIRED`, `CONFIG_INVALID`; LoginError; what `stop` was given for
 */
export async function openSpotifySettings(
  environment: Environment,
  options: LoginOptions,
): Promise<Config['spotify']> {
  const set = setVariables(environment);
  if ('SPOTIFY_REFRESH_TOKEN' in set || 'SPOTIFY_TOKEN_SECRET' in set) {
    return parseSpotifyConfig(set);
  }
  const file = new FileTokenStore(loginFileOf(set));
  const canSpeakForItself = 'SPOTIFY_CLIENT_SECRET' in set && !options.needsLogin;
  if (!canSpeakForItself && (await file.find()) === undefined) await logIn(environment, options);
  const stored = await file.find();
  if (stored === undefined) return parseSpotifyConfig(set);
  const { client_id } = stored.login;
  return parseSpotifyConfig({
    SPOTIFY_CLIENT_ID: client_id,
    ...set,
    SPOTIFY_TOKEN_FILE: loginFileOf(set),
  });
}

async function logIn(
  environment: Environment,
  { features, isAttended, stop }: LoginOptions,
): Promise<void> {
  if (!isAttended) {
    const more = features.includes('ingest') ? '' : ` --for ${features.join()}`;
    throw new EtlError('REAUTH_REQUIRED', `Nobody is logged in. Run npx spotify-etl login${more}.`);
  }
  const options = { ...defaultsOf(loginOptions), for: [...features] };
  const settings = toLoginSettings(options, environment);
  writeLine('Nobody is logged in yet, so that comes first.\n');
  await logInAtTerminal(settings, { environment, stop });
}
