import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../lib/clock.ts';
import { FileTokenStore } from '../spotify/login/file-token-store.ts';
import { createFixedTokenStore } from '../spotify/login/fixed-token-store.ts';
import { SecretTokenStore } from '../spotify/login/secret-token-store.ts';
import type { LoginSource } from '../spotify/login/token-store.ts';
import { Quota } from '../spotify/quota/quota.ts';
import type { QuotaStore } from '../spotify/quota/store.ts';
import { SpotifySession } from '../spotify/spotify-run.ts';
import { createDocumentClient, type DynamodbSettings } from '../stores/dynamodb/document-client.ts';
import { createQuotaStore } from '../stores/dynamodb/quota-store.ts';
import { createFileDatabase } from '../stores/sqlite/file-database.ts';
import { Library } from '../stores/sqlite/library.ts';
import { createLibraryQuotaStore } from '../stores/sqlite/quota-store.ts';
import type { Config } from './config.ts';
import { warn } from './metered-run.ts';

export type SessionParts = {
  readonly quotaStore: QuotaStore;
  readonly clock: Clock;
  /** Region and profile on a laptop: the login is in the same account as the tables. */
  readonly aws: Pick<DynamodbSettings, 'region' | 'profile'>;
  /** See `Quota`: set if calls can work without the stored state. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
  readonly isRepeating?: boolean | undefined;
};

/** What all runs of the app share about Spotify while the process lives. */
export type SpotifyParts = {
  readonly session: SpotifySession;
  readonly tokenStore: LoginSource;
};

/** One quota and one login. */
export function startSpotify(
  spotify: Config['spotify'],
  { aws, clock, isRepeating, onStateUnavailable, quotaStore }: SessionParts,
): SpotifyParts {
  const quota = new Quota({ settings: spotify, store: quotaStore, clock, onStateUnavailable });
  const tokenStore = createTokenStore(spotify, { aws, clock });
  const options = { clock, onWarning: warn, quota, tokenStore, isRepeating };
  const session = new SpotifySession(spotify, options);
  return { session, tokenStore };
}

type TableParts = Omit<SessionParts, 'quotaStore' | 'aws'> & {
  readonly dynamodb?: DynamodbSettings;
};

/** The same where tables are too, and the client of these. */
export function startOnTables(
  config: Config,
  { dynamodb = {}, ...parts }: TableParts,
): SpotifyParts & { readonly client: DynamoDBDocumentClient; readonly quotaStore: QuotaStore } {
  // Only the run repeats calls, because it knows its deadline.
  const client = createDocumentClient({ ...dynamodb, maxAttempts: 1 });
  const quotaStore = openQuotaStore(config, client, parts.clock);
  const { profile, region } = dynamodb;
  const aws = { profile, region };
  return { client, quotaStore, ...startSpotify(config.spotify, { ...parts, quotaStore, aws }) };
}

/** The ledger of calls that all processes with this configuration share. */
function openQuotaStore(
  { quotaLibrary, spotify, stateTable: tableName }: Config,
  client: DynamoDBDocumentClient,
  clock: Clock,
): QuotaStore {
  const at = { clientId: spotify.credentials.clientId, clock };
  if (quotaLibrary === undefined) return createQuotaStore(client, { ...at, tableName });
  return createLibraryQuotaStore(new Library(createFileDatabase(quotaLibrary), clock), at);
}

/** The place of the user's login; an empty one without a login. */
function createTokenStore(
  { login, credentials }: Config['spotify'],
  { aws, clock }: Pick<SessionParts, 'aws' | 'clock'>,
): LoginSource {
  switch (login?.kind) {
    case 'file':
      return new FileTokenStore(login.path);
    case 'secret':
      return new SecretTokenStore(login.name, aws, clock);
    case 'refresh-token':
      return createFixedTokenStore({
        refreshToken: login.refreshToken,
        clientId: credentials.clientId,
      });
    case undefined:
      return createFixedTokenStore();
  }
}
