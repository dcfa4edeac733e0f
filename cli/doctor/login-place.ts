import { existsSync } from 'node:fs';
import { type AppOptions, type AppSettings, loginFileOf } from '../shared/app-settings.ts';
import { type Environment, readVariable } from '../shared/dynamodb-settings.ts';

/** Where the login is expected, in words for people. */
export type LoginPlace = {
  /** The command that makes a login there. */
  readonly logIn: string;
  /** A path, a variable, or a secret and its region. */
  readonly place: string;
  /** Whether it is the simulated Spotify's, which needs no login. */
  readonly isSimulated?: boolean;
  /** A login file that is ignored, because the environment names another login. */
  readonly unusedFile?: string | undefined;
};

const LOG_IN = 'npx spotify-etl login';

/** Where the login of these settings is, for people. */
export function toLoginPlace(
  options: AppOptions,
  { config, dynamodb }: AppSettings,
  environment: Environment,
): LoginPlace {
  const { login } = config.spotify;
  if (login?.kind === 'secret') return toSecretPlace(login.name, dynamodb.region, options);
  if (login?.kind === 'file') return { logIn: LOG_IN, place: login.path };
  const file = loginFileOf(environment);
  return {
    logIn: LOG_IN,
    place: 'SPOTIFY_REFRESH_TOKEN',
    isSimulated: readVariable(environment, 'SPOTIFY_REFRESH_TOKEN') === undefined,
    unusedFile: existsSync(file) ? file : undefined,
  };
}

type Stage = Pick<AppOptions, 'profile' | 'region' | 'stage'>;

/** The same for the secret of a stage. */
export function toSecretPlace(
  secret: string,
  usedRegion = 'the default region',
  options: Stage,
): LoginPlace {
  return {
    logIn: `${LOG_IN} --store aws ${toStageOptions(options)}`,
    place: `${secret}, AWS Secrets Manager, ${usedRegion}`,
  };
}

/** The command that ends a cooldown of a stage. */
export function toClearCommand(options: Stage): string {
  return `npx spotify-etl doctor ${toStageOptions(options)} --clear-cooldown`;
}

/** A stage and where it is, as options of a command. */
export function toStageOptions(
  { profile, region, stage }: Stage,
  profileOption = '--profile',
): string {
  return [
    `--stage ${stage}`,
    ...(region === undefined ? [] : [`--region ${region}`]),
    ...(profile === undefined ? [] : [`${profileOption} ${profile}`]),
  ].join(' ');
}
