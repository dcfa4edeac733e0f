import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../lib/clock.ts';
import { FileTokenStore } from '../spotify/login/file-token-store.ts';
import { createFixedTokenStore } from '../spotify/login/fixed-token-store.ts';
import { SecretTokenStore } from '../spotify/login/secret-token-store.ts';
import type { LoginSource } from '../spotify/login/token-store.ts';
import { Gate } from '../spotify/quota/gate.ts';
import type { GateStore } from '../spotify/quota/gate-state.ts';
import { createLenientStore } from '../spotify/quota/lenient-store.ts';
import { createSpotifySession, type SpotifySession } from '../spotify/spotify-run.ts';
import type { DynamodbSettings } from '../stores/dynamodb/document-client.ts';
import { createGateStore } from '../stores/dynamodb/gate-store.ts';
import type { Config } from './config.ts';
import { warn } from './metered-run.ts';

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
  readonly tokenStore: LoginSource;
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
  const tokenStore = createTokenStore(spotify, { aws, clock });
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
