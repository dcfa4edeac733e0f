import { existsSync } from 'node:fs';
import type { AppOptions, AppSettings } from '../shared/app-settings.ts';
import { type Environment, readVariable } from '../shared/dynamodb-settings.ts';
import { loginFile } from '../shared/login-file.ts';
import type { LoginPlace } from './login-checks.ts';

/** Where the login of these settings is, for people. */
export function toLoginPlace(
  options: AppOptions,
  { config, dynamodb }: AppSettings,
  environment: Environment,
): LoginPlace {
  const { login } = config.spotify;
  const isBare = login?.kind === 'refresh-token';
  const isGiven = readVariable(environment, 'SPOTIFY_REFRESH_TOKEN') !== undefined;
  const common = {
    isSimulated: isBare && !isGiven,
    unusedFile: isBare ? findFile(environment) : undefined,
  };
  if (login?.kind === 'secret') {
    const place = `${login.name}, AWS Secrets Manager, ${dynamodb.region ?? 'the default region'}`;
    return { ...common, place, logIn: toAwsCommand(options) };
  }
  const place = login?.kind === 'file' ? login.path : 'SPOTIFY_REFRESH_TOKEN';
  return { ...common, place, logIn: LOG_IN };
}

function findFile(environment: Environment): string | undefined {
  const named = readVariable(environment, 'SPOTIFY_TOKEN_FILE');
  const file = named ?? loginFile(readVariable(environment, 'DATA_DIR'));
  return existsSync(file) ? file : undefined;
}

const LOG_IN = 'npx spotify-etl login';

type Stage = Pick<AppOptions, 'profile' | 'region' | 'stage'>;

/** The command that logs in to the secret of a stage. */
export function toAwsCommand(options: Stage): string {
  return `${LOG_IN} --store aws ${toStageOptions(options)}`;
}

/** The command that ends a cooldown of a stage. */
export function toClearCommand(options: Stage): string {
  return `npx spotify-etl doctor ${toStageOptions(options)} --clear-cooldown`;
}

function toStageOptions({ profile, region, stage }: Stage): string {
  return [
    `--stage ${stage}`,
    ...(region === undefined ? [] : [`--region ${region}`]),
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
  ].join(' ');
}
