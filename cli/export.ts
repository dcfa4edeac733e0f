/** `spotify-etl export`: the four tables as files. */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { readServerlessYml, SERVERLESS_YML } from '../stack/serverless-yml.ts';
import { type ExportSummary, exportTables } from './export/export-tables.ts';
import { FORMATS } from './export/formats.ts';
import { summaryJson, summaryLines, summaryTable, unknownAttributeLines } from './export/report.ts';
import { type CommandOptions, optionsSchema, parseTables } from './export/settings.ts';
import { toDynamodbSettings } from './shared/dynamodb-settings.ts';
import { keepHeapSmall } from './shared/heap.ts';
import { addSpeedOptions } from './shared/read-options.ts';
import { createBar } from './shared/row-bar.ts';
import { hearStopSignals, STOPPED_EXIT } from './shared/stop-signals.ts';
import { describeTableFailure } from './shared/table-failures.ts';
import { addTableOptions } from './shared/table-options.ts';

const ACTIONS = 'dynamodb:Scan on them, and dynamodb:DescribeTable for the progress bar';

/** The command, to be added to a program. */
export function createCommand(): Command {
  const command = new Command('export').description(
    'Writes the four tables into files, rows ordered by key.',
  );
  addTableOptions(command)
    .option('--tables <tables>', 'some of playlist,track,album,artist (default: all)', parseTables)
    .addOption(new Option('--format <format>', 'of the files').choices(FORMATS).default('csv'))
    .option('--out <folder>', 'where the files go', 'results')
    .option('--spreadsheet', 'CSV that a spreadsheet can open without running what a name says');
  return addSpeedOptions(command)
    .option('--json', 'print the summary as JSON')
    .option('--quiet', 'print nothing but failures')
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: unknown) => {
      process.exitCode = await run(optionsSchema.parse(options));
    });
}

const HELP = [
  '',
  'Examples:',
  '  spotify-etl export --stage local              the tables of npm run local',
  '  spotify-etl export --profile me --region eu-central-1',
  '  spotify-etl export --tables playlist,track --format jsonl --out backup',
  '  spotify-etl export --spreadsheet              to open in Excel, Numbers or LibreOffice',
  '',
  'Exit codes: 0 done, 1 failed (files that were there are as they were), 2 wrong usage, 130 stopped.',
].join('\n');

async function run(options: CommandOptions): Promise<number> {
  keepHeapSmall();
  const dynamodb = toDynamodbSettings(options, process.env);
  const { end, signal } = hearStopSignals();
  const bar = process.stderr.isTTY && !options.quiet ? createBar() : undefined;
  try {
    const { tableNames } = await readServerlessYml(SERVERLESS_YML, options.stage);
    const onProgress = bar?.update;
    const summary = await exportTables({ ...options, dynamodb, tableNames, onProgress, signal });
    bar?.stop();
    show(summary, options);
    return 0;
  } catch (error) {
    bar?.stop();
    if (signal.aborted) {
      console.error(pc.red('✖ Stopped. Nothing was replaced.'));
      return STOPPED_EXIT;
    }
    console.error(
      pc.red(
        `✖ ${describeTableFailure(error, { stage: options.stage, dynamodb, actions: ACTIONS })}`,
      ),
    );
    return 1;
  } finally {
    end();
  }
}

function show(summary: ExportSummary, { json, quiet }: CommandOptions): void {
  for (const line of unknownAttributeLines(summary)) console.error(pc.yellow(`! ${line}`));
  if (json) console.log(summaryJson(summary));
  else if (!quiet) {
    console.log(process.stdout.isTTY ? summaryTable(summary) : summaryLines(summary));
  }
}
