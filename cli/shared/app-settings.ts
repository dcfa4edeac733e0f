/** The settings that let a command on a laptop act as the app of a stage: the environment, with defaults. */
import { existsSync } from 'node:fs';
import type { DynamodbSettings } from '../../app/app.ts';
import { type Config, parseConfig } from '../../app/config.ts';
import {
  LOCAL_STAGE,
  readServerlessYml,
  SERVERLESS_YML,
  type ServerlessYml,
} from '../../stack/serverless-yml.ts';
import {
  type Environment,
  readVariable,
  setVariables,
  toDynamodbSettings,
} from './dynamodb-settings.ts';
import { libraryFile } from './library.ts';
import { loginFile } from './login-file.ts';
import type { STORES, TableOptions } from './options.ts';
import { SIMULATOR_CREDENTIALS, SIMULATOR_PORT, spotifyVariables } from './simulated-spotify.ts';

export type AppOptions = TableOptions & {
  /** Undefined: from the environment, else the store that exists. */
  readonly store?: (typeof STORES)[number] | undefined;
};

export type AppSettings = { readonly config: Config; readonly dynamodb: DynamodbSettings };

const LOGIN_VARIABLES = ['SPOTIFY_REFRESH_TOKEN', 'SPOTIFY_TOKEN_FILE', 'SPOTIFY_TOKEN_SECRET'];

/**
 * The settings of a stage. The environment wins. Table names come from `serverless.yml`; stage `local` without a Spotify app is
 * the stack of `npm run local` with its simulated Spotify.
 *
 * @throws EtlError `CONFIG_INVALID` naming every wrong variable
 */
export async function readAppSettings(
  options: AppOptions,
  environment: Environment,
): Promise<AppSettings> {
  const yml = await readServerlessYml(SERVERLESS_YML, options.stage);
  const set = setVariables(environment);
  const given = { ...simulatorVariables(options, set), ...set };
  const quota = options.stage === LOCAL_STAGE ? { QUOTA_LIBRARY: libraryFile(given) } : {};
  const named = { ...tableVariables(yml), ...quota, ...given };
  return {
    config: parseConfig({ ...named, ...loginVariables(options, named, yml) }),
    dynamodb: toDynamodbSettings(options, environment),
  };
}

function tableVariables({ stateTable, tableNames }: ServerlessYml): Environment {
  return {
    PLAYLIST_TABLE: tableNames.playlist,
    TRACK_TABLE: tableNames.track,
    ALBUM_TABLE: tableNames.album,
    ARTIST_TABLE: tableNames.artist,
    STATE_TABLE: stateTable,
  };
}

/** Empty if the environment names a Spotify app or address, like in `npm run local`. */
function simulatorVariables({ stage }: AppOptions, environment: Environment): Environment {
  const hasOwn = 'SPOTIFY_CLIENT_ID' in environment || 'SPOTIFY_API_URL' in environment;
  if (stage !== LOCAL_STAGE || hasOwn) return {};
  const port = readVariable(environment, 'SPOTIFY_SIMULATOR_PORT') ?? String(SIMULATOR_PORT);
  return spotifyVariables({
    url: `http://127.0.0.1:${port}`,
    credentials: SIMULATOR_CREDENTIALS,
  });
}

/** The place of the login. A store named on the command line wins over a login in the environment. */
function loginVariables(
  { stage, store }: AppOptions,
  environment: Environment,
  { tokenSecret }: Pick<ServerlessYml, 'tokenSecret'>,
): Environment {
  if (store === undefined && LOGIN_VARIABLES.some((name) => name in environment)) return {};
  const none = Object.fromEntries(LOGIN_VARIABLES.map((name) => [name, undefined]));
  const file = loginFileOf(environment);
  const isFile = store === undefined ? stage === LOCAL_STAGE || existsSync(file) : store === 'file';
  return isFile
    ? { ...none, SPOTIFY_TOKEN_FILE: file }
    : { ...none, SPOTIFY_TOKEN_SECRET: environment.SPOTIFY_TOKEN_SECRET ?? tokenSecret };
}

/** Where this machine keeps its login. */
export function loginFileOf(environment: Environment): string {
  const named = readVariable(environment, 'SPOTIFY_TOKEN_FILE');
  return named ?? loginFile(readVariable(environment, 'DATA_DIR'));
}
