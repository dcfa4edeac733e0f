/** `spotify-etl export`: the four tables as files. */
import { Option } from 'commander';
import * as z from 'zod/mini';
import { readServerlessYml, SERVERLESS_YML } from '../stack/serverless-yml.ts';
import { EXPORT_TABLES, parseTables } from './export/columns.ts';
import { type ExportSummary, exportTables } from './export/export-tables.ts';
import { FORMATS } from './export/formats.ts';
import { summaryJson, summaryLines, summaryTable, unknownAttributeLines } from './export/report.ts';
import { choice, defineCommand, field, flag, type OptionsOf, text } from './shared/command.ts';
import { speedOptions, tableOptions } from './shared/options.ts';
import { runOverTables } from './shared/over-tables.ts';
import { writeWarning } from './shared/terminal.ts';

const options = {
  ...tableOptions,
  tables: field(
    z.optional(z.array(z.enum(EXPORT_TABLES))),
    new Option(
      '--tables <tables>',
      'which of playlist,track,album,artist (default: all)',
    ).argParser(parseTables),
  ),
  format: choice(['--format <format>', 'file format'], FORMATS, 'csv'),
  out: text('--out <folder>', 'output folder', 'results'),
  spreadsheet: flag(
    '--spreadsheet',
    'CSV that is safe to open in a spreadsheet: no text runs as a formula',
  ),
  ...speedOptions,
  json: flag('--json', 'print the summary as JSON'),
  quiet: flag('--quiet', 'print nothing but errors'),
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'export',
  description: 'Writes the four tables into files, rows ordered by key.',
  options,
  help: [
    'Examples:',
    '  spotify-etl export --stage local              the tables of npm run local',
    '  spotify-etl export --profile me --region eu-central-1',
    '  spotify-etl export --tables playlist,track --format jsonl --out backup',
    '  spotify-etl export --spreadsheet              to open in Excel, Numbers or LibreOffice',
    '',
    'Exit codes: 0 done, 1 failed (existing files are unchanged), 2 wrong usage, 130 stopped.',
  ],
  run,
});

function run(given: Options): Promise<number> {
  const context = {
    environment: process.env,
    actions: 'dynamodb:Scan on them, and dynamodb:DescribeTable for the progress bar',
    stopped: 'Stopped. Nothing was replaced.',
  };
  return runOverTables(given, context, async ({ bar, dynamodb, signal }) => {
    const { tableNames } = await readServerlessYml(SERVERLESS_YML, given.stage);
    const onProgress = bar?.update;
    const summary = await exportTables({ ...given, dynamodb, tableNames, onProgress, signal });
    bar?.stop();
    show(summary, given);
    return 0;
  });
}

function show(summary: ExportSummary, { json, quiet }: Options): void {
  for (const line of unknownAttributeLines(summary)) writeWarning(line);
  if (json) console.log(summaryJson(summary));
  else if (!quiet) {
    console.log(process.stdout.isTTY ? summaryTable(summary) : summaryLines(summary));
  }
}
