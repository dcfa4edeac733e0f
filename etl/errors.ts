/**
 * Every error of the project, grouped by what to do about it:
 * retry the same run later, skip this one playlist, or stop until a person has acted.
 */

/** The same request may succeed later, with nothing changed by anybody. */
export type RetriableCode =
  | 'SPOTIFY_UNAVAILABLE'
  | 'SPOTIFY_RESPONSE_INVALID'
  | 'SPOTIFY_RATE_LIMITED'
  | 'SPOTIFY_QUOTA_EXCEEDED'
  | 'SPOTIFY_BUDGET_SPENT'
  | 'PLAYLIST_OVER_BUDGET'
  | 'PLAYLIST_KEEPS_CHANGING'
  | 'RUN_OUT_OF_TIME'
  | 'TABLE_THROTTLED'
  | 'TABLE_UNAVAILABLE'
  | 'TOKEN_STORE_UNAVAILABLE'
  | 'LOAD_INCOMPLETE';

/** This request cannot be served, be it for what it asks or for its playlist; others can. */
export type SkippableCode =
  | 'INVALID_REQUEST'
  | 'INVALID_PLAYLIST_URI'
  | 'PLAYLIST_NOT_READABLE'
  | 'PLAYLIST_NOT_FOUND'
  | 'SPOTIFY_MADE_PLAYLIST'
  | 'PLAYLIST_TOO_LARGE'
  | 'ROW_REFUSED'
  | 'NEWER_RUN_WON';

/** Nothing will work until a person has changed something. */
export type FatalCode =
  | 'APP_NOT_PERMITTED'
  | 'SCOPE_MISSING'
  | 'REAUTH_REQUIRED'
  | 'CONFIG_INVALID';

export type ErrorCode = RetriableCode | SkippableCode | FatalCode;

export type ErrorFacts = Readonly<Record<string, string | number | boolean>>;

type ErrorOptions = {
  readonly cause?: unknown;
  /** How long to wait before the next try, where it is known. */
  readonly retryAfterSeconds?: number;
  /** What a caller may count on or show, besides the message. Never a secret. */
  readonly facts?: ErrorFacts;
};

/** What all three kinds have in common: a stable code, and a message that says what to do next. */
export abstract class EtlError extends Error {
  abstract readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  #facts: ErrorFacts;

  constructor(message: string, { cause, retryAfterSeconds, facts = {} }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryAfterSeconds = retryAfterSeconds;
    this.#facts = facts;
  }

  get facts(): ErrorFacts {
    return this.#facts;
  }

  /** For who knows more than where it was thrown, such as how far a run had come. */
  addFacts(facts: ErrorFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }
}

/** Retry the same run later. */
export class RetriableError extends EtlError {
  override readonly name = 'RetriableError';
  readonly code: RetriableCode;

  constructor(code: RetriableCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Skip this playlist and go on with the next. */
export class SkippableError extends EtlError {
  override readonly name = 'SkippableError';
  readonly code: SkippableCode;

  constructor(code: SkippableCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Stop: no run can succeed before a person has acted. */
export class FatalError extends EtlError {
  override readonly name = 'FatalError';
  readonly code: FatalCode;

  constructor(code: FatalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
