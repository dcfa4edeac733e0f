import * as z from 'zod/mini';
import {
  type Environment,
  parseEnvironment,
  setVariables,
} from '../cli/shared/dynamodb-settings.ts';
import { loginFile } from '../cli/shared/login-file.ts';
import { SIMULATOR_PORT } from '../cli/shared/simulated-spotify.ts';

/** Where the local stack listens, where it keeps its data, and which Spotify it talks to. */
export type LocalSettings = {
  readonly apiPort: number;
  readonly dynamodbPort: number;
  readonly simulatorPort: number;
  readonly dataDir: string;
  /** Set if the environment names a Spotify; else the stack starts a simulated one. */
  readonly ownSpotify: Readonly<Record<string, string>> | undefined;
  /** Pace and budget, if set: a simulated Spotify can have them too. */
  readonly quotaVariables: Readonly<Record<string, string>>;
};

const port = (fallback: number) =>
  z.pipe(
    z._default(z.string().check(z.regex(/^\d{1,5}$/, 'must be a port number')), String(fallback)),
    z.pipe(z.transform(Number), z.number().check(z.lte(65_535, 'must be a port number'))),
  );

const environmentSchema = z.object({
  API_PORT: port(3000),
  DYNAMODB_PORT: port(8000),
  SPOTIFY_SIMULATOR_PORT: port(SIMULATOR_PORT),
  DATA_DIR: z._default(z.string(), '.local'),
});

const SPOTIFY_VARIABLE = /^SPOTIFY_(?!SIMULATOR_)/;
const QUOTA_VARIABLE =
  /^SPOTIFY_(?:BURST|DAILY|RESERVED)_CALLS$|^SPOTIFY_CALLS_PER_SECOND$|^SPOTIFY_PAGES_IN_FLIGHT$/;

/**
 * The settings in these variables; an empty one counts as not set.
 *
 * @throws UsageError naming every wrong variable
 */
export function parseLocalSettings(environment: Environment): LocalSettings {
  const set = Object.entries(setVariables(environment));
  const variables = parseEnvironment(environmentSchema, environment);
  const spotify = Object.fromEntries(set.filter(([name]) => SPOTIFY_VARIABLE.test(name)));
  const namesSpotify = 'SPOTIFY_CLIENT_ID' in spotify || 'SPOTIFY_API_URL' in spotify;
  return {
    apiPort: variables.API_PORT,
    dynamodbPort: variables.DYNAMODB_PORT,
    simulatorPort: variables.SPOTIFY_SIMULATOR_PORT,
    dataDir: variables.DATA_DIR,
    ownSpotify: namesSpotify
      ? { SPOTIFY_TOKEN_FILE: loginFile(variables.DATA_DIR), ...spotify }
      : undefined,
    quotaVariables: Object.fromEntries(set.filter(([name]) => QUOTA_VARIABLE.test(name))),
  };
}
