/** What a failed call means for a run: Spotify's statuses and bodies as errors of this project. */
import { EtlError } from '../etl/errors.ts';
import { MAX_BODY_MB } from '../lib/bounded-body.ts';
import { loginRefused } from './login/login-errors.ts';
import type { Cooldown } from './quota/store.ts';
import { type PlaylistCall, refusalOf, refusalOfPlaylist } from './refusals.ts';
import { isQuotaExceeded, MAX_RETRY_AFTER_MS } from './retry-policy.ts';
import type { Failure, StatusFailure } from './transport.ts';

/** Where Spotify does not say how long to wait. */
const DEFAULT_RATE_LIMIT_SECONDS = 60;
const DEFAULT_QUOTA_SECONDS = 3_600;
const UNAVAILABLE_SECONDS = 60;

type CallContext = PlaylistCall & {
  /** How far the playlist has been read. */
  readonly progress?: Progress;
};

export type Progress = { readonly itemsRead: number; readonly total: number };

/** The error of a call about one playlist that failed for good. */
export function toPlaylistError(failure: Failure, context: CallContext): EtlError {
  if (failure.kind === 'out-of-time') return outOfTime(context.progress);
  if (failure.kind !== 'status') return unanswered(failure);
  return refusalOfPlaylist(failure, context) ?? toCallError(failure);
}

/** The error of a call about the user that failed for good. */
export function toUserError(failure: Failure): EtlError {
  if (failure.kind === 'out-of-time') return outOfTime();
  if (failure.kind !== 'status') return unanswered(failure);
  const refusal = failure.status === 403 ? refusalOf(failure) : undefined;
  return refusal ?? toCallError(failure);
}

/** The error of any call that failed for good. */
function toCallError(failure: StatusFailure): EtlError {
  if (failure.status === 429) return tooManyRequests(failure);
  if (failure.status === 401) {
    return new EtlError(
      'SPOTIFY_UNAVAILABLE',
      'Spotify refused an access token it had only just issued. This passes by itself; try again in a minute.',
      { retryAfterSeconds: UNAVAILABLE_SECONDS, facts: { spotify_status: 401 } },
    );
  }
  if (failure.status >= 500) return unanswered(failure);
  return new EtlError(
    'SPOTIFY_RESPONSE_INVALID',
    `Spotify refused a request of this program as malformed${quote(failure)}. That is a defect of this program, or a change of the API: please report it.`,
    { facts: { spotify_status: failure.status } },
  );
}

/** The error of a token request that failed for good. */
export function toTokenError(failure: Failure): EtlError {
  if (failure.kind === 'out-of-time') return outOfTime();
  if (failure.kind !== 'status') return unanswered(failure);
  if (failure.reason === 'invalid_grant') return loginRefused();
  if (failure.status === 429) return tooManyRequests(failure);
  if (failure.status >= 500) return unanswered(failure);
  return new EtlError(
    'APP_NOT_PERMITTED',
    `Spotify does not accept this app's client ID and secret${quote(failure)}. Check SPOTIFY_CLIENT_ID and, where it is set, SPOTIFY_CLIENT_SECRET against the app's page in the developer dashboard.`,
  );
}

/** Whether a listing refused so may be served under its other name: no reason was given that holds for both. */
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
 * How long no function may call after this failure; undefined where it says nothing about the next call. A quota that is used up
 * and any wait that is too long to sit out start a cooldown, and so does a refusal that names no time.
 */
export function toCooldown(failure: Failure, now: number): Cooldown | undefined {
  if (failure.kind !== 'status') return undefined;
  const { retryAfterMs } = failure;
  if (failure.status === 429) {
    const isQuota = isQuotaExceeded(failure);
    const waitMs = retryAfterMs ?? toDefaultSeconds(isQuota) * 1000;
    return isQuota || waitMs > MAX_RETRY_AFTER_MS
      ? { until: now + waitMs, reason: isQuota ? 'quota' : 'rate-limit' }
      : undefined;
  }
  return retryAfterMs !== undefined && retryAfterMs > MAX_RETRY_AFTER_MS
    ? { until: now + retryAfterMs, reason: 'rate-limit' }
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

/** No time is told to wait: the same run, sent again, has no more time than this one had. */
function outOfTime(progress?: Progress): EtlError {
  if (progress === undefined) {
    return new EtlError(
      'RUN_OUT_OF_TIME',
      'The time of this run was up before it had all it needs from Spotify. Nothing was written; give the run more time.',
    );
  }
  const { itemsRead, total } = progress;
  return new EtlError(
    'RUN_OUT_OF_TIME',
    `The time of this run was up after ${itemsRead} of ${total} items, though Spotify was answering. Nothing was written, and the same again is likely to end the same: raise SPOTIFY_PAGES_IN_FLIGHT, give the run more time, or split the playlist.`,
    { facts: { items_read: itemsRead, total } },
  );
}

function unanswered(failure: Exclude<Failure, { kind: 'out-of-time' }>): EtlError {
  const retryAfterSeconds = UNAVAILABLE_SECONDS;
  switch (failure.kind) {
    case 'not-json':
      return new EtlError(
        'SPOTIFY_RESPONSE_INVALID',
        'Spotify answered 200 with a body that is not JSON, several times. Try again later.',
        { retryAfterSeconds },
      );
    case 'too-large':
      return new EtlError(
        'SPOTIFY_RESPONSE_INVALID',
        `The answer from Spotify's address was larger than ${MAX_BODY_MB} MB, so reading stopped. Spotify sends less than 1 MB: something in between may have answered. Nothing was written; try again later.`,
        { retryAfterSeconds },
      );
    case 'timeout':
      return unavailable('did not answer in time', { retryAfterSeconds, cause: failure.cause });
    case 'network':
      return unavailable('could not be reached, or broke off', {
        retryAfterSeconds,
        cause: failure.cause,
      });
    case 'status':
      return unavailable(`answered ${failure.status} again and again`, {
        retryAfterSeconds: toSeconds(failure.retryAfterMs) ?? retryAfterSeconds,
      });
  }
}

function unavailable(
  what: string,
  options: { retryAfterSeconds: number; cause?: unknown },
): EtlError {
  return new EtlError(
    'SPOTIFY_UNAVAILABLE',
    `Spotify ${what}. Nothing was written; try again in a few minutes.`,
    options,
  );
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms / 1000);
}

function quote({ status, message }: StatusFailure): string {
  return message === '' ? ` (${status})` : ` (${status}: ${message})`;
}
