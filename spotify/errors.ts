/** Turns Spotify's statuses and bodies into errors of this project. */
import { EtlError } from '../etl/errors.ts';
import { MAX_BODY_MB } from '../lib/bounded-body.ts';
import { reauthRequired } from './login/login-errors.ts';
import type { Cooldown } from './quota/store.ts';
import { type PlaylistCall, refusalOf, refusalOfPlaylist } from './refusals.ts';
import { isQuotaExceeded, MAX_RETRY_AFTER_MS } from './retry-policy.ts';
import type { Failure, StatusFailure } from './transport.ts';

/** If Spotify does not say how long to wait. */
const DEFAULT_RATE_LIMIT_SECONDS = 60;
const DEFAULT_QUOTA_SECONDS = 3_600;
const UNAVAILABLE_SECONDS = 60;

type CallContext = PlaylistCall & {
  /** The progress of reading the playlist. */
  readonly progress?: Progress;
};

export type Progress = { readonly itemsRead: number; readonly total: number };

/** The error of a call about one playlist that failed for good. */
export function toPlaylistError(failure: Failure, context: CallContext): EtlError {
  const toRefusal = (status: StatusFailure): EtlError =>
    refusalOfPlaylist(status, context) ?? unforeseen(status);
  return toError(failure, toRefusal, context.progress);
}

/** The error of a call about the user that failed for good. */
export function toUserError(failure: Failure): EtlError {
  return toError(
    failure,
    (status) => (status.status === 403 ? refusalOf(status) : undefined) ?? unforeseen(status),
  );
}

/** The error of a call about an artist or an album that failed for good. */
export function toCatalogueError(failure: Failure, what: 'artist' | 'album'): EtlError {
  return toError(failure, (status) => {
    const isUnknown =
      status.status === 404 || (status.status === 400 && /invalid.*id/i.test(status.message));
    if (!isUnknown) return refusalOf(status) ?? unforeseen(status);
    const code = what === 'artist' ? 'ARTIST_NOT_FOUND' : 'ALBUM_NOT_FOUND';
    return new EtlError(code, `Spotify has no such ${what}. Check the link.`);
  });
}

/** The error of a token request that failed for good. */
export function toTokenError(failure: Failure): EtlError {
  return toError(failure, (status) => {
    // OAuth names its reason (RFC 6749 §5.2). An answer without one says nothing about the app.
    if (status.reason === undefined) return unexpected(status);
    return status.reason === 'invalid_grant'
      ? reauthRequired('refused')
      : new EtlError(
          'APP_NOT_PERMITTED',
          `Spotify does not accept this app's client ID and secret${quote(status)}. Compare SPOTIFY_CLIENT_ID and, if set, SPOTIFY_CLIENT_SECRET with the app's page in the developer dashboard.`,
        );
  });
}

function toError(
  failure: Failure,
  toRefusal: (failure: StatusFailure) => EtlError,
  progress?: Progress,
): EtlError {
  if (failure.kind === 'out-of-time') return outOfTime(progress);
  if (failure.kind !== 'status' || failure.status >= 500) return unanswered(failure);
  return failure.status === 429 ? tooManyRequests(failure) : toRefusal(failure);
}

/** A refusal with another cause than the playlist or the login. */
function unforeseen(failure: StatusFailure): EtlError {
  if (failure.status !== 401) return unexpected(failure);
  return new EtlError(
    'SPOTIFY_UNAVAILABLE',
    'Spotify refused an access token it had only just issued. This passes by itself; try again in a minute.',
    { retryAfterSeconds: UNAVAILABLE_SECONDS, facts: { spotify_status: 401 } },
  );
}

/** A status with an unknown meaning. */
function unexpected(failure: StatusFailure): EtlError {
  const message =
    failure.status === 400
      ? `Spotify refused a request as malformed${quote(failure)}. That is a bug in this program, or a change of the API: please report it.`
      : `Spotify refused a request for an unknown reason${quote(failure)}. Nothing was written; try again later. If it stays so, please report it.`;
  const facts = { spotify_status: failure.status };
  return new EtlError('SPOTIFY_RESPONSE_INVALID', message, { facts });
}

/** Whether a refused listing may work under its other name: Spotify gave no reason that applies to both. */
export function isPlainRefusal(failure: Failure): boolean {
  if (failure.kind !== 'status') return false;
  if (failure.status === 404) return true;
  return failure.status === 403 && refusalOf(failure) === undefined;
}

