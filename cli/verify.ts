/** `spotify-etl verify`: checks and repairs rows of a stage or a library. */
import { createApp } from '../app/app.ts';
import { finishImports, type Verdict, verifyRows } from '../app/verify.ts';
import { UsageError } from '../lib/usage-error.ts';
import { readAppSettings } from './shared/app-settings.ts';
import { defineCommand, flag, type OptionsOf } from './shared/command.ts';
import { storeOption } from './shared/options.ts';
import {
  findStage,
  READ_ACTIONS,
  type RowWork,
  rowOptions,
  runOverRows,
} from './shared/over-rows.ts';
import { withLibraryApp } from './shared/with-library-app.ts';
import { createJsonReporter } from './verify/json.ts';
import { type Loads, repairPlaylists } from './verify/repair.ts';
import { countFindings, createTextReporter, type Reporter } from './verify/report.ts';

const REPAIR_ACTIONS = `${READ_ACTIONS}; for a repair also GetItem, BatchGetItem, BatchWriteItem and UpdateItem, and the state table`;

const options = {
  ...rowOptions,
  repair: flag('--repair', 'list the playlists to load again; with --yes, load them'),
  yes: flag('--yes', 'with --repair: load them'),
  store: storeOption('with --repair: '),
  json: flag('--json', 'print a line of JSON for each finding, then one for the summary'),
  quiet: flag('--quiet', 'print problems only, in one line'),
};

type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'verify',
  description:
    'Checks the library, or the tables of a stage, for missing rows, malformed rows and wrong counts.',
  options,
  help: [
    'Examples:',
    '  spotify-etl verify                            the library',
    '  spotify-etl verify --stage local              the tables of npm run local',
    '  spotify-etl verify --profile me --region eu-central-1 --quiet',
    '  spotify-etl verify --json | jq -r \'select(.finding == "dangling") | .id\'',
    '  spotify-etl verify --repair                   the playlists to load again, and their calls',
    '  spotify-etl verify --repair --yes             loads them again',
    '',
    'Without --yes it only reads, and needs neither Spotify nor a login. Run it while no playlist is loading: a row',
    'written meanwhile can be reported as missing. A temporary file takes about the size of the rows. In a library it',
    'also looks for imports that were stopped before they were compared with the polls.',
    '',
    'Exit codes: 0 no problem, or all repaired; 1 problems, or failed; 2 wrong usage; 130 stopped.',
  ],
  run,
});

function run(given: Options): Promise<number> {
  if (given.yes && !given.repair) throw new UsageError('--yes needs --repair.');
  const context = {
    environment: process.env,
    actions: given.repair ? REPAIR_ACTIONS : READ_ACTIONS,
    stopped: 'Stopped. Playlists that were loaded stay loaded.',
  };
  return runOverRows(given, context, async (work) => {
    // Fails before a million rows are read if a repair is impossible.
    const loads = given.repair && given.yes ? await openLoads(given) : undefined;
    const reporter = given.json
      ? createJsonReporter(given.repair)
      : createTextReporter(given, findStage(given));
    const isRight = await verifyAndRepair(work, reporter, loads);
    work.signal.throwIfAborted();
    return isRight ? 0 : 1;
  });
}

/** Uses the tables of the stage, even if the environment names others: a repair must change the tables that were verified. */
const TABLE_VARIABLES = {
  PLAYLIST_TABLE: undefined,
  TRACK_TABLE: undefined,
  ALBUM_TABLE: undefined,
  ARTIST_TABLE: undefined,
};

/** Runs loads into what is verified. */
async function openLoads(given: Options): Promise<Loads> {
  const stage = findStage(given);
  if (stage === undefined) {
    const needs = { environment: process.env, needsLogin: false, features: ['ingest' as const] };
    return (work) => withLibraryApp(given, needs, work);
  }
  const environment = { ...process.env, ...TABLE_VARIABLES };
  const { config, dynamodb } = await readAppSettings({ ...given, stage }, environment);
  return (work) => work(createApp(config, { dynamodb }));
}

/** Returns whether everything is right now. */
async function verifyAndRepair(
  work: RowWork,
  reporter: Reporter,
  loads: Loads | undefined,
): Promise<boolean> {
  const startedAt = Date.now();
  const verdict = await verifyRows(work.source, {
    ...work,
    onProgress: work.bar?.update,
    onFinding: reporter.onFinding,
  });
  work.bar?.stop();
  reporter.onVerdict(verdict, { readUnits: work.readUnits(), durationMs: Date.now() - startedAt });
  if (countFindings(verdict) === 0) return true;
  if (loads === undefined) {
    reporter.onPlan?.(verdict);
    return false;
  }
  if (work.library) await finishImports(work.library, Date.now());
  return await repair(verdict, { work, reporter, loads });
}

async function repair(
  { toLoad, unreached }: Verdict,
  {
    loads,
    reporter,
    work,
  }: { readonly work: RowWork; readonly reporter: Reporter; readonly loads: Loads },
): Promise<boolean> {
  if (toLoad.length === 0) return unreached === 0;
  let loaded = 0;
  await loads(async (app) => {
    for await (const one of repairPlaylists(app, toLoad, work.signal)) {
      if (one.isLoaded) loaded += 1;
      reporter.onRepair(one);
    }
    return 0;
  });
  reporter.onRepaired?.(loaded, toLoad.length);
  return loaded === toLoad.length && unreached === 0;
}
