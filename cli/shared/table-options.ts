/** What commands have in common on the command line: where the tables are, and where the login is. */
import { type Command, Option } from 'commander';
import * as z from 'zod/mini';
import { STORES } from './app-settings.ts';
import { parseEndpoint } from './dynamodb-settings.ts';

export const tableOptionsSchema = z.object({
  stage: z.string(),
  region: z.optional(z.string()),
  profile: z.optional(z.string()),
  endpointUrl: z.optional(z.string()),
});

/** Of a command that needs the tables and a login. */
export const appOptionsSchema = z.object({
  ...tableOptionsSchema.shape,
  store: z.optional(z.enum(STORES)),
});

/** Where the tables are. */
export function addTableOptions(command: Command): Command {
  return addAwsOptions(
    command.option('--stage <stage>', 'whose tables; local is the stack of npm run local', 'dev'),
  ).option(
    '--endpoint-url <url>',
    'DynamoDB elsewhere (default: AWS_ENDPOINT_URL_DYNAMODB)',
    parseEndpoint,
  );
}

/** Which AWS account. */
export function addAwsOptions(command: Command): Command {
  return command
    .option('--region <region>', 'AWS region (default: AWS_REGION, then us-east-1)')
    .option('--profile <profile>', 'AWS profile (default: AWS_PROFILE)');
}

/** Where the login is that a command uses; `condition` says when it uses one, where it does not always. */
export function createStoreOption(condition = ''): Option {
  return new Option(
    '--store <store>',
    `${condition}where the login is (default: the file of this machine where there is one, else the stage's secret)`,
  ).choices(STORES);
}
