import { type Config, parseSpotifyConfig } from '../../app/config.ts';
import { FileTokenStore } from '../../app/login.ts';
import { EtlError } from '../../etl/errors.ts';
import { logInAtTerminal } from '../login/at-terminal.ts';
import { LOGIN_DEFAULTS, toLoginSettings } from '../login/settings.ts';
import { loginFileOf } from '../shared/app-settings.ts';
import { type Environment, setVariables } from '../shared/dynamodb-settings.ts';
import { writeLine } from '../shared/terminal.ts';
import type { Wanted } from './wanted.ts';

type LoginOptions = {
  /** Whether a person is there to log in. */
  readonly isAttended: boolean;
  readonly stop: AbortSignal;
};

/**
 * What `get` needs of Spotify: the app and the login that the environment names, else those of the login file. Where the wanted
 * lists need a login and there is none, the person logs in first.
 *
 * @throws UsageError where no app is named
 * @throws EtlError `REAUTH_REQUIRED`, `CONFIG_INVALID`; LoginError; what `stop` was given for
 */
export async function openSpotifySettings(
  wanted: Wanted,
  environment: Environment,
  options: LoginOptions,
): Promise<Config['spotify']> {
  const set = setVariables(environment);
  if ('SPOTIFY_REFRESH_TOKEN' in set || 'SPOTIFY_TOKEN_SECRET' in set) {
    return parseSpotifyConfig(set);
  }
  const file = new FileTokenStore(loginFileOf(set));
  const canSpeakForItself = 'SPOTIFY_CLIENT_SECRET' in set && !wanted.all && !wanted.liked;
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

async function logIn(environment: Environment, { isAttended, stop }: LoginOptions): Promise<void> {
  if (!isAttended) {
    throw new EtlError('REAUTH_REQUIRED', 'Nobody is logged in. Run npx spotify-etl login.');
  }
  const settings = toLoginSettings(LOGIN_DEFAULTS, environment);
  writeLine('Nobody is logged in yet, so that comes first.\n');
  await logInAtTerminal(settings, { environment, stop });
}
