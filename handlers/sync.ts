import { Logger } from '@aws-lambda-powertools/logger';
import { systemClock } from '../app/app.ts';
import { createObjectStore, openBucket } from '../app/bucket.ts';
import { parseBucketPlace, parseConfig, parseNewsPlace } from '../app/config.ts';
import type { SyncPorts } from '../app/sync.ts';
import { createSyncApp, type SyncApp } from '../app/sync-app.ts';
import { countResults } from '../app/sync-notices.ts';
import { findCreated, toPairs } from '../app/sync-pairs.ts';
import { parseSyncRequest, type SyncRequest } from '../app/sync-request.ts';
import { type PairResult, toFailure } from '../app/sync-result.ts';
import { type PairsRun, runPairs, undoPair } from '../app/sync-run.ts';
import { EtlError } from '../etl/errors.ts';
import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { messageOf, UsageError } from '../lib/usage-error.ts';
import {
  parseSyncs,
  type Recorded,
  recordInSyncs,
  type SyncRow,
  type SyncsStore,
} from '../trigger/syncs-file.ts';
import type { RunContext } from './http/api-handler.ts';
import { type Ended, noteFailedRun, toFigures } from './http/ended-run.ts';
import { publishPoll } from './http/metrics.ts';

type Parts = {
  readonly openApp: () => SyncApp;
  readonly openFile: () => SyncsStore;
  readonly clock: Clock;
};

/** The answer and log line of a run: names of pairs and counts, no titles. */
export type SyncReport = Readonly<Record<string, unknown>> & {
  readonly status: 'synced' | 'dry-run' | 'locked' | 'later' | 'no-file';
  readonly run_id: string;
};

export type SyncHandler = (event: unknown, context: RunContext) => Promise<SyncReport>;

/** Reserved for the file, the news and the answer. */
const END_RESERVE_MS = 30_000;
/** With less time no pair is begun, and with less than half of it no write. */
const PAIR_MS = 60_000;
/** How far the clocks of two functions can differ. */
const CLOCK_SKEW_MS = 5_000;
/** Keeps a second run from the same pairs. */
const RUN_LOCK = 'syncs.csv';

const logger = new Logger({ serviceName: 'spotify-etl' });

type Started = {
  readonly app: SyncApp;
  readonly store: SyncsStore;
  readonly request: SyncRequest;
  readonly run: Run;
  readonly endsAt: number;
};

/**
 * Goes over the pairs in the stack's bucket, applies those with `apply` = `auto`, records the answers in the file and tells of them.
 * What concerns every pair and needs a person is thrown after that.
 */
export function createSyncHandler({ clock, openApp, openFile }: Parts): SyncHandler {
  let app: SyncApp | undefined;
  return async (event, context) => {
    const runId = context.awsRequestId;
    const endsAt = clock.now() + context.getRemainingTimeInMillis();
    let ended: Ended = {};
    const run: Run = {
      runId,
      deadlineAt: endsAt - END_RESERVE_MS,
      onEnd: (report, measures) => {
        ended = { ...report, ...measures };
        for (const warning of report.warnings ?? []) logger.warn(warning, { run_id: runId });
      },
    };
    try {
      const request = parseSyncRequest(event);
      app ??= openApp();
      const started = { app, store: openFile(), request, run, endsAt };
      const done = await syncAll(started, clock);
      if (typeof done === 'string') {
        logger.info('nothing was begun', { run_id: runId, status: done });
        return { status: done, run_id: runId };
      }
      if (!request.dryRun) await tell(started, done, ended);
      return finish(request, done, { ...ended, run_id: runId });
    } catch (error) {
      noteFailedRun(logger, { ...ended, functionName: 'sync', run_id: runId }, error);
      throw error;
    }
  };
}

