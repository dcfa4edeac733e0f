/** Where the commands keep a login: a file on this machine, or a secret in AWS. */

import type { TokenStore } from '../../app/login.ts';
import { FileTokenStore, SecretTokenStore } from '../../app/login.ts';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { loginFileOf } from '../shared/app-settings.ts';
import { choice, type OptionsOf, text } from '../shared/command.ts';
import { DEFAULT_REGION, type Environment, readVariable } from '../shared/dynamodb-settings.ts';
import { awsOptions, STORES } from '../shared/options.ts';

/** The options that say where the login is. */
export const storeOptions = {
  store: choice(['--store <store>', 'a file on this machine, or a secret in AWS'], STORES, 'file'),
  stage: text('--stage <stage>', "with --store aws: whose secret, by serverless.yml's name", 'dev'),
  ...awsOptions,
};

export type StoreSettings =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'secret';
      readonly stage: string;
      readonly region: string;
      readonly profile: string | undefined;
    };

/** What the command line says, then the environment. */
export function toStoreSettings(
  { profile, region, stage, store }: OptionsOf<typeof storeOptions>,
  environment: Environment,
): StoreSettings {
  if (store === 'file') return { kind: 'file', path: loginFileOf(environment) };
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
