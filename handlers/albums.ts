import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod/mini';
import { toThursday } from '../app/album-report.ts';
import { createStageAlbums, type StageAlbums } from '../app/albums-app.ts';
import { type AlbumsRun, planAlbums, type RunOptions, runAlbums } from '../app/albums-run.ts';
import { systemClock } from '../app/app.ts';
import { createObjectStore, openBucket } from '../app/bucket.ts';
import { parseBucketPlace, parseConfig } from '../app/config.ts';
import { createReportBucket, type ReportBucket } from '../app/report-bucket.ts';
import { parseRunEvent } from '../app/run-event.ts';
import type { Run } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import { UsageError } from '../lib/usage-error.ts';
import { type ArtistsStore, parseArtists, recordInArtists } from '../trigger/artists-file.ts';
import type { RunContext } from './http/api-handler.ts';
import { type Ended, noteFailedRun, toFigures } from './http/ended-run.ts';
import { publishPoll } from './http/metrics.ts';

/** Like the options of `spotify-etl albums`. */
const flag = z._default(z.boolean(), false);
const eventSchema = z.strictObject({
  dryRun: flag,
  /** Sent by the schedule of the next days: does nothing but go on with a report that has been begun. */
  goOn: flag,
  /** Makes the report of a week again that is there already. */
  replace: flag,
});
type AlbumsRequest = z.infer<typeof eventSchema>;

type Parts = {
  readonly openApp: () => StageAlbums;
  readonly openFile: () => ArtistsStore;
  readonly openReports: () => ReportBucket;
  readonly clock: Clock;
};

/** The answer and log line of a run: counts and figures, no names. Wire names. */
export type AlbumsAnswer = Readonly<Record<string, unknown>> & {
  readonly status: 'reported' | 'unchanged' | 'later' | 'dry-run' | 'locked' | 'no-file';
};

export type AlbumsHandler = (event: unknown, context: RunContext) => Promise<AlbumsAnswer>;

/** Reserved for the charts, the files and the answer. */
const END_RESERVE_MS = 60_000;

const logger = new Logger({ serviceName: 'spotify-etl' });

/**
 * Collects the albums of the artists in the stack's bucket, as far as the day's calls go, and reports on them. Does nothing in a
 * week that is reported on. Throws what needs a person.
 */
export function createAlbumsHandler({
  clock,
  openApp,
  openFile,
  openReports,
}: Parts): AlbumsHandler {
  let app: StageAlbums | undefined;
  return async (event, context) => {
    const runId = context.awsRequestId;
    let ended: Ended = {};
    const run: Run = {
      runId,
      deadlineAt: clock.now() + context.getRemainingTimeInMillis() - END_RESERVE_MS,
      onEnd: (report, measures) => {
        ended = { ...report, ...measures };
        for (const warning of report.warnings ?? []) logger.warn(warning, { run_id: runId });
      },
    };
    try {
      const request = parseRunEvent(eventSchema, event, 'docs/albums.md');
      app ??= openApp();
      const work = { app, store: openFile(), reports: openReports(), run, clock };
      const found = await report(work, request);
      const answer = { ...found, run_id: runId, ...toFigures(ended) };
      const about = { ...ended, functionName: 'albums', run_id: runId };
      // Most starts have nothing to do, and metrics cost money in each hour in which they are published.
      if (answer.status !== 'unchanged') publishPoll({ ...about, outcome: toOutcome(answer) });
      logger.info('run finished', { run_id: runId, result: answer });
      return answer;
    } catch (error) {
      noteFailedRun(logger, { ...ended, functionName: 'albums', run_id: runId }, error);
      throw error;
    }
  };
}

type Work = Pick<Parts, 'clock'> & {
  readonly app: StageAlbums;
  readonly store: ArtistsStore;
  readonly reports: ReportBucket;
  readonly run: Run;
};

async function report(
  { app, clock, reports, run, store }: Work,
  { dryRun, goOn, replace }: AlbumsRequest,
): Promise<AlbumsAnswer> {
  const day = new Date(clock.now());
  const week = toThursday(day);
  if (!dryRun && !replace) {
    const state = await reports.findState(week);
    if (state === 'finished' || (goOn && state === 'none')) return { status: 'unchanged', week };
  }
  const source = await store.read().catch((error: unknown) => {
    // A dry run plans, whether or not anybody wants a report.
    if (!dryRun || !(error instanceof UsageError)) throw error;
  });
  if (source === undefined) return { status: 'no-file' };
  const asked = parseArtists(source, store.name);
  if (dryRun) {
    const { collected, plan } = await app.run(run, (ports) => planAlbums(ports, asked));
    return { status: 'dry-run', week, calls_planned: plan.calls, calls_made: 0, ...collected };
  }
  return await app.run(run, async (ports) => {
    const signal = AbortSignal.timeout(Math.max(0, run.deadlineAt - clock.now()));
    const options: RunOptions = {
      ...{ ...asked, day, signal },
      record: (cells) => recordInArtists(store, cells),
    };
    const done = await ports.alone(() => runAlbums(ports, reports, options));
    return done === undefined ? { status: 'locked', week } : { week, ...toAnswer(done) };
  });
}

function toAnswer({ outcomes, plan, report: made, stoppedBy }: AlbumsRun): AlbumsAnswer {
  const { albums, artists_complete, artists_total, families_total: families } = made;
  const { interval, slope_minutes_per_decade, verdict } = made;
  return {
    status: stoppedBy === undefined ? 'reported' : 'later',
    coverage: `${artists_complete} of ${artists_total} artists complete`,
    calls_planned: plan.calls,
    calls_made: outcomes.reduce((sum, { calls }) => sum + calls, 0),
    ...{ artists_complete, artists_total, albums, families },
    failed: outcomes.filter(({ error }) => error?.kind === 'final').length,
    ...{ verdict, slope_minutes_per_decade, interval },
  };
}

const toOutcome = ({ status }: AlbumsAnswer) => (status === 'later' ? 'retriable' : 'reported');

const FILE = 'artists.csv';

export const handler = createAlbumsHandler({
  openApp: () => createStageAlbums(parseConfig()),
  openFile: () => createObjectStore(openBucket(parseBucketPlace())(FILE)),
  openReports: () => createReportBucket(openBucket(parseBucketPlace())),
  clock: systemClock,
});
