import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { EtlError } from '../../etl/errors.ts';
import { maskAwsError } from '../../lib/mask-secrets.ts';
import { parseLoginText, sha256, toLoginText } from './login-text.ts';
import type { TokenStore } from './token-store.ts';

/** Where the secret is and who asks; what is left out is found as the SDK does, in the environment and `~/.aws`. */
export type SecretSettings = {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
};

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 10;
/** A name is free again some seconds after its secret was deleted. */
const RECREATION_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];
const EXISTS = 'ResourceExistsException';
const NOT_THERE = 'ResourceNotFoundException';
/** What a secret that is being deleted answers. */
const LEAVING = 'InvalidRequestException';
const DESCRIPTION = 'A Spotify login, kept by spotify-etl. npx spotify-etl logout removes it.';

/**
 * Keeps a login as a secret in AWS Secrets Manager.
 *
 * A put names its new version after the one it replaces. Of two that replace the same one, the second is therefore refused;
 * a repeat of the first is not. A version is told by the secret's full ARN as well: a secret that was deleted and made again
 * has another, so that nobody who still holds the old login overwrites the new one.
 *
 * Versions get no labels of our own. Secrets Manager keeps AWSCURRENT and AWSPREVIOUS and prunes what has no label, once there
 * are more than a hundred and they are a day old; a labelled version would stay for ever. It also follows that a writer must
 * not sleep for a day between its read and its put.
 */
export function createSecretTokenStore(name: string, settings: SecretSettings = {}): TokenStore {
  const secret = { client: createClient(settings), name };
  return {
    place: name,
    find: async () => {
      const found = await read(secret);
      return found && { login: parseLoginText(found.text, name), version: found.version };
    },
    put: (login, replaces) => {
      const text = toLoginText(login);
      return replaces === undefined ? create(secret, text) : replace(secret, text, replaces);
    },
    remove: async () => {
      const command = new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true });
      await secret.client.send(command).catch((error: unknown) => {
        if (!isNamed(error, NOT_THERE)) throw toStoreError(error, 'DeleteSecret', name);
      });
    },
  };
}

type Secret = { readonly client: SecretsManagerClient; readonly name: string };
type Found = { readonly text: string; readonly version: string };

async function read({ client, name }: Secret): Promise<Found | undefined> {
  const command = new GetSecretValueCommand({ SecretId: name });
  try {
    const found = await client.send(command);
    return { text: found.SecretString ?? '', version: toVersion(found) };
  } catch (error) {
    if (isNamed(error, NOT_THERE, LEAVING)) return undefined;
    throw toStoreError(error, 'GetSecretValue', name);
  }
}

async function create(secret: Secret, text: string): Promise<string | undefined> {
  const command = new CreateSecretCommand({
    Name: secret.name,
    Description: DESCRIPTION,
    SecretString: text,
    ClientRequestToken: toUuid(text),
  });
  for (const waitMs of [...RECREATION_WAITS_MS, undefined]) {
    try {
      return toVersion(await secret.client.send(command));
    } catch (error) {
      if (isNamed(error, EXISTS)) return versionOf(secret, text);
      if (!isNamed(error, LEAVING) || waitMs === undefined) {
        throw toStoreError(error, 'CreateSecret', secret.name);
      }
      await sleep(waitMs);
    }
  }
  return undefined;
}

/** The version now there, if this text made it: the answer to its creation was lost. */
async function versionOf(secret: Secret, text: string): Promise<string | undefined> {
  const found = await read(secret);
  const isOurs = found?.text === text && found.version.endsWith(` ${toUuid(text)}`);
  return isOurs ? found.version : undefined;
}

async function replace(
  { client, name }: Secret,
  text: string,
  version: string,
): Promise<string | undefined> {
  const command = new PutSecretValueCommand({
    SecretId: arnOf(version),
    SecretString: text,
    ClientRequestToken: toUuid(version),
  });
  try {
    return toVersion(await client.send(command));
  } catch (error) {
    // Replaced or forgotten by another meanwhile.
    if (isNamed(error, EXISTS, NOT_THERE, LEAVING)) return undefined;
    throw toStoreError(error, 'PutSecretValue', name);
  }
}

/** Retries and time-outs are pinned, since the SDK's defaults change with its version. */
function createClient(settings: SecretSettings): SecretsManagerClient {
  return new SecretsManagerClient({
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    maxAttempts: 2,
    retryMode: 'standard',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
}

type Described = { readonly ARN?: string | undefined; readonly VersionId?: string | undefined };

/** Neither part has a blank in it. */
function toVersion({ ARN: arn = '', VersionId: id = '' }: Described): string {
  return `${arn} ${id}`;
}

function arnOf(version: string): string {
  return version.split(' ', 1).join('');
}

/** 32 hexadecimal digits of a hash, in the form that Secrets Manager advises for a ClientRequestToken. */
function toUuid(text: string): string {
  return sha256(text)
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return isNativeError(error) && names.includes(error.name);
}

/** All that the SDK tells of an error is optional, so any error will do. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return isNativeError(error);
}

/** Whether it was said, by the service or before it was asked, what a person must change; the rest passes by itself. */
function isRefusal(error: unknown): boolean {
  if (!isSdkError(error) || isThrottlingError(error) || isTransientError(error)) return false;
  const status = error.$metadata?.httpStatusCode;
  if (status !== undefined) return status >= 400 && status < 500;
  return (
    isNamed(error, 'CredentialsProviderError') || error.message.startsWith('Region is missing')
  );
}

/** What a call means that failed for good. */
function toStoreError(error: unknown, action: string, name: string): EtlError {
  const cause = maskAwsError(error);
  const what = `${action} for ${name} (${isNativeError(error) ? error.name : 'no error'})`;
  if (!isRefusal(error)) {
    return new EtlError(
      'TOKEN_STORE_UNAVAILABLE',
      `Secrets Manager gave no answer to ${what}. Try again in ${RETRY_AFTER_SECONDS} seconds.`,
      { retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
    );
  }
  const whatNow = isNamed(error, 'AccessDeniedException')
    ? `This identity lacks secretsmanager:${action} for it.`
    : isNamed(error, LEAVING)
      ? 'If it is scheduled for deletion, restore it, or delete it without recovery.'
      : 'Check region, credentials and the name.';
  return new EtlError('CONFIG_INVALID', `Secrets Manager refused ${what}. ${whatNow}`, { cause });
}
