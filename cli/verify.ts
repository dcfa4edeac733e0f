/** `spotify-etl verify`: checks and repairs the rows of the four tables. */
import { createApp, createTableReader } from '../app/app.ts';
import { UsageError } from '../lib/usage-error.ts';
import { readServerlessYml, SERVERLESS_YML } from '../stack/serverless-yml.ts';
import { readAppSettings } from './shared/app-settings.ts';
import { defineCommand, flag, type OptionsOf } from './shared/command.ts';
import { speedOptions, storeOption, tableOptions } from './shared/options.ts';
import { runOverTables, type TableWork } from './shared/over-tables.ts';
import { createJsonReporter } from './verify/json.ts';
import { countFindings, type Verdict } from './verify/judge.ts';
import { type Repair, repairPlaylists } from './verify/repair.ts';
import { createTextReporter, QUIET_REPORTER, type Reporter } from './verify/report.ts';
import { verifyTables } from './verify/verify-tables.ts';

const ACTIONS = 'dynamodb:Scan on them, and dynamodb:DescribeTable for the progress bar';
const REPAIR_ACTIONS = `${ACTIONS}; for a repair also GetItem, BatchGetItem, BatchWriteItem and UpdateItem, and the state table`;

const options = {
  ...tableOptions,
  ...speedOptions,
  repair: flag('--repair', 'list the playlists to load again; with --yes, load them'),
  yes: flag('--yes', 'with --repair: load them'),
  store: storeOption('with --repair: '),
  json: flag('--json', 'print a line of JSON for each finding, then one for the summary'),
  quiet: flag('--quiet', 'print problems only, in one line'),
};

type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'verify',
  description: 'Checks the four tables for missing rows, malformed rows and wrong counts.',
  options,
  help: [
    'Examples:',
    '  spotify-etl verify --stage local              the tables of npm run local',
    '  spotify-etl verify --profile me --region eu-central-1 --quiet',
    '  spotify-etl verify --json | jq -r \'select(.finding == "dangling") | .id\'',
    '  spotify-etl verify --repair                   the playlists to load again, and their calls',
    '  spotify-etl verify --repair --yes             loads them again',
    '',
    'Without --yes it only reads, and needs neither Spotify nor a login. Run it',
    'while no playlist is loading: a row written meanwhile can be reported as',
    'missing. Temporary files (about 70 bytes for each row and each reference) go',
    'to TMPDIR.',
    '',
    'Exit codes: 0 no problem, or all repaired; 1 problems, or failed; 2 wrong usage; 130 stopped.',
  ],
  run,
});

function run(given: Options): Promise<number> {
  if (given.yes && !given.repair) throw new UsageError('--yes needs --repair.');
  const context = {
    environment: process.env,
    actions: given.repair ? REPAIR_ACTIONS : ACTIONS,
    stopped: 'Stopped. Playlists that were loaded stay loaded.',
  };
  return runOverTables(given, context, async (work) => {
    const isRight = await verifyAndRepair(given, work, createReporter(given));
    work.signal.throwIfAborted();
    return isRight ? 0 : 1;
  });
}

function createReporter({ json, quiet, repair, stage }: Options): Reporter {
  if (json) return createJsonReporter(repair);
  return quiet ? QUIET_REPORTER : createTextReporter(stage, repair);
}

/** Uses the tables of the stage, even if the environment names others: a repair must change the tables that were verified. */
const TABLE_VARIABLES = {
  PLAYLIST_TABLE: undefined,
  TRACK_TABLE: undefined,
  ALBUM_TABLE: undefined,
  ARTIST_TABLE: undefined,
};

/** Returns whether everything is right now. */
async function verifyAndRepair(
  given: Options,
  work: TableWork,
  reporter: Reporter,
): Promise<boolean> {
  // Fails before a million rows are read if a repair is impossible.
  const settings =
    given.repair && given.yes
      ? await readAppSettings(given, { ...process.env, ...TABLE_VARIABLES })
      : undefined;
  const verdict = await verify(given, work, reporter);
  if (countFindings(verdict) === 0) return true;
  const { affected, isCutShort, unreached } = verdict;
  if (settings === undefined) {
    reporter.onPlan?.(affected);
    return false;
  }
  const app = createApp(settings.config, { dynamodb: settings.dynamodb });
  const loaded = await countLoaded(repairPlaylists(app, affected, work.signal), reporter);
  reporter.onRepaired?.(loaded, affected.length);
  return loaded === affected.length && unreached === 0 && !isCutShort;
}

async function countLoaded(
  repairs: AsyncIterable<Repair>,
  { onRepair }: Reporter,
): Promise<number> {
  let loaded = 0;
  for await (const repair of repairs) {
    if (repair.isLoaded) loaded += 1;
    onRepair(repair);
  }
  return loaded;
}

async function verify(
  { readUnitsPerSecond, segments, stage }: Options,
  { bar, dynamodb, signal }: TableWork,
  { onFinding, onVerdict }: Reporter,
): Promise<Verdict> {
  const startedAt = Date.now();
  const { tableNames } = await readServerlessYml(SERVERLESS_YML, stage);
  const reader = createTableReader({ dynamodb, segments, readUnitsPerSecond, signal });
  const onProgress = bar?.update;
  try {
    const verdict = await verifyTables(reader, { tableNames, signal, onFinding, onProgress });
    bar?.stop();
    onVerdict(verdict, { readUnits: reader.readUnits(), durationMs: Date.now() - startedAt });
    return verdict;
  } finally {
    reader.close();
  }
}
