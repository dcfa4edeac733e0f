/** `spotify-etl verify`: what is wrong with the rows of the four tables, and how to mend it. */
import { Command } from 'commander';
import pc from 'picocolors';
import { toDynamodbSettings } from './shared/dynamodb-settings.ts';
import { keepHeapSmall } from './shared/heap.ts';
import { addSpeedOptions } from './shared/read-options.ts';
import { createBar } from './shared/row-bar.ts';
import { hearStopSignals, STOPPED_EXIT } from './shared/stop-signals.ts';
import { describeTableFailure } from './shared/table-failures.ts';
import { addTableOptions, createStoreOption } from './shared/table-options.ts';
import { runVerify } from './verify/run-verify.ts';
import { optionsSchema, type VerifyCommandOptions } from './verify/settings.ts';
import { createTeller } from './verify/tellers.ts';

const USAGE_EXIT = 2;
const ACTIONS = 'dynamodb:Scan on them, and dynamodb:DescribeTable for the progress bar';
const REPAIR_ACTIONS = `${ACTIONS}; for a repair also GetItem, BatchGetItem, BatchWriteItem and UpdateItem, and the state table`;

/** The command, to be added to a program. */
export function createCommand(): Command {
  const command = new Command('verify').description(
    'Goes through the four tables and reports rows that are missing, malformed or wrongly counted.',
  );
  addSpeedOptions(addTableOptions(command))
    .option('--repair', 'say which playlists to load again to mend it; load them with --yes')
    .option('--yes', 'with --repair: load them')
    .addOption(createStoreOption('with --repair: '));
  return command
    .option('--json', 'print a line of JSON for each finding, then one for the summary')
    .option('--quiet', 'print nothing but what is wrong, in a line')
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: unknown) => {
      const parsed = optionsSchema.parse(options);
      if (parsed.yes && !parsed.repair) {
        command.error("error: option '--yes' needs option '--repair'", { exitCode: USAGE_EXIT });
      }
      process.exitCode = await run(parsed);
    });
}

const HELP = [
  '',
  'Examples:',
  '  spotify-etl verify --stage local              the tables of npm run local',
  '  spotify-etl verify --profile me --region eu-central-1 --quiet',
  '  spotify-etl verify --json | jq -r \'select(.finding == "dangling") | .id\'',
  '  spotify-etl verify --repair                   what it would load again, and about how many calls that is',
  '  spotify-etl verify --repair --yes             loads it again',
  '',
  'Without --yes it only reads, and needs neither Spotify nor a login. Run it while no playlist is being loaded: a row that is',
  'written meanwhile may be told as missing. Temporary files (about 70 bytes for each row and each reference) go to TMPDIR.',
  '',
  'Exit codes: 0 nothing is wrong, or all of it was loaded again; 1 something is, or it failed; 2 wrong usage; 130 stopped.',
].join('\n');

async function run(options: VerifyCommandOptions): Promise<number> {
  keepHeapSmall();
  const dynamodb = toDynamodbSettings(options, process.env);
  const { end, signal } = hearStopSignals();
  const bar = process.stderr.isTTY && !options.quiet ? createBar() : undefined;
  const { env: environment } = process;
  try {
    const teller = createTeller(options, { say: console.log, complain: console.error });
    const isRight = await runVerify(options, { environment, dynamodb, teller, bar, signal });
    return signal.aborted ? toStoppedExit() : Number(!isRight);
  } catch (error) {
    bar?.stop();
    if (signal.aborted) return toStoppedExit();
    const actions = options.repair ? REPAIR_ACTIONS : ACTIONS;
    const { stage } = options;
    console.error(pc.red(`✖ ${describeTableFailure(error, { stage, dynamodb, actions })}`));
    return 1;
  } finally {
    end();
  }
}

function toStoppedExit(): number {
  console.error(pc.red('✖ Stopped. Playlists that were loaded stay loaded.'));
  return STOPPED_EXIT;
}
