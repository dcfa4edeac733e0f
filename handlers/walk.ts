import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod/mini';
import { systemClock } from '../app/app.ts';
import { openBucket, type S3Object } from '../app/bucket.ts';
import { parseBucketPlace } from '../app/config.ts';
import type { Clock } from '../lib/clock.ts';
import { runPlaylists } from '../trigger/run-playlists.ts';
import type { TriggerSummary } from '../trigger/summary.ts';
import { getApp } from './cold-start.ts';
import type { RunContext } from './http/api-handler.ts';
import { publishWalkedRows } from './http/metrics.ts';
import { createApiInProcess, type WalkApp } from './walk/api-in-process.ts';
import { acquireObjectLock, type ObjectLock } from './walk/object-lock.ts';
import { createObjectStore } from './walk/object-store.ts';

/** What a schedule sends; the options of `spotify-etl trigger` mean the same. */
const flag = z._default(z.boolean(), false);
const eventSchema = z.object({ refresh: flag, retryFailed: flag });
type WalkEvent = z.infer<typeof eventSchema>;

/** The playlists file, and the lock beside it. */
type WalkFiles = { readonly file: S3Object; readonly lock: S3Object };

type Parts = {
  readonly getApp: () => WalkApp;
  readonly openFiles: () => WalkFiles;
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
      const held = await acquireObjectLock(lock, { owner: runId, now, until });
      if (held === undefined) {
        logger.info('another walk is at work', { run_id: runId, file: file.name });
        return { status: 'locked', run_id: runId };
      }
      try {
        return await walk({ clock, file, getApp, walkEvent }, context);
      } finally {
        await release(held, runId);
      }
    } catch (error) {
      logger.error('walk failed', {
        run_id: runId,
        error: error instanceof Error ? error : String(error),
      });
      throw error;
    }
  };
}

type Walking = Pick<Parts, 'clock' | 'getApp'> & {
  readonly file: S3Object;
  readonly walkEvent: WalkEvent;
};

async function walk(
  { clock, file, getApp, walkEvent }: Walking,
  { awsRequestId: runId, getRemainingTimeInMillis }: RunContext,
): Promise<WalkReport> {
  const store = createObjectStore(file);
  const remainingMs = (): number => getRemainingTimeInMillis() - WRITE_RESERVE_MS;
  const { requestIngest, requestList } = createApiInProcess({ getApp, runId, remainingMs });
  const end = createEnd(() => remainingMs() - ROW_MS, clock);
  const summary = await runPlaylists({
    store,
    selection: walkEvent,
    concurrency: CONCURRENCY,
    minWriteIntervalMs: MIN_WRITE_INTERVAL_MS,
    requestIngest,
    requestList: walkEvent.refresh ? requestList : undefined,
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
  const report = toReport(summary, { runId, file: store.name, isOutOfTime: end.isLate() });
  logger.info('walk finished', report);
  return report;
}

type End = {
  readonly halt: AbortController;
  readonly isLate: () => boolean;
  /** Ends the walk where no row may be begun any more. */
  readonly whenLate: () => void;
  /** A wait that is longer than the time left ends the walk instead. */
  readonly sleep: (ms: number) => Promise<void>;
};

function createEnd(leftMs: () => number, clock: Pick<Clock, 'sleep'>): End {
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
    whenLate: () => {
      endWhere(leftMs() <= 0);
    },
    sleep: async (ms) => {
      endWhere(ms >= leftMs());
      if (!halt.signal.aborted) await clock.sleep(ms);
    },
  };
}

/** A lock that is not given back is over when its time is. */
async function release(lock: ObjectLock, runId: string): Promise<void> {
  await lock.release().catch((error: unknown) => {
    logger.warn('the lock was not given back', { run_id: runId, cause: String(error) });
  });
}

type Told = { readonly runId: string; readonly file: string; readonly isOutOfTime: boolean };

function toReport(
  { durationMs, stoppedBy, ...counts }: TriggerSummary,
  { file, isOutOfTime, runId }: Told,
): WalkReport {
  return {
    status: 'walked',
    run_id: runId,
    file,
    ...counts,
    ...(stoppedBy === undefined ? {} : { stopped_by: stoppedBy.response.code }),
    ...(isOutOfTime && counts.untouched + counts.later > 0 ? { out_of_time: true } : {}),
    duration_ms: Math.round(durationMs),
  };
}

const FILE = 'playlists.csv';

function openBucketFiles(): WalkFiles {
  const open = openBucket(parseBucketPlace());
  return { file: open(FILE), lock: open(`${FILE}.lock`) };
}

export const handler = createWalkHandler({
  getApp,
  openFiles: openBucketFiles,
  clock: systemClock,
});
