/** `spotify-etl albums collect`: lists the albums of artists and measures them, as far as the day's calls go. */
import type { AlbumsApp } from '../../app/albums.ts';
import {
  type ArtistOutcome,
  type CollectPlan,
  collectAlbums,
  countCollected,
  endsRun,
  planCollecting,
  type Report,
  toCells,
} from '../../app/collect-albums.ts';
import { type ArtistsStore, recordInArtists } from '../../trigger/artists-file.ts';
import { defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { LATER_EXIT, STOPPED_EXIT } from '../shared/exit-codes.ts';
import { libraryOption } from '../shared/library.ts';
import { startRun } from '../shared/run.ts';
import { writeWarning } from '../shared/terminal.ts';
import { withLibraryApp } from '../shared/with-library-app.ts';
import { artistsOption, readArtists, withArtistsLocked } from './artists-file.ts';
import {
  type CollectReporter,
  type CollectSummary,
  createCollectReporter,
} from './collect-report.ts';

const options = {
  artists: artistsOption,
  dryRun: flag('--dry-run', 'show the plan, and make no call'),
  library: libraryOption,
  json: flag('--json', 'print a JSON object at the end'),
  quiet: flag('--quiet', 'print only what failed'),
};
type Options = OptionsOf<typeof options>;

/** The longest album, with its waits for the pace. */
const STEP_MS = 600_000;

export const command = defineCommand({
  name: 'collect',
  description:
    "Lists the albums of the artists in the artists file, and reads the tracks of those that are not measured yet. Shows its plan first, and spends only the day's calls.",
  options,
  help: [
    'Examples:',
    '  spotify-etl albums collect --dry-run',
    '  spotify-etl albums collect                 again on the next day until all artists are complete',
    '  42 17 * * 4  cd reports && npx spotify-etl albums collect --quiet      in crontab, every Thursday',
    '',
    'The plan is the most it can cost: how many albums an artist has is known only once they are listed.',
    'An artist is listed again after six days; an album that is measured is never read again.',
    '',
    'Exit codes: 0 all artists complete, 1 failed, 2 wrong usage, 75 the next run goes on, 130 stopped.',
  ],
  run,
});

async function run(given: Options): Promise<number> {
  const { failed, ...report } = await readArtists(given.artists);
  const needs = { environment: process.env, needsLogin: false, features: ['ingest'] } as const;
  return await withLibraryApp(given, needs, async ({ albums: app, place }, signal) => {
    const reporter = createCollectReporter(given, place);
    const asked = { ...report, artistIds: report.artistIds.filter((id) => !failed.has(id)) };
    const plan = await planCollecting(app, asked);
    reporter.onPlan(plan);
    const context = { app, asked, plan, report, reporter, signal };
    return given.dryRun
      ? await finish(context, [])
      : await withArtistsLocked(given.artists, (store) => collect(context, store));
  });
}

type Context = {
  readonly app: AlbumsApp;
  readonly plan: CollectPlan;
  /** All artists, and those that did not fail before. */
  readonly report: Report;
  readonly asked: Report;
  readonly reporter: CollectReporter;
  readonly signal: AbortSignal;
};

async function collect(context: Context, store: ArtistsStore): Promise<number> {
  const { app, asked, plan, reporter, signal } = context;
  const outcomes: ArtistOutcome[] = [];
  const startStep = () => startRun(STEP_MS);
  const collecting = { ...asked, plan, signal, startStep, onCalls: reporter.onCalls };
  for await (const outcome of collectAlbums(app, collecting)) {
    outcomes.push(outcome);
    const { artistId } = outcome;
    const name = (await app.stored.findNames([artistId])).get(artistId) ?? '';
    reporter.onArtist(outcome, name);
    await recordInArtists(store, new Map([[artistId, toCells(outcome, name, asked)]]));
  }
  return await finish(context, outcomes);
}

/** Says what is there now. */
async function finish(
  { app, asked, plan, report, reporter, signal }: Context,
  outcomes: readonly ArtistOutcome[],
): Promise<number> {
  const summary: CollectSummary = {
    calls_planned: plan.calls,
    calls_made: outcomes.reduce((sum, { calls }) => sum + calls, 0),
    ...(await countCollected(app, report)),
  };
  const stoppedBy = outcomes.at(-1)?.error;
  reporter.onEnd(summary, stoppedBy && endsRun(stoppedBy) ? stoppedBy : undefined);
  for (const warning of new Set(outcomes.flatMap(({ warnings }) => warnings)))
    writeWarning(warning);
  if (signal.aborted) return STOPPED_EXIT;
  return toExitCode(outcomes, asked.artistIds.length < report.artistIds.length);
}

function toExitCode(outcomes: readonly ArtistOutcome[], hadFailed: boolean): number {
  const stoppedBy = outcomes.at(-1)?.error;
  if (stoppedBy && endsRun(stoppedBy)) return stoppedBy.isRetryable ? LATER_EXIT : 1;
  return hadFailed || outcomes.some(hasFailed) ? 1 : 0;
}

const hasFailed = ({ error }: ArtistOutcome): boolean => error !== undefined;
