import { createHash, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../lib/clock.ts';
import { retry } from '../../lib/retry.ts';
import { systemClock } from '../../lib/system-clock.ts';
import { isClaimed, isSameLogin, withClaim, withoutClaim } from './login-changes.ts';
import { LoginBusyError } from './login-errors.ts';
import { isNamed, LEAVING, toStoreError } from './secret-errors.ts';
import {
  type HeldLogin,
  type Login,
  parseLoginText,
  type StoredLogin,
  type TokenStore,
  toLoginText,
} from './token-store.ts';

/** The secret, the region and the credentials; the SDK finds omitted values in the environment and `~/.aws`. */
export type SecretSettings = {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
};

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
/** The name of a deleted secret is free again after some seconds. */
const REPLACE_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];
const EXISTS = 'ResourceExistsException';
const NOT_THERE = 'ResourceNotFoundException';
const DESCRIPTION = 'A Spotify login, kept by spotify-etl. npx spotify-etl logout removes it.';

/**
 * Keeps a login as a secret in AWS Secrets Manager. A process that refreshes puts a claim on the login first.
 *
 * A put derives the ID of its new version from the one it replaces. So Secrets Manager refuses the second of two that replace the
 * same one, and accepts a repeat of the first. The ID also depends on the secret's full ARN, which changes if the secret is
 * deleted and created again. So a holder of the old login cannot overwrite the new one.
 *
 * Versions get no labels of our own. Secrets Manager prunes versions without a label once there are more than a hundred and
 * they are a day old. So a writer must not sleep for a day between its read and its put.
 */
export class SecretTokenStore implements TokenStore {
  readonly place: string;
  readonly #client: SecretsManagerClient;
  readonly #clock: Clock;

  constructor(name: string, settings: SecretSettings = {}, clock: Clock = systemClock) {
    this.place = name;
    this.#client = createSecretsClient(settings);
    this.#clock = clock;
  }

  async find(): Promise<StoredLogin | undefined> {
    const command = new GetSecretValueCommand({ SecretId: this.place });
    const reply = this.#client.send(command);
    const found = await this.#unless([NOT_THERE, LEAVING], 'GetSecretValue', reply);
    return (
      found && {
        login: parseLoginText(found.SecretString ?? '', this.place),
        version: toVersion(found),
      }
    );
  }

  async hold({ login, version }: StoredLogin): Promise<HeldLogin | undefined> {
    const now = this.#clock.now();
    if (isClaimed(login, now)) return undefined;
    // Two claims of the same moment must differ, or Secrets Manager treats the second as a repeat of the first.
    const claimed = await this.#put(withClaim(login, randomUUID(), now), version);
    return claimed === undefined ? undefined : this.#toHeld(login, claimed);
  }

  async replace(login: Login): Promise<boolean> {
    const text = toLoginText(login);
    let isReplacement: boolean | undefined;
    const tryReplace = async (): Promise<void> => {
      const found = await this.find();
      // Stored before, although the answer was lost.
      if (found !== undefined && toLoginText(found.login) === text) return;
      isReplacement ??= found !== undefined;
      const version = await (found === undefined
        ? this.#create(text)
        : this.#put(login, found.version));
      if (version === undefined) throw new LoginBusyError();
    };
    await retry(tryReplace, {
      clock: this.#clock,
      planDelayMs: (error, attempt) =>
        error instanceof LoginBusyError || isNamed(error.cause, LEAVING)
          ? REPLACE_WAITS_MS[attempt - 1]
          : undefined,
    });
    return isReplacement ?? false;
  }

  async remove(): Promise<void> {
    const command = new DeleteSecretCommand({
      SecretId: this.place,
      ForceDeleteWithoutRecovery: true,
    });
    await this.#unless([NOT_THERE], 'DeleteSecret', this.#client.send(command));
  }

  #toHeld(login: Login, claimed: string): HeldLogin {
    let version = claimed;
    let isUsed = false;
    const save: HeldLogin['save'] = async (next, options) => {
      isUsed = true;
      if ((await this.#put(next, version)) !== undefined) return true;
      const found = await this.find();
      if (found === undefined || !isSameLogin(found.login, login)) return false;
      // The claim expired, and another process has one.
      if (options?.onlyIfHeld === true) return false;
      version = found.version;
      return save(next);
    };
    return {
      save,
      release: async () => {
        // If that fails, the claim expires.
        if (!isUsed) await this.#put(withoutClaim(login), version).catch(() => undefined);
      },
    };
  }

  /** The new version; undefined if the login was replaced or deleted since. */
  async #put(login: Login, version: string): Promise<string | undefined> {
    const [arn = ''] = version.split(' ', 1);
    const command = new PutSecretValueCommand({
      SecretId: arn,
      SecretString: toLoginText(login),
      ClientRequestToken: toUuid(version),
    });
    const reply = this.#client.send(command).then(toVersion);
    return this.#unless([EXISTS, NOT_THERE, LEAVING], 'PutSecretValue', reply);
  }

  /** Undefined if there is a secret already. */
  async #create(text: string): Promise<string | undefined> {
    const command = new CreateSecretCommand({
      Name: this.place,
      Description: DESCRIPTION,
      SecretString: text,
      ClientRequestToken: toUuid(text),
    });
    return this.#unless([EXISTS], 'CreateSecret', this.#client.send(command).then(toVersion));
  }

  /** Undefined if Secrets Manager answers with one of these errors. */
  #unless<Reply>(
    expected: readonly string[],
    action: string,
    reply: Promise<Reply>,
  ): Promise<Reply | undefined> {
    return reply.catch((error: unknown) => {
      if (isNamed(error, ...expected)) return undefined;
      throw toStoreError(error, action, this.place);
    });
  }
}

/** Retries and time-outs are pinned, since the SDK's defaults change with its version. */
export function createSecretsClient(settings: SecretSettings): SecretsManagerClient {
  return new SecretsManagerClient({
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    maxAttempts: 2,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
}

type Described = { readonly ARN?: string | undefined; readonly VersionId?: string | undefined };

/** Neither part contains a space. */
function toVersion({ ARN: arn = '', VersionId: id = '' }: Described): string {
  return `${arn} ${id}`;
}

/** 32 hexadecimal digits of a hash, in the form that Secrets Manager advises for a ClientRequestToken. */
function toUuid(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
