/**
 * Metrics of runs, as lines of CloudWatch's embedded metric format, which need no call. docs/operations.md says what each metric
 * means.
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { EtlError } from '../../etl/errors.ts';
import type { PlaylistListing } from '../../etl/model/playlist-listing.ts';
import type { PlaylistRun } from '../../etl/model/playlist-run.ts';
import type { IngestSummary, RunMeasures, RunReport } from '../../etl/model/summaries.ts';
import type { RecordedRows } from '../../trigger/due-rows.ts';
import type { NextStep } from '../../trigger/next-step.ts';

/** How a run ended: its result, or the kind of its failure. A defect is an unexpected error. */
type Outcome =
  | 'loaded'
  | 'unchanged'
  | 'listed'
  | 'started'
  | 'polled'
  | 'synced'
  | 'reported'
  | 'retriable'
  | 'skippable'
  | 'fatal'
  | 'defect';

/** The result of a run and the metrics of its effect; a listing and a failed run have only the outcome. */
type RunEffect = { readonly outcome: Outcome; readonly effect?: Readonly<Record<string, number>> };

/** A run that ended before it could be measured has only its outcome. */
export type EndedRun = RunEffect &
  Partial<RunReport & RunMeasures> & { readonly functionName: string; readonly run_id: string };

type Figures = Readonly<Record<string, Exclude<keyof (RunReport & RunMeasures), TextFigure>>>;
type TextFigure = 'run_id' | 'prices_as_of' | 'warnings';

/** The figure of a run behind each metric; an undefined one is not published. */
const OF_EVERY_RUN: Figures = {
  SpotifyRequests: 'spotify_requests',
  Spotify429: 'rate_limited',
  CooldownSecondsLeft: 'cooldown_seconds_left',
  // Below 30 a new login is due; at 0 nothing can be read.
  TokenDaysLeft: 'token_days_left',
  CostUsd: 'cost_usd',
};

/** Not of polls: there is one every 20 minutes, so each metric would be paid for the whole month. */
const OF_REQUESTS: Figures = {
  ReadUnits: 'read_units',
  WriteUnits: 'write_units',
  UnprocessedItems: 'unprocessed_items',
  FailedTableCalls: 'failed_table_calls',
  DurationMs: 'duration_ms',
};

/** All others are counts. */
const UNITS: Partial<Record<string, (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  CooldownSecondsLeft: MetricUnit.Seconds,
  DurationMs: MetricUnit.Milliseconds,
  CostUsd: MetricUnit.NoUnit,
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
  publishEnded(run, { ...OF_EVERY_RUN, ...OF_REQUESTS });
}

/** Of a scheduled run that loads no playlist. */
export function publishPoll(run: EndedRun): void {
  publishEnded(run, OF_EVERY_RUN);
}

function publishEnded(run: EndedRun, figures: Figures): void {
  const { effect, functionName, outcome, run_id } = run;
  const about = { function: functionName, run_id };
  metrics.addMetric('Runs', MetricUnit.Count, 1);
  metrics.addDimension('outcome', outcome);
  publish(about);
  // Publishes 0 too, because alarms on a metric with gaps are difficult.
  const isBroken = outcome === 'fatal' || outcome === 'defect';
  const measured = Object.entries(figures).map(([name, figure]) => [name, run[figure]] as const);
  const effects = Object.entries({ BrokenRuns: Number(isBroken), ...effect });
  for (const [name, value] of [...effects, ...measured]) {
    if (value !== undefined) metrics.addMetric(name, UNITS[name] ?? MetricUnit.Count, value);
  }
  publish({ ...about, outcome });
}

/** The result of a successful run. The items of an unchanged playlist were not read. */
export function toEffect(result: IngestSummary | PlaylistListing | PlaylistRun): RunEffect {
  if ('state' in result) return { outcome: 'started' };
  if ('playlists' in result) return { outcome: 'listed' };
  const [ItemsRead, RowsUnchanged] =
    result.status === 'loaded' ? [result.counts.items, sumOf(result.unchanged)] : [0, 0];
  const effect = { ItemsRead, RowsWritten: sumOf(result.written), RowsUnchanged };
  return { outcome: result.status, effect };
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

/** Publishes how many rows of the playlists file were answered. */
export function publishRecordedRows({ done, failed, left }: RecordedRows): void {
  metrics.addMetric('RowsDone', MetricUnit.Count, done);
  metrics.addMetric('RowsFailed', MetricUnit.Count, failed);
  metrics.addMetric('RowsLeft', MetricUnit.Count, left);
  metrics.publishStoredMetrics();
}

/** Publishes how long after its start an execution will go on, where it begins to wait. */
export function publishWait({ next, wait_seconds }: NextStep, ranMs: number): void {
  if (next !== 'wait') return;
  metrics.addMetric('WaitingSeconds', MetricUnit.Seconds, ranMs / 1000 + wait_seconds);
  metrics.publishStoredMetrics();
}
