import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { Dialect } from './app-kind.ts';
import { type ApiCalls, createApiCalls } from './client.ts';
import { AccessTokens, type TokenOptions } from './login/access-tokens.ts';
import { dueAnnouncement } from './login/login-life.ts';
import type { Purpose } from './quota/ledger.ts';
import type { Quota } from './quota/quota.ts';
import { RunQuota } from './quota/run-quota.ts';
import type { AppFacts, QuotaState } from './quota/store.ts';
import type { PlaylistApi } from './requests.ts';
import { createTransport, type Exchange } from './transport.ts';

export type SpotifySettings = Pick<TokenOptions, 'accountsUrl' | 'credentials'> & {
  readonly apiUrl: URL;
  /** Pages requested at the same time. */
  readonly pagesInFlight: number;
  /** Undefined: detected from replies. */
  readonly playlistApi: PlaylistApi | undefined;
};

type SessionOptions = Pick<TokenOptions, 'clock' | 'onWarning' | 'tokenStore'> & {
  readonly quota: Quota;
  /** False disables retries. */
  readonly isRepeating?: boolean | undefined;
};

/** What a process keeps between runs: connections, tokens, and facts about the app. */
export class SpotifySession {
  readonly settings: SpotifySettings;
  readonly clock: Clock;
  readonly quota: Quota;
  readonly isRepeating: boolean;
  readonly exchange: Exchange;
  readonly tokens: AccessTokens;
  readonly dialect: Dialect;
  /** The user of a raw refresh token, after Spotify has named it. */
  cachedUserId: string | undefined;
  /** This machine's clock minus Spotify's at the last answer; Spotify's has whole seconds. */
  clockSkewMs: number | undefined;
  /** Requests of the process so far, including token requests. */
  requests = 0;

  constructor(settings: SpotifySettings, options: SessionOptions) {
    const { clock, isRepeating = true, quota } = options;
    const transport = createTransport(clock.now, (serverTime, at) => {
      this.clockSkewMs = at - serverTime;
    });
    this.settings = settings;
    this.clock = clock;
    this.quota = quota;
    this.isRepeating = isRepeating;
    this.exchange = (...request) => {
      this.requests += 1;
      return transport(...request);
    };
    this.tokens = new AccessTokens({
      ...settings,
      ...options,
      isRepeating,
      exchange: this.exchange,
    });
    this.dialect = new Dialect(settings.playlistApi);
  }
}

/** One run's access to Spotify. Release it at the end, even after a failure. */
export type SpotifyRun = {
  readonly session: SpotifySession;
  readonly calls: ApiCalls;
  readonly quota: RunQuota;
  /** Returns unused calls; tells whether this run must warn about the end of the login. */
  readonly release: (options: { readonly isAnnouncing: boolean }) => Promise<boolean>;
};

export function openSpotifyRun(
  session: SpotifySession,
  { deadlineAt }: Pick<Run, 'deadlineAt'>,
  purpose: Purpose = 'load',
): SpotifyRun {
  const { clock, dialect, exchange, isRepeating, tokens } = session;
  const quota = new RunQuota(session.quota, { deadlineAt, purpose });
  return {
    session,
    quota,
    calls: createApiCalls({ exchange, clock, tokens, quota, isRepeating }, { deadlineAt }),
    release: async ({ isAnnouncing }) => {
      const { authorizedAt } = tokens;
      const due = ({ facts }: QuotaState): AppFacts['announced'] =>
        isAnnouncing && authorizedAt !== undefined
          ? dueAnnouncement(authorizedAt, clock.now(), facts.announced)
          : undefined;
      const announced = due(session.quota.state);
      const facts = { ...dialect.toFacts(), ...(announced && { announced }) };
      const before = await quota.release(facts);
      return announced !== undefined && due(before) !== undefined;
    },
  };
}
