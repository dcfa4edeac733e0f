/** `spotify-etl verify`: what is wrong with the rows of the four tables, and how to fix it. */
import { UsageError } from '../lib/usage-error.ts';
import { defineCommand, flag, type OptionsOf } from './shared/command.ts';
import { speedOptions, storeOption, tableOptions } from './shared/options.ts';
import { runOverTables } from './shared/over-tables.ts';
import { createReporter } from './verify/reporters.ts';
import { runVerify } from './verify/run-verify.ts';

const ACTIONS = 'dynamodb:Scan on them, and dynamodb:DescribeTable for the progress bar';
const REPAIR_ACTIONS = `${ACTIONS}; for a repair also GetItem, BatchGetItem, BatchWriteItem and UpdateItem, and the state table`;

const options = {
  ...tableOptions,
  ...speedOptions,
  repair: flag('--repair', 'say which playlists to load again to fix it; load them with --yes'),
  yes: flag('--yes', 'with --repair: load them'),
  store: storeOption('with --repair: '),
  json: flag('--json', 'print a line of JSON for each finding, then one for the summary'),
  quiet: flag('--quiet', 'print nothing but what is wrong, in a line'),
};

export const command = defineCommand({
  name: 'verify',
  description:
    'Goes through the four tables and reports rows that are missing, malformed or wrongly counted.',
  options,
  help: [
    'Examples:',
    '  spotify-etl verify --stage local              the tables of npm run local',
    '  spotify-etl verify --profile me --region eu-central-1 --quiet',
    '  spotify-etl verify --json | jq -r \'select(.finding == "dangling") | .id\'',
    '  spotify-etl verify --repair                   what it would load again, and about how many calls that is',
    '  spotify-etl verify --repair --yes             loads it again',
    '',
    'Without --yes it only reads, and needs neither Spotify nor a login. Run it while no playlist is being loaded: a row that is',
    'written meanwhile can be reported as missing. Temporary files (about 70 bytes for each row and each reference) go to TMPDIR.',
    '',
    'Exit codes: 0 nothing is wrong, or all of it was loaded again; 1 something is, or it failed; 2 wrong usage; 130 stopped.',
  ],
  run,
});

function run(given: OptionsOf<typeof options>): Promise<number> {
  if (given.yes && !given.repair) throw new UsageError('--yes needs --repair.');
  const context = {
    environment: process.env,
    actions: given.repair ? REPAIR_ACTIONS : ACTIONS,
    stopped: 'Stopped. Playlists that were loaded stay loaded.',
  };
  return runOverTables(given, context, async (parts) => {
    const reporter = createReporter(given);
    const isRight = await runVerify(given, { ...parts, environment: process.env, reporter });
    parts.signal.throwIfAborted();
    return isRight ? 0 : 1;
  });
}
