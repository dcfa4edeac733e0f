/** The error codes of the project (`ERRORS`), and the error class that carries one. */
import type { ProblemKind } from './model/problem.ts';

type ErrorMeaning = {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly title: string;
};

/** Codes are stable: programs can branch on them. */
export const ERRORS = {
  INVALID_REQUEST: { kind: 'final', status: 400, title: 'A parameter cannot be read' },
  INVALID_PLAYLIST_URI: { kind: 'final', status: 400, title: 'Not a playlist URI' },
  PLAYLIST_NOT_READABLE: { kind: 'final', status: 403, title: 'Spotify does not serve its items' },
  TARGET_NOT_WRITABLE: { kind: 'final', status: 403, title: 'The playlist cannot be changed' },
  PLAYLIST_NOT_FOUND: { kind: 'final', status: 404, title: 'No such playlist' },
  ARTIST_NOT_FOUND: { kind: 'final', status: 404, title: 'No such artist' },
  ALBUM_NOT_FOUND: { kind: 'final', status: 404, title: 'No such album' },
  RUN_NOT_FOUND: { kind: 'final', status: 404, title: 'No such run' },
  SPOTIFY_MADE_PLAYLIST: {
    kind: 'final',
    status: 404,
    title: 'Spotify does not serve its own lists to new apps',
  },
  NEWER_RUN_WON: { kind: 'final', status: 409, title: 'A newer run has loaded the playlist' },
  PLAYLIST_TOO_LARGE: { kind: 'final', status: 413, title: 'Too large for a table row' },
  ROW_REFUSED: { kind: 'final', status: 422, title: 'DynamoDB refuses a row' },

  TARGET_BUSY: { kind: 'later', status: 409, title: 'Another run is writing to the playlist' },
  PLAYLIST_KEEPS_CHANGING: { kind: 'later', status: 409, title: 'The playlist keeps changing' },
  LOAD_INCOMPLETE: { kind: 'later', status: 500, title: 'Some rows were not written' },
  RUN_FAILED: { kind: 'later', status: 500, title: 'The run ended without an answer' },
  INTERNAL: { kind: 'later', status: 500, title: 'A bug in this program' },
  SPOTIFY_UNAVAILABLE: { kind: 'later', status: 502, title: 'Spotify does not answer' },
  SPOTIFY_RESPONSE_INVALID: {
    kind: 'later',
    status: 502,
    title: "Spotify's answer cannot be used",
  },
  PLAYLIST_OVER_BUDGET: {
    kind: 'later',
    status: 503,
    title: 'The budget has too few calls left',
  },
  RUN_OUT_OF_TIME: { kind: 'later', status: 503, title: 'The run has used up its time' },
  RUNS_UNAVAILABLE: { kind: 'later', status: 503, title: 'Step Functions does not answer' },
  TABLE_THROTTLED: { kind: 'later', status: 503, title: 'A table is out of capacity' },
  TABLE_UNAVAILABLE: { kind: 'later', status: 503, title: 'The tables do not answer' },
  TOKEN_STORE_UNAVAILABLE: { kind: 'later', status: 503, title: 'The login cannot be read' },

  APP_NOT_PERMITTED: { kind: 'stop', status: 403, title: 'Spotify does not permit this app' },
  SCOPE_MISSING: { kind: 'stop', status: 403, title: 'The token lacks a scope' },
  CONFIG_INVALID: { kind: 'stop', status: 500, title: 'The service is not set up' },
  REAUTH_REQUIRED: { kind: 'stop', status: 503, title: 'A new Spotify login is needed' },
  SPOTIFY_BUDGET_SPENT: { kind: 'stop', status: 503, title: 'The daily budget of calls is spent' },
  SPOTIFY_QUOTA_EXCEEDED: { kind: 'stop', status: 503, title: "Spotify's daily quota is used up" },
  SPOTIFY_RATE_LIMITED: { kind: 'stop', status: 503, title: 'Spotify asks for slower requests' },
} as const satisfies Readonly<Record<string, ErrorMeaning>>;

export type ErrorCode = keyof typeof ERRORS;

export type ErrorFacts = Readonly<Record<string, string | number | boolean>>;

type ErrorOptions = {
  readonly cause?: unknown;
  /** How long to wait before the next try, if known. */
  readonly retryAfterSeconds?: number;
  /** Data about the case besides the message. Never a secret. */
  readonly facts?: ErrorFacts;
};

/** An error with a stable code, and a message that says what to do next. */
export class EtlError extends Error {
  override readonly name = 'EtlError';
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  #facts: ErrorFacts;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, retryAfterSeconds, facts = {} }: ErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
    this.#facts = facts;
  }

  get kind(): ProblemKind {
    return ERRORS[this.code].kind;
  }

  /** Whether the same request can succeed later without a change. */
  get isRetryable(): boolean {
    return this.kind === 'later' || (this.kind === 'stop' && this.retryAfterSeconds !== undefined);
  }

  get facts(): ErrorFacts {
    return this.#facts;
  }

  /** Adds facts that only a caller knows, such as the run's progress. */
  addFacts(facts: ErrorFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }
}
