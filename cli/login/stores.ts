/** Where the commands keep a login: a file on this machine, or a secret in AWS. */
import { FileTokenStore, SecretTokenStore, type TokenStore } from '../../app/login.ts';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { loginFileOf } from '../shared/app-settings.ts';
import { choice, type OptionsOf, text } from '../shared/command.ts';
import { DEFAULT_REGION, type Environment, readVariable } from '../shared/dynamodb-settings.ts';
import { awsOptions, STORES } from '../shared/options.ts';

/** The options that say where the login is. */
export const storeOptions = {
  store: choice(['--store <store>', 'a file on this machine, or a secret in AWS'], STORES, 'file'),
  stage: text('--stage <stage>', 'with --store aws: the stage that uses the login', 'dev'),
  ...awsOptions,
};

/** The store, and a name of its place for people: from the command line, then the environment. Reads nothing yet. */
export async function openTokenStore(
  { profile, stage, store, ...given }: OptionsOf<typeof storeOptions>,
  environment: Environment,
): Promise<{ readonly store: TokenStore; readonly place: string }> {
  if (store === 'file') {
    const path = loginFileOf(environment);
    return { store: new FileTokenStore(path), place: path };
  }
  const region = given.region ?? readVariable(environment, 'AWS_REGION') ?? DEFAULT_REGION;
  const { tokenSecret } = await readServerlessYml(SERVERLESS_YML, stage);
  return {
    store: new SecretTokenStore(tokenSecret, { region, profile }),
    place: `${tokenSecret}, AWS Secrets Manager, ${region}`,
  };
}