/** Whether the page size was too large for this app. */
export function isInvalidLimit(failure: Failure): boolean {
  return (
    failure.kind === 'status' && failure.status === 400 && /invalid limit/i.test(failure.message)
  );
}

/**
 * The cooldown for all functions after this failure; undefined if it says nothing about the next call. A used-up quota starts a
 * cooldown, and so does a 429 with a long wait or without a time.
 */
export function toCooldown(failure: Failure, now: number): Cooldown | undefined {
  if (failure.kind !== 'status') return undefined;
  const isQuota = isQuotaExceeded(failure);
  const defaultMs = failure.status === 429 ? toDefaultSeconds(isQuota) * 1000 : 0;
  const waitMs = failure.retryAfterMs ?? defaultMs;
  return isQuota || waitMs > MAX_RETRY_AFTER_MS
    ? { until: now + waitMs, reason: isQuota ? 'quota' : 'rate-limit' }
    : undefined;
}

function toDefaultSeconds(isQuota: boolean): number {
  return isQuota ? DEFAULT_QUOTA_SECONDS : DEFAULT_RATE_LIMIT_SECONDS;
}

function tooManyRequests(failure: StatusFailure): EtlError {
  const isQuota = isQuotaExceeded(failure);
  const retryAfterSeconds = toSeconds(failure.retryAfterMs) ?? toDefaultSeconds(isQuota);
  return isQuota
    ? new EtlError(
        'SPOTIFY_QUOTA_EXCEEDED',
        `The daily quota of this Spotify developer account is used up. Try again in ${retryAfterSeconds} seconds; calling earlier may lengthen the wait.`,
        { retryAfterSeconds },
      )
    : new EtlError(
        'SPOTIFY_RATE_LIMITED',
        `Spotify asks for slower requests. Try again in ${retryAfterSeconds} seconds.`,
        { retryAfterSeconds },
      );
}

/** No Retry-After: a repeat would have no more time. */
function outOfTime(progress?: Progress): EtlError {
  if (progress === undefined) {
    return new EtlError(
      'RUN_OUT_OF_TIME',
      'The time of this run ended before Spotify had sent everything it needs. Nothing was written; give the run more time.',
    );
  }
  const { itemsRead, total } = progress;
  return new EtlError(
    'RUN_OUT_OF_TIME',
    `The run's time ended after ${itemsRead} of ${total} items, although Spotify was answering. Nothing was written, and a repeat would probably end the same way: raise SPOTIFY_PAGES_IN_FLIGHT, give the run more time, or split the playlist.`,
    { facts: { items_read: itemsRead, total } },
  );
}

const UNUSABLE = {
  'not-json': 'Spotify answered 200 with a body that is not JSON, several times. Try again later.',
  'too-large': `The answer from Spotify's address was larger than ${MAX_BODY_MB} MB, so reading stopped. Spotify sends less than 1 MB: something in between probably answered. Nothing was written; try again later.`,
};
const NO_ANSWER = {
  timeout: 'did not answer in time',
  network: 'could not be reached, or broke off',
};

function unanswered(failure: Exclude<Failure, { kind: 'out-of-time' }>): EtlError {
  if (failure.kind === 'not-json' || failure.kind === 'too-large') {
    const options = { retryAfterSeconds: UNAVAILABLE_SECONDS };
    return new EtlError('SPOTIFY_RESPONSE_INVALID', UNUSABLE[failure.kind], options);
  }
  if (failure.kind === 'intercepted') return intercepted(failure);
  const [what, cause, retryAfterMs] =
    failure.kind === 'status'
      ? [`answered ${failure.status} again and again`, undefined, failure.retryAfterMs]
      : [NO_ANSWER[failure.kind], failure.cause];
  return new EtlError(
    'SPOTIFY_UNAVAILABLE',
    `Spotify ${what}. Nothing was written; try again in a few minutes.`,
    { retryAfterSeconds: toSeconds(retryAfterMs) ?? UNAVAILABLE_SECONDS, cause },
  );
}

function intercepted({ status, what }: Extract<Failure, { kind: 'intercepted' }>): EtlError {
  return new EtlError(
    'SPOTIFY_UNAVAILABLE',
    `Something between this machine and Spotify answered in Spotify's place, with ${what}: a Wi-Fi login page, a proxy or a firewall can cause this. Nothing was written; try again once the network lets Spotify's answers through.`,
    { retryAfterSeconds: UNAVAILABLE_SECONDS, facts: { spotify_status: status } },
  );
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms / 1000);
}

function quote({ status, message }: StatusFailure): string {
  return message === '' ? ` (${status})` : ` (${status}: ${message})`;
}
