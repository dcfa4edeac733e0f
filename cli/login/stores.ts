/** Where the commands keep a login: a file on this machine, or a secret in AWS. */
import { type Command, Option } from 'commander';
import * as z from 'zod/mini';
import type { TokenStore } from '../../app/login.ts';
import { FileTokenStore, SecretTokenStore } from '../../app/login.ts';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { STORES } from '../shared/app-settings.ts';
import { DEFAULT_REGION, type Environment, readVariable } from '../shared/dynamodb-settings.ts';
import { loginFile } from '../shared/login-file.ts';
import { addAwsOptions } from '../shared/table-options.ts';

/** The part of a command line that says where the login is. */
export const storeOptionsSchema = z.object({
  store: z.enum(STORES),
  stage: z.string(),
  region: z.optional(z.string()),
  profile: z.optional(z.string()),
});

type StoreOptions = z.infer<typeof storeOptionsSchema>;

export type StoreSettings =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'secret';
      readonly stage: string;
      readonly region: string;
      readonly profile: string | undefined;
    };

/** Adds the options that say where the login is. */
export function addStoreOptions(command: Command): Command {
  return addAwsOptions(
    command
      .addOption(
        new Option('--store <store>', 'a file on this machine, or a secret in AWS')
          .choices(STORES)
          .default('file'),
      )
      .option('--stage <stage>', "with --store aws: whose secret, by serverless.yml's name", 'dev'),
  );
}

/** What the command line says, then the environment. */
export function toStoreSettings(
  { profile, region, stage, store }: StoreOptions,
  environment: Environment,
): StoreSettings {
  if (store === 'file') {
    const path = readVariable(environment, 'SPOTIFY_TOKEN_FILE');
    return { kind: 'file', path: path ?? loginFile(readVariable(environment, 'DATA_DIR')) };
  }
  return {
    kind: 'secret',
    stage,
    region: region ?? readVariable(environment, 'AWS_REGION') ?? DEFAULT_REGION,
    profile,
  };
}

/** The store itself; nothing is read of it yet. */
export async function openTokenStore(settings: StoreSettings): Promise<TokenStore> {
  if (settings.kind === 'file') return new FileTokenStore(settings.path);
  const { profile, region, stage } = settings;
  const { tokenSecret } = await readServerlessYml(SERVERLESS_YML, stage);
  return new SecretTokenStore(tokenSecret, { region, profile });
}

/** Where that is, for people. */
export function describePlace(place: string, settings: StoreSettings): string {
  return settings.kind === 'file' ? place : `${place}, AWS Secrets Manager, ${settings.region}`;
}
