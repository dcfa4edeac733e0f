import { countTableUse, startTableUse, type TableUse } from '../dynamodb/table-use.ts';
import { PRICES, runCostUsd } from '../model/prices.ts';
import type { Run, RunCost, RunMeasures, RunReport } from '../model/summaries.ts';
import { openSpotifyRun, type SpotifyRun, type SpotifySession } from '../spotify/spotify-run.ts';

type RunContext = {
  readonly run: Run;
  /** What went wrong beside runs, until one tells of it. */
  readonly warnings: string[];
  /** Whether somebody reads what this run tells. */
  readonly isAnnouncing: boolean;
  readonly memoryMb: number;
};

/**
 * Runs `work`, releases unused quota even on failure, and adds usage and cost to the result. Where the release fails, a run
 * that did all it should is not called failed.
 */
export async function withSpotify<Result extends RunReport>(
  session: SpotifySession,
  { isAnnouncing, memoryMb, run, warnings }: RunContext,
  work: (spotify: SpotifyRun) => Promise<Result>,
): Promise<Result> {
  const startedAt = session.clock.now();
  const use = startTableUse();
  const spotify = openSpotifyRun(session, run);
  const [done, released] = await countTableUse(use, async () => {
    const [worked] = await Promise.allSettled([work(spotify)]);
    // A run that failed has no answer to tell it in.
    const announces = isAnnouncing && worked.status === 'fulfilled';
    const [released] = await Promise.allSettled([spotify.release({ isAnnouncing: announces })]);
    return [worked, released] as const;
  });
  const durationMs = session.clock.now() - startedAt;
  const cost = toCost(use, { durationMs, memoryMb });
  run.onMeasured?.(toMeasures(spotify, { use, cost, durationMs }));
  const daysLeft = session.tokens.tokenDaysLeft;
  if (released.status === 'rejected') {
    warnings.push(`Calls that were reserved and not made stay counted: ${released.reason}`);
  } else if (released.value) {
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
  const { cooldown = { until: 0 } } = session.quota.state;
  return {
    ...cost,
    spotify_requests: calls.count(),
    rate_limited: calls.rateLimited(),
    cooldown_seconds_left: Math.max(0, Math.ceil((cooldown.until - session.clock.now()) / 1000)),
    unprocessed_items: use.unprocessedItems,
    failed_table_calls: use.failedCalls,
    duration_ms: durationMs,
  };
}

function loginEnds(days: number): string {
  const when = days < 1 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`;
  return `The Spotify login ends ${when}, six months after it was made. Log in again before: npx spotify-etl login.`;
}
