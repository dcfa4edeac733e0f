/** A run of the function that reports on albums, with nobody there to ask. */
import { EtlError } from '../etl/errors.ts';
import { type AlbumReport, reportAlbums, toThursday } from './album-report.ts';
import type { AlbumsRunPorts } from './albums-app.ts';
import {
  type ArtistCells,
  type ArtistOutcome,
  type Collected,
  type CollectPlan,
  collectAlbums,
  countCollected,
  endsRun,
  planCollecting,
  type Report,
  toCells,
} from './collect-albums.ts';
import type { ReportBucket } from './report-bucket.ts';

type Asked = Report & {
  /** Artists that are not asked for again. */
  readonly failed: ReadonlySet<string>;
};

/** What was stored before, and what a run would do. Makes no call and writes nothing. */
export async function planAlbums(
  { app }: Pick<AlbumsRunPorts, 'app'>,
  asked: Asked,
): Promise<{ readonly plan: CollectPlan; readonly collected: Collected }> {
  return {
    plan: await planCollecting(app, withoutFailed(asked)),
    collected: await countCollected(app, asked),
  };
}

export type AlbumsRun = {
  readonly plan: CollectPlan;
  readonly outcomes: readonly ArtistOutcome[];
  readonly report: AlbumReport;
  /** What ended the run before its last artist. */
  readonly stoppedBy: EtlError | undefined;
};

export type RunOptions = Asked & {
  readonly day: Date;
  readonly signal: AbortSignal;
  /** Called with what the file says of each artist now. */
  readonly record: (cells: ReadonlyMap<string, ArtistCells>) => Promise<void>;
};

/**
 * Collects what the day allows, and publishes what there is: under `latest/`, and once nothing is left for the next day, as the
 * week's.
 *
 * @throws EtlError where a person must act first
 */
export async function runAlbums(
  { app, startStep }: Pick<AlbumsRunPorts, 'app' | 'startStep'>,
  bucket: ReportBucket,
  { day, record, signal, ...asked }: RunOptions,
): Promise<AlbumsRun> {
  const wanted = withoutFailed(asked);
  await bucket.begin(toThursday(day));
  const plan = await planCollecting(app, wanted);
  const outcomes: ArtistOutcome[] = [];
  const collecting = { ...wanted, plan, signal, startStep, onCalls: () => undefined };
  for await (const outcome of collectAlbums(app, collecting)) outcomes.push(outcome);

  const names = await app.stored.findNames(outcomes.map(({ artistId }) => artistId));
  const toNamed = (outcome: ArtistOutcome): ArtistCells =>
    toCells(outcome, names.get(outcome.artistId) ?? '', asked);
  await record(new Map(outcomes.map((outcome) => [outcome.artistId, toNamed(outcome)])));
  const stoppedBy = findStop(outcomes, signal);
  if (stoppedBy?.isRetryable === false) throw stoppedBy;
  const sink = bucket.openSink({ week: toThursday(day), isFinished: stoppedBy === undefined });
  const report = await reportAlbums(app.stored, sink, { ...asked, day });
  return { plan, outcomes, report, stoppedBy };
}

function withoutFailed({ artistIds, failed, market }: Asked): Report {
  return { artistIds: artistIds.filter((id) => !failed.has(id)), market };
}

function findStop(outcomes: readonly ArtistOutcome[], signal: AbortSignal): EtlError | undefined {
  const error = outcomes.at(-1)?.error;
  if (error !== undefined && endsRun(error)) return error;
  if (!signal.aborted) return undefined;
  return new EtlError('RUN_OUT_OF_TIME', 'The time of the run was up. The next run goes on.');
}
