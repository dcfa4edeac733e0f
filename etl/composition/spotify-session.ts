import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Config } from '../config.ts';
import type { DynamodbSettings } from '../dynamodb/document-client.ts';
import { createQuotaStore } from '../dynamodb/quota-store.ts';
import { Quota } from '../gate/quota.ts';
import type { QuotaStore } from '../gate/store.ts';
import type { Clock } from '../model/clock.ts';
import { createSpotifySession, type SpotifySession } from '../spotify/spotify-run.ts';
import { createFileTokenStore } from '../tokens/file-token-store.ts';
import { createFixedTokenStore } from '../tokens/fixed-token-store.ts';
import { createSecretTokenStore } from '../tokens/secret-token-store.ts';
import type { TokenStore } from '../tokens/token-store.ts';

export type SessionParts = {
  readonly client: DynamoDBDocumentClient;
  readonly clock: Clock;
  /** Region and profile of a laptop: the login is in the same account as the tables. */
  readonly aws: Pick<DynamodbSettings, 'region' | 'profile'>;
  /** See `Quota`: given where calls can do without the stored state. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
  readonly onWarning: (warning: string) => void;
  readonly isRepeating?: boolean | undefined;
};

/** What all of the app's runs share of Spotify, for as long as the process lives. */
export type SpotifyParts = {
  readonly session: SpotifySession;
  readonly quotaStore: QuotaStore;
  readonly tokenStore: TokenStore;
};

/** One quota and one login. */
export function startSpotify(
  { spotify, stateTable }: Config,
  { aws, client, clock, isRepeating, onStateUnavailable, onWarning }: SessionParts,
): SpotifyParts {
  const { clientId } = spotify.credentials;
  const quotaStore = createQuotaStore(client, { tableName: stateTable, clientId, clock });
  const quota = new Quota({ settings: spotify, store: quotaStore, clock, onStateUnavailable });
  const tokenStore = createTokenStore(spotify, aws);
  const session = createSpotifySession(spotify, {
    clock,
    onWarning,
    quota,
    tokenStore,
    isRepeating,
  });
  return { session, quotaStore, tokenStore };
}

/** Where the user's login is; an empty place where the app speaks for itself. */
function createTokenStore(
  { login, credentials }: Config['spotify'],
  aws: SessionParts['aws'] = {},
): TokenStore {
  switch (login?.kind) {
    case 'file':
      return createFileTokenStore(login.path);
    case 'secret':
      return createSecretTokenStore(login.name, aws);
    case 'refresh-token':
      return createFixedTokenStore({
        refreshToken: login.refreshToken,
        clientId: credentials.clientId,
      });
    case undefined:
      return createFixedTokenStore();
  }
}
