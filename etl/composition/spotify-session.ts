import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Config } from '../config.ts';
import type { DynamodbSettings } from '../dynamodb/document-client.ts';
import { createGateStore } from '../dynamodb/gate-store.ts';
import { Gate } from '../gate/gate.ts';
import type { GateStore } from '../gate/gate-state.ts';
import { createLenientStore } from '../gate/lenient-store.ts';
import type { Clock } from '../model/clock.ts';
import { createSpotifySession, type SpotifySession } from '../spotify/spotify-run.ts';
import { createFileTokenStore } from '../tokens/file-token-store.ts';
import { createFixedTokenStore } from '../tokens/fixed-token-store.ts';
import { createSecretTokenStore } from '../tokens/secret-token-store.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { warn } from './with-spotify.ts';

export type SessionParts = {
  readonly client: DynamoDBDocumentClient;
  readonly clock: Clock;
  /** Region and profile of a laptop: the login is in the same account as the tables. */
  readonly aws: Pick<DynamodbSettings, 'region' | 'profile'>;
  /** Called with the reason where the shared state cannot be read, by callers that can do without it. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
  readonly isRepeating?: boolean | undefined;
};

/** What all of the app's runs share of Spotify, for as long as the process lives. */
export type SpotifyParts = {
  readonly session: SpotifySession;
  readonly gateStore: GateStore;
  readonly tokenStore: TokenStore;
};

/** One gate and one login. */
export function startSpotify(
  { spotify, stateTable }: Config,
  { aws, client, clock, isRepeating, onStateUnavailable }: SessionParts,
): SpotifyParts {
  const { clientId } = spotify.credentials;
  const gateStore = createGateStore(client, { tableName: stateTable, clientId, clock });
  const gate = new Gate({
    store:
      onStateUnavailable === undefined
        ? gateStore
        : createLenientStore(gateStore, onStateUnavailable),
    clock,
    owner: randomUUID(),
    pace: spotify.pace,
    budget: spotify.budget,
  });
  const tokenStore = createTokenStore(spotify, aws);
  const session = createSpotifySession(spotify, {
    clock,
    onWarning: warn,
    gate,
    tokenStore,
    isRepeating,
  });
  return { session, gateStore, tokenStore };
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
