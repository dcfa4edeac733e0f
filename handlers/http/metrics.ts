/**
 * Metrics of runs, as lines of CloudWatch's embedded metric format, which need no call. docs/operations.md says what each metric
 * means.
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { EtlError } from '../../etl/errors.ts';
import type { PlaylistListing } from '../../etl/model/playlist-listing.ts';
import type { IngestSummary, RunMeasures, RunReport } from '../../etl/model/summaries.ts';

/** How a run ended: its result, or the kind of its failure. A defect is an unexpected error. */
type Outcome =
  | 'loaded'
  | 'unchanged'
  | 'listed'
  | 'polled'
  | 'retriable'
  | 'skippable'
  | 'fatal'
  | 'defect';

/** The result of a run; a listing and a failed run have only the outcome. */
type RunEffect = {
  readonly outcome: Outcome;
  readonly itemsRead?: number;
  readonly rowsWritten?: number;
  readonly rowsUnchanged?: number;
  readonly newPlays?: number;
  readonly playGaps?: number;
  readonly quietDays?: number;
};

type Measured = RunReport & RunMeasures;

/** A run that ended before it could be measured has only its outcome. */
export type EndedRun = RunEffect & {
  readonly [Name in keyof Measured]?: Measured[Name] | undefined;
} & { readonly functionName: string; readonly run_id: string };

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** The unit and value of each metric of a run; an undefined value is not published. */
const METRICS: Readonly<
  Record<string, readonly [unit: Unit, of: (run: EndedRun) => number | undefined]>
> = {
  // Publishes 0 too, because alarms on a metric with gaps are difficult.
  BrokenRuns: [
    MetricUnit.Count,
    ({ outcome }) => (outcome === 'fatal' || outcome === 'defect' ? 1 : 0),
  ],
  SpotifyRequests: [MetricUnit.Count, (run) => run.spotify_requests],
  Spotify429: [MetricUnit.Count, (run) => run.rate_limited],
  CooldownSecondsLeft: [MetricUnit.Seconds, (run) => run.cooldown_seconds_left],
  // Below 30 a new login is due; at 0 nothing can be read.
  TokenDaysLeft: [MetricUnit.Count, (run) => run.token_days_left],
  ItemsRead: [MetricUnit.Count, (run) => run.itemsRead],
  RowsWritten: [MetricUnit.Count, (run) => run.rowsWritten],
  RowsUnchanged: [MetricUnit.Count, (run) => run.rowsUnchanged],
  ReadUnits: [MetricUnit.Count, (run) => run.read_units],
  WriteUnits: [MetricUnit.Count, (run) => run.write_units],
  UnprocessedItems: [MetricUnit.Count, (run) => run.unprocessed_items],
  FailedTableCalls: [MetricUnit.Count, (run) => run.failed_table_calls],
  DurationMs: [MetricUnit.Milliseconds, (run) => run.duration_ms],
  CostUsd: [MetricUnit.NoUnit, (run) => run.cost_usd],
  // Publishes 0 too: the number of its values is the number of successful polls.
  NewPlays: [MetricUnit.Count, (run) => run.newPlays],
  PlayGaps: [MetricUnit.Count, (run) => run.playGaps],
  QuietDays: [MetricUnit.Count, (run) => run.quietDays],
};

/** The namespace has service and stage: `serverless.yml` sets `POWERTOOLS_METRICS_NAMESPACE`. */
const metrics = new Metrics({ serviceName: 'spotify-etl' });

/**
 * Publishes the metrics of a run. AWS charges for every combination of a metric with dimension values, so only `Runs` has the
 * outcome as a dimension; function and run are metadata, for queries of the log.
 */
export function publishRun(run: EndedRun): void {
  // Writes a separate line for the first run of a container.
  metrics.captureColdStartMetric();
  publishEnded(run);
}

function publishEnded(run: EndedRun): void {
  const { functionName, outcome, run_id } = run;
  const about = { function: functionName, run_id };
  metrics.addMetric('Runs', MetricUnit.Count, 1);
  metrics.addDimension('outcome', outcome);
  publish(about);
  for (const [name, [unit, of]] of Object.entries(METRICS)) {
    const value = of(run);
    if (value !== undefined) metrics.addMetric(name, unit, value);
  }
  publish({ ...about, outcome });
}

/** Publishes fewer metrics of a poll: there is one every 20 minutes, so each of them would be paid for the whole month. */
export function publishPoll(run: EndedRun): void {
  publishEnded({
    ...run,
    duration_ms: undefined,
    read_units: undefined,
    write_units: undefined,
    unprocessed_items: undefined,
    failed_table_calls: undefined,
  });
}

/** The result of a successful run. The items of an unchanged playlist were not read. */
export function toEffect(result: IngestSummary | PlaylistListing): RunEffect {
  if ('playlists' in result) return { outcome: 'listed' };
  const rowsWritten = sumOf(result.written);
  return result.status === 'loaded'
    ? {
        outcome: 'loaded',
        itemsRead: result.counts.items,
        rowsWritten,
        rowsUnchanged: sumOf(result.unchanged),
      }
    : { outcome: 'unchanged', itemsRead: 0, rowsWritten, rowsUnchanged: 0 };
}

function sumOf(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}

/** The result of a run that failed with this error. */
export function toFailedOutcome(error: unknown): Outcome {
  if (!(error instanceof EtlError)) return 'defect';
  if (error.isRetryable) return 'retriable';
  return error.kind === 'final' ? 'skippable' : 'fatal';
}

function publish(about: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(about)) metrics.addMetadata(name, value);
  metrics.publishStoredMetrics();
}

type WalkedRows = { readonly done: number; readonly failed: number; readonly left: number };

/** Publishes how many rows of the playlists file a walk has done, failed for good, and left for the next walk. */
export function publishWalkedRows({ done, failed, left }: WalkedRows): void {
  metrics.addMetric('RowsDone', MetricUnit.Count, done);
  metrics.addMetric('RowsFailed', MetricUnit.Count, failed);
  metrics.addMetric('RowsLeft', MetricUnit.Count, left);
  metrics.publishStoredMetrics();
}
