/** Refusals of the gate as errors of this project. */
import { EtlError } from '../../etl/errors.ts';
import type { Refusal } from './admission.ts';

/** How a person ends a cooldown; the functions do not know the name of their stage. */
const CLEAR_COOLDOWN = 'npx spotify-etl doctor --stage <stage> --clear-cooldown';

/** The error a refused run ends with. It says when the same run can be made. */
export function toRefusalError(refusal: Refusal, now: number): EtlError {
  switch (refusal.kind) {
    case 'cooldown':
      return coolingDown(refusal, toSeconds(refusal.until - now));
    case 'budget':
      return overBudget(
        refusal,
        refusal.freeAt === undefined ? undefined : toSeconds(refusal.freeAt - now),
      );
    case 'pace':
      return tooFast(
        refusal,
        refusal.freeAt === undefined ? undefined : toSeconds(refusal.freeAt - now),
      );
  }
}

function coolingDown(
  { reason, until }: Extract<Refusal, { kind: 'cooldown' }>,
  retryAfterSeconds: number,
): EtlError {
  const end = new Date(until).toISOString();
  return reason === 'quota'
    ? new EtlError(
        'SPOTIFY_QUOTA_EXCEEDED',
        `The daily quota of this Spotify developer account is used up, as Spotify said to an earlier call. Nothing is asked before ${end}: calling earlier may lengthen the wait. To call all the same: ${CLEAR_COOLDOWN}`,
        { retryAfterSeconds },
      )
    : new EtlError(
        'SPOTIFY_RATE_LIMITED',
        `Spotify asked an earlier call for slower requests. Nothing is asked before ${end}. To call all the same: ${CLEAR_COOLDOWN}`,
        { retryAfterSeconds },
      );
}

function overBudget(
  { left, needed }: Extract<Refusal, { kind: 'budget' }>,
  retryAfterSeconds: number | undefined,
): EtlError {
  const facts = { calls_needed: needed, calls_left: left };
  if (retryAfterSeconds === undefined) {
    return new EtlError(
      'PLAYLIST_OVER_BUDGET',
      `This run needs ${needed} more calls to Spotify, and the budget of a whole day has fewer. Nothing was written; raise SPOTIFY_DAILY_CALLS.`,
      { facts },
    );
  }
  if (left === 0) {
    return new EtlError(
      'SPOTIFY_BUDGET_SPENT',
      `The budget of calls to Spotify for a rolling day (SPOTIFY_DAILY_CALLS) is spent. Spotify was not asked; try again in ${retryAfterSeconds} seconds.`,
      { retryAfterSeconds, facts },
    );
  }
  return new EtlError(
    'PLAYLIST_OVER_BUDGET',
    `This run needs ${needed} more calls to Spotify, and ${left} are left of the budget for a rolling day (SPOTIFY_DAILY_CALLS). Nothing was written; there will be enough in ${retryAfterSeconds} seconds if nothing else is loaded.`,
    { retryAfterSeconds, facts },
  );
}

function tooFast(
  { needed }: Extract<Refusal, { kind: 'pace' }>,
  retryAfterSeconds: number | undefined,
): EtlError {
  const facts = { calls_needed: needed };
  return retryAfterSeconds === undefined
    ? new EtlError(
        'RUN_OUT_OF_TIME',
        `This run needs ${needed} more calls to Spotify, and at the pace that is set they take longer than it may. Nothing was written; raise SPOTIFY_BURST_CALLS, give the run more time, or split the playlist.`,
        { facts },
      )
    : new EtlError(
        'SPOTIFY_RATE_LIMITED',
        `Other runs have the calls that the pace allows just now (SPOTIFY_BURST_CALLS, SPOTIFY_CALLS_PER_SECOND). Nothing was written; try again in ${retryAfterSeconds} seconds.`,
        { retryAfterSeconds, facts },
      );
}

/** Rounded up: told to wait so long, nobody comes too early. */
function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
