import { AsyncLocalStorage } from 'node:async_hooks';
import type { Run } from '../etl/model/summaries.ts';
import type { Purpose } from '../spotify/quota/ledger.ts';
import { openSpotifyRun, type SpotifyRun, type SpotifySession } from '../spotify/spotify-run.ts';
import { countTableUse, startTableUse } from '../stores/dynamodb/table-use.ts';
import { PRICES, runCostUsd } from './prices.ts';

/** What all runs of an app share. */
export type Metered = { readonly session: SpotifySession; readonly memoryMb: number };

type MeteredRunOptions = Metered & {
  readonly run: Run;
  /** Whose calls they are; a load's by default. */
  readonly purpose?: Purpose;
};

const warningsOfRun = new AsyncLocalStorage<string[]>();

/** Adds a warning to the report of the current run. */
export function warn(warning: string): void {
  warningsOfRun.getStore()?.push(warning);
}

/**
 * Runs `work`, releases unused quota even on failure, and reports what the run used to `run.onEnd`. A failed release is a warning
 * and does not fail the run.
 */
export async function meteredRun<Result>(
  { memoryMb, purpose, run, session }: MeteredRunOptions,
  work: (spotify: SpotifyRun) => Promise<Result>,
): Promise<Result> {
  const startedAt = session.clock.now();
  const use = startTableUse();
  const warnings: string[] = [];
  const spotify = openSpotifyRun(session, run, purpose);
  try {
    return await warningsOfRun.run(warnings, () =>
      countTableUse(use, () => work(spotify).finally(() => release(spotify, run))),
    );
  } finally {
    const durationMs = session.clock.now() - startedAt;
    const { readUnits, writeUnits } = use;
    run.onEnd?.(
      {
        run_id: run.runId,
        spotify_requests: spotify.calls.count(),
        duration_ms: durationMs,
        read_units: readUnits,
        write_units: writeUnits,
        cost_usd: runCostUsd({ readUnits, writeUnits, durationMs, memoryMb }),
        prices_as_of: PRICES.asOf,
        token_days_left: session.tokens.tokenDaysLeft,
        warnings: warnings.length === 0 ? undefined : warnings,
      },
      {
        rate_limited: spotify.calls.rateLimited(),
        cooldown_seconds_left: cooldownSecondsLeft(session),
        unprocessed_items: use.unprocessedItems,
        failed_table_calls: use.failedCalls,
      },
    );
  }
}

async function release({ release: giveBack, session }: SpotifyRun, { onEnd }: Run): Promise<void> {
  try {
    const isAnnounced = await giveBack({ isAnnouncing: onEnd !== undefined });
    if (isAnnounced) warn(loginEnds(session.tokens.tokenDaysLeft ?? 0));
  } catch (error) {
    warn(`Reserved calls that were not made stay counted for a day: ${String(error)}`);
  }
}

export function cooldownSecondsLeft({
  clock,
  quota,
}: Pick<SpotifySession, 'clock' | 'quota'>): number {
  const until = quota.state.cooldown?.until ?? 0;
  return Math.max(0, Math.ceil((until - clock.now()) / 1000));
}

function loginEnds(days: number): string {
  const when = days < 1 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`;
  return `The Spotify login ends ${when}, six months after it was made. Log in again before that: npx spotify-etl login.`;
}
