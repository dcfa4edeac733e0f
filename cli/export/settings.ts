import { InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import type { DynamodbSettings } from '../../etl/app.ts';
import type { Table } from '../../etl/model/records.ts';
import { LOCAL_STAGE } from '../../stack/serverless-yml.ts';
import { EXPORT_TABLES } from './columns.ts';
import { FORMATS } from './formats.ts';

/** The command line, parsed. */
export const optionsSchema = z.object({
  stage: z.string(),
  region: z.optional(z.string()),
  profile: z.optional(z.string()),
  endpointUrl: z.optional(z.string()),
  tables: z.optional(z.array(z.enum(EXPORT_TABLES))),
  format: z.enum(FORMATS),
  out: z.string(),
  spreadsheet: z._default(z.boolean(), false),
  segments: z.number(),
  readUnitsPerSecond: z.number(),
  json: z._default(z.boolean(), false),
  quiet: z._default(z.boolean(), false),
});

export type CommandOptions = z.infer<typeof optionsSchema>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a deploy goes that names no region: the default of `serverless.yml`. */
const DEFAULT_REGION = 'us-east-1';
const DEFAULT_LOCAL_PORT = '8000';

/** Where the tables of a stage are: what the command line says, then the environment. */
export function toDynamodbSettings(
  { endpointUrl, profile, region, stage }: CommandOptions,
  environment: Environment,
): DynamodbSettings {
  const endpoint = endpointUrl ?? read(environment, 'AWS_ENDPOINT_URL_DYNAMODB');
  if (stage === LOCAL_STAGE) {
    const port = read(environment, 'DYNAMODB_PORT') ?? DEFAULT_LOCAL_PORT;
    return {
      endpoint: endpoint ?? `http://127.0.0.1:${port}`,
      region: region ?? DEFAULT_REGION,
      // The embedded engine takes any; real ones are not sent to it.
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
  }
  return {
    endpoint,
    profile,
    region: region ?? read(environment, 'AWS_REGION') ?? DEFAULT_REGION,
  };
}

/** A variable set to nothing counts as not set. */
function read(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

/** `playlist,track` as tables. */
export function parseTables(text: string): Table[] {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    const table = EXPORT_TABLES.find((one) => one === name);
    if (table !== undefined) return table;
    throw new InvalidArgumentError(`Choose from ${EXPORT_TABLES.join(', ')}, with commas between.`);
  });
}

/** A whole number from 1 to `max`. */
export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
  };
}

/** An address such as http://127.0.0.1:8000. */
export function parseEndpoint(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Give an address such as http://127.0.0.1:8000.');
}
