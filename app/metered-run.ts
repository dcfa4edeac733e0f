import type { Run, RunCost, RunMeasures, RunReport } from '../etl/model/summaries.ts';
import { openSpotifyRun, type SpotifyRun, type SpotifySession } from '../spotify/spotify-run.ts';
import { countTableUse, startTableUse, type TableUse } from '../stores/dynamodb/table-use.ts';
import { PRICES, runCostUsd } from './prices.ts';

type RunContext = {
  readonly run: Run;
  /** What went wrong beside runs, until one tells of it. */
  readonly warnings: string[];
  /** Whether somebody reads what this run tells. */
  readonly isAnnouncing: boolean;
  readonly memoryMb: number;
};

/**
 * Runs `work`, and notes at the shared gate what it leaves behind, however it ended; then tells what the whole used. Where the
 * note fails, a run that did all it should is not called failed.
 */
export async function withSpotify<Result extends RunReport>(
  session: SpotifySession,
  { isAnnouncing, memoryMb, run, warnings }: RunContext,
  work: (spotify: SpotifyRun) => Promise<Result>,
): Promise<Result> {
  const startedAt = session.clock.now();
  const use = startTableUse();
  const spotify = openSpotifyRun(session, run);
  const [done, left] = await countTableUse(use, async () => {
    const [worked] = await Promise.allSettled([work(spotify)]);
    // A run that failed has no answer to tell it in.
    const announces = isAnnouncing && worked.status === 'fulfilled';
    const [noted] = await Promise.allSettled([spotify.leave({ isAnnouncing: announces })]);
    return [worked, noted] as const;
  });
  const durationMs = session.clock.now() - startedAt;
  const cost = toCost(use, { durationMs, memoryMb });
  run.onMeasured?.(toMeasures(spotify, { use, cost, durationMs }));
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
    ...cost,
    ...(daysLeft === undefined ? {} : { token_days_left: daysLeft }),
    ...(told.length === 0 ? {} : { warnings: told }),
  };
}

function toCost(
  { readUnits, writeUnits }: TableUse,
  time: { readonly durationMs: number; readonly memoryMb: number },
): RunCost {
  return {
    read_units: readUnits,
    write_units: writeUnits,
    cost_usd: runCostUsd({ readUnits, writeUnits, ...time }),
    prices_as_of: PRICES.asOf,
  };
}

function toMeasures(
  { calls, session }: SpotifyRun,
  {
    cost,
    durationMs,
    use,
  }: { readonly use: TableUse; readonly cost: RunCost; readonly durationMs: number },
): RunMeasures {
  return {
    ...cost,
    spotify_requests: calls.count(),
    rate_limited: calls.rateLimited(),
    cooldown_seconds_left: Math.ceil(session.gate.cooldownMs / 1000),
    unprocessed_items: use.unprocessedItems,
    failed_table_calls: use.failedCalls,
    duration_ms: durationMs,
  };
}

function loginEnds(days: number): string {
  const when = days < 1 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`;
  return `The Spotify login ends ${when}, six months after it was made. Log in again before: npx spotify-etl login.`;
}
