import type { Run, RunReport } from '../model/summaries.ts';
import { openSpotifyRun, type SpotifyRun, type SpotifySession } from '../spotify/spotify-run.ts';

type RunContext = {
  readonly run: Run;
  /** What went wrong beside runs, until one tells of it. */
  readonly warnings: string[];
  /** Whether somebody reads what this run tells. */
  readonly isAnnouncing: boolean;
};

/**
 * Runs `work`, and notes at the shared gate what it leaves behind, however it ended. Where that fails, a run that did all it
 * should is not called failed.
 */
export async function withSpotify<Result extends RunReport>(
  session: SpotifySession,
  { isAnnouncing, run, warnings }: RunContext,
  work: (spotify: SpotifyRun) => Promise<Result>,
): Promise<Result> {
  const spotify = openSpotifyRun(session, run);
  const [done] = await Promise.allSettled([work(spotify)]);
  // A run that failed has no answer to tell it in.
  const announces = isAnnouncing && done.status === 'fulfilled';
  const [left] = await Promise.allSettled([spotify.leave({ isAnnouncing: announces })]);
  const daysLeft = session.tokens.tokenDaysLeft;
  if (left.status === 'rejected') {
    warnings.push(`Calls that were leased and not made stay counted for a day: ${left.reason}`);
  } else if (left.value !== undefined) {
    warnings.push(loginEnds(daysLeft ?? 0));
  }
  if (done.status === 'rejected') throw done.reason;
  const told = warnings.splice(0);
  return {
    ...done.value,
    ...(daysLeft === undefined ? {} : { token_days_left: daysLeft }),
    ...(told.length === 0 ? {} : { warnings: told }),
  };
}

function loginEnds(days: number): string {
  const when = days < 1 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`;
  return `The Spotify login ends ${when}, six months after it was made. Log in again before: npx spotify-etl login.`;
}
