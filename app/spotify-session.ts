import type { Clock } from '../lib/clock.ts';
import { FileTokenStore } from '../spotify/login/file-token-store.ts';
import { createFixedTokenStore } from '../spotify/login/fixed-token-store.ts';
import { SecretTokenStore } from '../spotify/login/secret-token-store.ts';
import type { LoginSource } from '../spotify/login/token-store.ts';
import { Quota } from '../spotify/quota/quota.ts';
import type { QuotaStore } from '../spotify/quota/store.ts';
import { SpotifySession } from '../spotify/spotify-run.ts';
import type { DynamodbSettings } from '../stores/dynamodb/document-client.ts';
import type { Config } from './config.ts';
import { warn } from './metered-run.ts';

export type SessionParts = {
  readonly quotaStore: QuotaStore;
  readonly clock: Clock;
  /** Region and profile of a laptop: the login is in the same account as the tables. */
  readonly aws: Pick<DynamodbSettings, 'region' | 'profile'>;
  /** See `Quota`: given where calls can do without the stored state. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
  readonly isRepeating?: boolean | undefined;
};

/** What all of the app's runs share of Spotify, for as long as the process lives. */
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
