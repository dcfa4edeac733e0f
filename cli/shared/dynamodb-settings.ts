import type * as z from 'zod/mini';
import type { DynamodbSettings } from '../../app/app.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { LOCAL_STAGE } from '../../stack/serverless-yml.ts';
import type { TableOptions } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The default region of `serverless.yml`. */
export const DEFAULT_REGION = 'us-east-1';
const DEFAULT_LOCAL_PORT = '8000';

/** Where the tables of a stage are: from the command line, then the environment. */
export function toDynamodbSettings(
  { endpointUrl, profile, region, stage }: TableOptions,
  environment: Environment,
): DynamodbSettings {
  const endpoint = endpointUrl ?? readVariable(environment, 'AWS_ENDPOINT_URL_DYNAMODB');
  if (stage === LOCAL_STAGE) {
    const port = readVariable(environment, 'DYNAMODB_PORT') ?? DEFAULT_LOCAL_PORT;
    return {
      endpoint: endpoint ?? `http://127.0.0.1:${port}`,
      region: region ?? DEFAULT_REGION,
      // The embedded engine accepts any; it must not get real ones.
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
  }
  return {
    endpoint,
    profile,
    region: region ?? readVariable(environment, 'AWS_REGION') ?? DEFAULT_REGION,
  };
}

/** An empty variable counts as not set. */
export function readVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

/** Without empty ones, which count as not set. */
export function setVariables(environment: Environment): Record<string, string> {
  const set = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
  return Object.fromEntries(set);
}

/** @throws UsageError naming every wrong variable */
export function parseEnvironment<Parsed>(
  schema: z.ZodMiniType<Parsed>,
  environment: Environment,
): Parsed {
  const parsed = schema.safeParse(setVariables(environment));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new UsageError(`The environment is wrong: ${faults.join('; ')}.`);
}
