/**
 * What runs are watched by, as lines of CloudWatch's embedded metric format: no call is made for them. docs/operations.md says what
 * each metric means.
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { EtlError } from '../../etl/errors.ts';
import type { RunMeasures } from '../../etl/model/summaries.ts';

/** How a run ended: what it did, or by what is to be done about its failure. A defect is what nobody foresaw. */
export type Outcome =
  | 'loaded'
  | 'unchanged'
  | 'listed'
  | 'retriable'
  | 'skippable'
  | 'fatal'
  | 'defect';

/** What a run that did all it should did to playlists and rows. */
export type RunEffect = {
  readonly outcome: Outcome;
  /** Of a listing none is said. */
  readonly itemsRead?: number;
  readonly rowsWritten?: number;
  readonly rowsUnchanged?: number;
};

export type EndedRun = RunEffect & {
  readonly functionName: string;
  readonly runId: string;
  /** Undefined where it ended before anything could be measured. */
  readonly measures: RunMeasures | undefined;
  /** Undefined of a login whose age is not known, and of an app without one. */
  readonly tokenDaysLeft: number | undefined;
};

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** What each metric is of a run, and in what; what is undefined is not published. */
const METRICS: Readonly<
  Record<string, readonly [unit: Unit, of: (run: EndedRun) => number | undefined]>
> = {
  // As the next one will, until a person acts. A count of its own: an alarm on one that is missing at times is hard to get right.
  BrokenRuns: [
    MetricUnit.Count,
    ({ outcome }) => (outcome === 'fatal' || outcome === 'defect' ? 1 : 0),
  ],
  SpotifyRequests: [MetricUnit.Count, ({ measures }) => measures?.spotify_requests],
  Spotify429: [MetricUnit.Count, ({ measures }) => measures?.rate_limited],
  CooldownSecondsLeft: [MetricUnit.Seconds, ({ measures }) => measures?.cooldown_seconds_left],
  // Below 30 it is time for a new login; at 0 nothing can be read any more.
  TokenDaysLeft: [MetricUnit.Count, ({ tokenDaysLeft }) => tokenDaysLeft],
  ItemsRead: [MetricUnit.Count, ({ itemsRead }) => itemsRead],
  RowsWritten: [MetricUnit.Count, ({ rowsWritten }) => rowsWritten],
  RowsUnchanged: [MetricUnit.Count, ({ rowsUnchanged }) => rowsUnchanged],
  ReadUnits: [MetricUnit.Count, ({ measures }) => measures?.read_units],
  WriteUnits: [MetricUnit.Count, ({ measures }) => measures?.write_units],
  UnprocessedItems: [MetricUnit.Count, ({ measures }) => measures?.unprocessed_items],
  FailedTableCalls: [MetricUnit.Count, ({ measures }) => measures?.failed_table_calls],
  DurationMs: [MetricUnit.Milliseconds, ({ measures }) => measures?.duration_ms],
  CostUsd: [MetricUnit.NoUnit, ({ measures }) => measures?.cost_usd],
};

/** The namespace is the service's and its stage's: `serverless.yml` sets `POWERTOOLS_METRICS_NAMESPACE`. */
const metrics = new Metrics({ serviceName: 'spotify-etl' });

/**
 * Publishes what is known of a run that has ended. Every combination of a metric with values of its dimensions is paid for by the
 * month, so the outcome is a dimension of `Runs` alone; function and run stand beside them, for queries of the log.
 */
export function publishRun(run: EndedRun): void {
  const { functionName, outcome, runId } = run;
  const about = { function: functionName, run_id: runId };
  // A line of its own, for the first run of a container.
  metrics.captureColdStartMetric();
  metrics.addMetric('Runs', MetricUnit.Count, 1);
  metrics.addDimension('outcome', outcome);
  publish(about);
  for (const [name, [unit, of]] of Object.entries(METRICS)) {
    const value = of(run);
    if (value !== undefined) metrics.addMetric(name, unit, value);
  }
  publish({ ...about, outcome });
}

/** How a run ended that failed with this. */
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

/** Publishes what a walk over the playlists file came to: rows answered, refused for good, and left for the next one. */
export function publishWalkedRows({ done, failed, left }: WalkedRows): void {
  metrics.addMetric('RowsDone', MetricUnit.Count, done);
  metrics.addMetric('RowsFailed', MetricUnit.Count, failed);
  metrics.addMetric('RowsLeft', MetricUnit.Count, left);
  metrics.publishStoredMetrics();
}
