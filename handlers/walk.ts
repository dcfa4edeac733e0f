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

/** The schedule's input, like the options of `spotify-etl trigger`. */
const flag = z._default(z.boolean(), false);
const eventSchema = z.object({ refresh: flag, retryFailed: flag });
type WalkEvent = z.infer<typeof eventSchema>;

type Parts = {
  readonly getApp: () => WalkApp;
  /** The playlists file, and the lock next to it. */
  readonly openFiles: () => { readonly file: S3Object; readonly lock: S3Object };
  readonly clock: Clock;
};

/** The answer and log line of a walk. */
export type WalkReport = Readonly<Record<string, unknown>> & {
  readonly status: 'walked' | 'locked';
  readonly run_id: string;
};

export type WalkHandler = (event: unknown, context: RunContext) => Promise<WalkReport>;

const CONCURRENCY = 2;
/** Reserved for the last write of the file. */
const WRITE_RESERVE_MS = 10_000;
/** A row starts only with as much time as the API would give it. */
const ROW_MS = 30_000;
/** The bucket keeps every version, so not every answer makes one. After a kill, this much work is repeated. */
const MIN_WRITE_INTERVAL_MS = 20_000;
/** How far the clocks of two functions can differ. */
const CLOCK_SKEW_MS = 5_000;

const logger = new Logger({ serviceName: 'spotify-etl' });

/**
 * Processes the playlists file in the stack's bucket like `spotify-etl trigger` does on a disk, and ends before its time is up;
 * the next walk does the remaining rows. While one walk runs, another ends at once. Throws if it cannot read or write the file,
 * which then stays unchanged.
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
        // A lock that is not released expires.
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
    // The log line of each request has it.
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
    /** Ends the walk if there is no time for another row. */
    whenLate: () => {
      endWhere(leftMs() <= 0);
    },
    /** A wait longer than the time left ends the walk instead. */
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
