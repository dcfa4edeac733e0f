import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { Dialect } from './app-kind.ts';
import { type ApiCalls, createApiCalls } from './client.ts';
import { AccessTokens } from './login/access-tokens.ts';
import type { LoginSource } from './login/token-store.ts';
import type { LoginAge } from './quota/announcements.ts';
import type { Gate } from './quota/gate.ts';
import { Pass } from './quota/pass.ts';
import type { AppCredentials, PlaylistApi } from './requests.ts';
import { createTransport, type Exchange } from './transport.ts';

/** Where Spotify is and who asks. */
export type SpotifySettings = {
  readonly apiUrl: URL;
  readonly accountsUrl: URL;
  readonly credentials: AppCredentials;
  readonly pagesInFlight: number;
  /** Undefined: found out from replies. */
  readonly playlistApi: PlaylistApi | undefined;
};

type SessionOptions = {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly tokenStore: LoginSource;
  /** Told of what went wrong without failing a run. Never a secret. */
  readonly onWarning?: (warning: string) => void;
  /** False for who would rather know at once that something fails: nothing is then asked twice. */
  readonly isRepeating?: boolean | undefined;
};

/** What a process keeps between runs: connections, tokens, and what it learnt about the app. */
export type SpotifySession = {
  readonly settings: SpotifySettings;
  readonly clock: Clock;
  readonly exchange: Exchange;
  readonly tokens: AccessTokens;
  readonly dialect: Dialect;
  readonly gate: Gate;
  readonly isRepeating: boolean;
  /** Of a refresh token given outright, whose user only Spotify knows. */
  readonly asked: { userId?: string };
  readonly heard: {
    /** How far this machine's clock is ahead of Spotify's, as the last answer shows; Spotify's is told to the second. */
    clockSkewMs?: number;
    /** Requests of the process so far, for tokens too. */
    requests: number;
  };
};

/** One run's dealings with Spotify. Whoever opens it leaves it, however the run ends. */
export type SpotifyRun = {
  readonly session: SpotifySession;
  readonly calls: ApiCalls;
  readonly pass: Pass;
  /** Gives back calls that were leased and not made; returns the mark of days left (30, 7, 1) that this run announces. */
  readonly leave: (options: { readonly isAnnouncing: boolean }) => Promise<number | undefined>;
};

export function createSpotifySession(
  settings: SpotifySettings,
  { clock, gate, isRepeating = true, onWarning, tokenStore }: SessionOptions,
): SpotifySession {
  const heard: SpotifySession['heard'] = { requests: 0 };
  const transport = createTransport(clock.now, (serverTime, at) => {
    heard.clockSkewMs = at - serverTime;
  });
  const exchange: Exchange = (...request) => {
    heard.requests += 1;
    return transport(...request);
  };
  const tokens = new AccessTokens({
    ...settings,
    exchange,
    clock,
    tokenStore,
    isRepeating,
    ...(onWarning === undefined ? {} : { onWarning }),
  });
  const dialect = new Dialect(settings.playlistApi);
  return { settings, clock, exchange, gate, tokens, dialect, isRepeating, asked: {}, heard };
}

export function openSpotifyRun(session: SpotifySession, run: Pick<Run, 'deadlineAt'>): SpotifyRun {
  const { clock, dialect, gate, tokens } = session;
  const pass = new Pass({ gate, clock, run });
  return {
    session,
    pass,
    calls: createApiCalls({ ...session, pass }, run),
    leave: ({ isAnnouncing }) =>
      pass.leave(dialect.toFacts(), isAnnouncing ? toLoginAge(tokens) : undefined),
  };
}

function toLoginAge({ authorizedAt, tokenDaysLeft }: AccessTokens): LoginAge | undefined {
  return authorizedAt === undefined || tokenDaysLeft === undefined
    ? undefined
    : { authorizedAt, daysLeft: tokenDaysLeft };
}
