import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod/mini';
import { systemClock } from '../app/app.ts';
import { openBucket, type S3Object } from '../app/bucket.ts';
import { parseBucketPlace } from '../app/config.ts';
import type { Clock } from '../lib/clock.ts';
import { runPlaylists } from '../trigger/run-playlists.ts';
import { getApp } from './cold-start.ts';
import type { RunContext } from './http/api-handler.ts';
import { publishWalkedRows } from './http/metrics.ts';
import { createApiInProcess, type WalkApp } from './walk/api-in-process.ts';
import { acquireObjectLock } from './walk/object-lock.ts';
import { createObjectStore } from './walk/object-store.ts';

/** What a schedule sends; the options of `spotify-etl trigger` mean the same. */
const flag = z._default(z.boolean(), false);
const eventSchema = z.object({ refresh: flag, retryFailed: flag });
type WalkEvent = z.infer<typeof eventSchema>;

type Parts = {
  readonly getApp: () => WalkApp;
  /** The playlists file, and the lock beside it. */
  readonly openFiles: () => { readonly file: S3Object; readonly lock: S3Object };
  readonly clock: Clock;
};

/** What a walk answers and logs. */
export type WalkReport = Readonly<Record<string, unknown>> & {
  readonly status: 'walked' | 'locked';
  readonly run_id: string;
};

export type WalkHandler = (event: unknown, context: RunContext) => Promise<WalkReport>;

const CONCURRENCY = 2;
/** Left for the last write of the file. */
const WRITE_RESERVE_MS = 10_000;
/** A row is not begun with less than the API would give it. */
const ROW_MS = 30_000;
/** The bucket keeps every version: not one for every answer. Killed, a walk has this long to do again. */
const MIN_WRITE_INTERVAL_MS = 20_000;
/** By how much the clocks of two functions may differ. */
const CLOCK_SKEW_MS = 5_000;

const logger = new Logger({ serviceName: 'spotify-etl' });

/**
 * Goes over the playlists file in the stack's bucket as `spotify-etl trigger` goes over one on a disk, and ends before its time
 * does: what it has not begun is left to the next start. While one is at work, another ends at once. Throws what keeps it from
 * reading or writing the file, which then stands as it stood.
 */
export function createWalkHandler({ clock, getApp, openFiles }: Parts): WalkHandler {
  return async (event, context) => {
    const runId = context.awsRequestId;
    try {
      const walkEvent = eventSchema.parse(event ?? {});
      const { file, lock } = openFiles();
      const now = clock.now();
      const until = now + context.getRemainingTimeInMillis() + CLOCK_SKEW_MS;
      const release = await acquireObjectLock(lock, { owner: runId, now, until });
      if (release === undefined) {
        logger.info('another walk is running', { run_id: runId, file: file.name });
        return { status: 'locked', run_id: runId };
      }
      try {
        return await walk({ clock, file, getApp }, walkEvent, context);
      } finally {
        // A lock that is not given back is over when its time is.
        await release().catch((error: unknown) => {
          logger.warn('the lock was not released', { run_id: runId, cause: String(error) });
        });
      }
    } catch (error) {
      const cause = error instanceof Error ? error : String(error);
      logger.error('walk failed', { run_id: runId, error: cause });
      throw error;
    }
  };
}

async function walk(
  { clock, file, getApp }: Pick<Parts, 'clock' | 'getApp'> & { readonly file: S3Object },
  selection: WalkEvent,
  { awsRequestId: runId, getRemainingTimeInMillis }: RunContext,
): Promise<WalkReport> {
  const store = createObjectStore(file);
  const remainingMs = (): number => getRemainingTimeInMillis() - WRITE_RESERVE_MS;
  const { requestIngest, requestList } = createApiInProcess({ getApp, runId, remainingMs });
  const end = createEnd(() => remainingMs() - ROW_MS, clock);
  const summary = await runPlaylists({
    store,
    selection,
    concurrency: CONCURRENCY,
    minWriteIntervalMs: MIN_WRITE_INTERVAL_MS,
    requestIngest,
    requestList: selection.refresh ? requestList : undefined,
    halt: end.halt,
    clock: { ...clock, sleep: end.sleep },
    onStart: end.whenLate,
    onAnswer: end.whenLate,
    onWarning: (line) => {
      logger.warn(line, { run_id: runId });
    },
    // Each request's own log line has it.
    onNotice: () => undefined,
    onEnd: ({ done, failed, later, untouched }) => {
      publishWalkedRows({ done, failed, left: later + untouched });
    },
  });
  const { durationMs, stoppedBy, ...counts } = summary;
  const isOutOfTime = end.isLate() && counts.untouched + counts.later > 0;
  const report: WalkReport = {
    status: 'walked',
    run_id: runId,
    file: store.name,
    ...counts,
    ...(stoppedBy && { stopped_by: stoppedBy.response.code }),
    ...(isOutOfTime && { out_of_time: true }),
    duration_ms: Math.round(durationMs),
  };
  logger.info('walk finished', report);
  return report;
}

function createEnd(leftMs: () => number, clock: Pick<Clock, 'sleep'>) {
  const halt = new AbortController();
  let isLate = false;
  const endWhere = (isOver: boolean): void => {
    if (!isOver || halt.signal.aborted) return;
    isLate = true;
    halt.abort();
  };
  return {
    halt,
    isLate: () => isLate,
    /** Ends the walk where no row may be begun any more. */
    whenLate: () => {
      endWhere(leftMs() <= 0);
    },
    /** A wait that is longer than the time left ends the walk instead. */
    sleep: async (ms: number): Promise<void> => {
      endWhere(ms >= leftMs());
      if (!halt.signal.aborted) await clock.sleep(ms);
    },
  };
}

const FILE = 'playlists.csv';

export const handler = createWalkHandler({
  getApp,
  openFiles: () => {
    const open = openBucket(parseBucketPlace());
    return { file: open(FILE), lock: open(`${FILE}.lock`) };
  },
  clock: systemClock,
});
