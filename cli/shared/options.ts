/** Options that several commands share. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { LOCAL_STAGE } from '../../stack/serverless-yml.ts';
import { count, field, type OptionsOf, optionalText, text } from './command.ts';
import { ROOT } from './environment.ts';

/** Which AWS account. */
export const awsOptions = {
  region: optionalText('--region <region>', 'AWS region (default: AWS_REGION, then us-east-1)'),
  profile: optionalText('--profile <profile>', 'AWS profile (default: AWS_PROFILE)'),
};

const ENDPOINT = 'address of DynamoDB (default: AWS_ENDPOINT_URL_DYNAMODB)';

/** The default stage: this machine, until something was deployed from this checkout (Serverless leaves a folder). */
export const DEFAULT_STAGE = existsSync(join(ROOT, '.serverless')) ? 'dev' : LOCAL_STAGE;

const STAGE = ['--stage <stage>', 'stage of the tables; local is this machine'] as const;

const placeOptions = {
  ...awsOptions,
  endpointUrl: field(
    z.optional(z.string()),
    new Option('--endpoint-url <url>', ENDPOINT).argParser(parseEndpoint),
  ),
};

export const tableOptions = { stage: text(...STAGE, DEFAULT_STAGE), ...placeOptions };

/** For a command that works on a library unless a stage is named. */
export const stageOptions = { stage: optionalText(...STAGE), ...placeOptions };

export type TableOptions = Partial<OptionsOf<typeof tableOptions>> & { readonly stage: string };

/** Where a login is kept: a file of this machine, or Secrets Manager. */
export const STORES = ['file', 'aws'] as const;
type Store = (typeof STORES)[number];

const STORE =
  "where the login is kept (default: the file on this machine if there is one, else the stage's secret)";

/** Where the login is; `condition` says when the command uses it, if not always. */
export const storeOption = (condition = ''): z.ZodMiniType<Store | undefined> =>
  field(
    z.optional(z.enum(STORES)),
    new Option('--store <store>', `${condition}${STORE}`).choices(STORES),
  );

export const DEFAULT_SEGMENTS = 4;
/** One partition of a table serves 3,000 a second: this leaves five sixths to others. */
export const DEFAULT_READ_UNITS_PER_SECOND = 500;
/** DynamoDB's limit is a million; a laptop needs fewer. */
const MAX_SEGMENTS = 64;
/** DynamoDB's default quota of one table. */
const MAX_READ_UNITS_PER_SECOND = 40_000;

/** How fast whole tables are read. */
export const speedOptions = {
  segments: count(
    ['--segments <count>', 'parts of a table to read in parallel'],
    MAX_SEGMENTS,
    DEFAULT_SEGMENTS,
  ),
  readUnitsPerSecond: count(
    ['--read-units-per-second <count>', 'limit of the read capacity used, on average'],
    MAX_READ_UNITS_PER_SECOND,
    DEFAULT_READ_UNITS_PER_SECOND,
  ),
};

/** An address such as http://127.0.0.1:8000. */
export function parseEndpoint(given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
  throw new InvalidArgumentError('Give an address such as http://127.0.0.1:8000.');
}