async function syncAll(
  { app, endsAt, request, run, store }: Started,
  clock: Clock,
): Promise<PairsRun | 'locked' | 'no-file'> {
  const source = await store.read().catch((error: unknown) => {
    // A delivery plans, whether or not anybody syncs.
    if (!request.dryRun || !(error instanceof UsageError)) throw error;
  });
  if (source === undefined) return 'no-file';
  const { rows } = parseSyncs(source);
  const { dryRun: isDryRun, pairs: names, undo, ...given } = request;
  const settings = { ...given, isDryRun };
  const leftMs = (): number => run.deadlineAt - clock.now();
  const work = async (ports: SyncPorts): Promise<PairsRun> => {
    if (undo !== undefined) return await undoPair(ports, undo, settings);
    const pairs = toPairs(rows, names, await findCreated(ports, rows));
    return await runPairs(ports, pairs, { settings, mayBegin: () => leftMs() > PAIR_MS });
  };
  const signal = AbortSignal.timeout(Math.max(0, leftMs() - PAIR_MS / 2));
  const syncing = app.sync({ ...run, signal }, async (ports) => {
    if (isDryRun) return await work(ports);
    const { journal } = ports;
    const lock = { targetId: RUN_LOCK, holder: run.runId, until: endsAt + CLOCK_SKEW_MS };
    if (!(await journal.lock(lock, clock.now()))) return 'locked';
    try {
      const done = await work(ports);
      return undo === undefined ? await record({ done, store, rows }, clock) : done;
    } finally {
      // It ends by itself.
      await journal.unlock(lock).catch((error: unknown) => {
        logger.warn('the lock of the run stays until its end', { error: messageOf(error) });
      });
    }
  });
  return await syncing.catch((error: unknown) => {
    // The login, say: nothing was begun.
    if (!(error instanceof EtlError) || error.kind !== 'stop') throw error;
    const wanted = rows.filter(({ name }) => names.length === 0 || names.includes(name));
    const results = undo === undefined ? wanted.map(({ name }) => toFailure(name, error)) : [];
    return { results, stoppedBy: error };
  });
}

type Recording = {
  readonly done: PairsRun;
  readonly store: SyncsStore;
  readonly rows: readonly SyncRow[];
};

/** What was done is told, even if it cannot be recorded. */
async function record({ done, rows, store }: Recording, clock: Clock): Promise<PairsRun> {
  try {
    await recordInSyncs(store, toRecorded(done, clock), rows);
    return done;
  } catch (error) {
    return { stoppedBy: error instanceof Error ? error : new Error(String(error)), ...done };
  }
}

function toRecorded({ results }: PairsRun, clock: Clock): Map<string, Recorded> {
  const last_run = new Date(clock.now()).toISOString();
  return new Map(
    results.map(({ isNew, message, name, targetId }) => {
      const isCreated = isNew === true && targetId !== undefined;
      const target = isCreated ? { target: `https://open.spotify.com/playlist/${targetId}` } : {};
      return [name, { last_run, response: message, ...target }];
    }),
  );
}

/** A run that nobody hears of has still been made. */
async function tell(
  { app, endsAt, request, run }: Started,
  { results }: PairsRun,
  { token_days_left: loginDays }: Ended,
): Promise<void> {
  try {
    const isWhole = request.pairs.length === 0 && request.undo === undefined;
    const ended = { runId: run.runId, results, isWhole, loginDays };
    await app.tell(ended, { deadlineAt: endsAt - 1_000 });
  } catch (error) {
    const cause = error instanceof Error ? error : String(error);
    logger.error('the news was not sent', { run_id: run.runId, error: cause });
  }
}

function finish(
  { dryRun }: SyncRequest,
  { results, stoppedBy }: PairsRun,
  ended: Ended & { readonly run_id: string },
): SyncReport {
  const isLater = stoppedBy instanceof EtlError && stoppedBy.isRetryable;
  if (stoppedBy !== undefined && !isLater) throw stoppedBy;
  publishPoll({ ...ended, functionName: 'sync', outcome: isLater ? 'retriable' : 'synced' });
  const report: SyncReport = {
    status: isLater ? 'later' : dryRun ? 'dry-run' : 'synced',
    run_id: ended.run_id,
    ...countResults(results),
    pairs: results.map(toAnswer),
    ...toFigures(ended),
  };
  logger.info('run finished', { run_id: ended.run_id, result: report });
  return report;
}

function toAnswer({ added, figures, message, name, removed, state }: PairResult): object {
  return { name, state, added, removed, ...figures, message };
}

const FILE = 'syncs.csv';

export const handler = createSyncHandler({
  openApp: () => createSyncApp(parseConfig(), parseNewsPlace()),
  openFile: () => createObjectStore(openBucket(parseBucketPlace())(FILE)),
  clock: systemClock,
});
