/** Why calls are refused, as errors that say when the same run can be made. */
import { EtlError } from '../../etl/errors.ts';
import type { Cooldown } from './store.ts';

type Want = {
  readonly needed: number;
  /** Undefined where waiting does not help. Milliseconds since the epoch. */
  readonly freeAt: number | undefined;
  readonly now: number;
};

/** How a person ends a cooldown; the functions do not know the name of their stage. */
const CLEAR_COOLDOWN = 'npx spotify-etl doctor --stage <stage> --clear-cooldown';

const COOLDOWNS = {
  quota: ['SPOTIFY_QUOTA_EXCEEDED', 'that the daily quota of this developer account is used up'],
  'rate-limit': ['SPOTIFY_RATE_LIMITED', 'to send requests more slowly'],
} as const;

export function coolingDown({ reason, until }: Cooldown, now: number): EtlError {
  const [code, why] = COOLDOWNS[reason];
  const message = `Spotify told an earlier call ${why}. Nothing is sent before ${new Date(until).toISOString()}: calling earlier may lengthen the wait. To call anyway: ${CLEAR_COOLDOWN}`;
  return new EtlError(code, message, wait(until, now));
}

export function overBudget(want: Want & { readonly left: number }): EtlError {
  const { freeAt, left, needed, now } = want;
  const options = { ...wait(freeAt, now), facts: { calls_needed: needed, calls_left: left } };
  const code = left === 0 && freeAt !== undefined ? 'SPOTIFY_BUDGET_SPENT' : 'PLAYLIST_OVER_BUDGET';
  const advice =
    freeAt === undefined
      ? 'A whole day allows fewer: raise SPOTIFY_DAILY_CALLS.'
      : `Try again in ${options.retryAfterSeconds} seconds.`;
  const message = `The budget of calls to Spotify in 24 hours (SPOTIFY_DAILY_CALLS) has ${left} left, and this run needs ${needed} more. Nothing was written. ${advice}`;
  return new EtlError(code, message, options);
}

export function tooFast({ freeAt, needed, now }: Want): EtlError {
  const options = { ...wait(freeAt, now), facts: { calls_needed: needed } };
  if (freeAt === undefined) {
    const message = `This run needs ${needed} more calls to Spotify, and at the configured pace they take longer than the run has. Nothing was written; raise SPOTIFY_BURST_CALLS, give the run more time, or split the playlist.`;
    return new EtlError('RUN_OUT_OF_TIME', message, options);
  }
  const message = `Other runs are using the calls that the pace allows right now (SPOTIFY_BURST_CALLS, SPOTIFY_CALLS_PER_SECOND). Nothing was written; try again in ${options.retryAfterSeconds} seconds.`;
  return new EtlError('SPOTIFY_RATE_LIMITED', message, options);
}

/** Rounded up, so that nobody comes back too early. */
function wait(until: number | undefined, now: number): { readonly retryAfterSeconds?: number } {
  if (until === undefined) return {};
  return { retryAfterSeconds: Math.max(1, Math.ceil((until - now) / 1000)) };
}
