/** `spotify-etl export`: the library or a stage's tables as files that other programs read. */
import { Option } from 'commander';
import * as z from 'zod/mini';
import { type Library, openLibrary } from '../app/library.ts';
import { TABLES } from '../app/picture.ts';
import { UsageError } from '../lib/usage-error.ts';
import { exportRows, FORMATS, needsAllTables } from './export/export-rows.ts';
import { summaryJson, summaryLines, summaryTable, warningLines } from './export/report.ts';
import {
  choice,
  defineCommand,
  field,
  flag,
  type OptionsOf,
  parseList,
  text,
} from './shared/command.ts';
import { findStagePlays } from './shared/library.ts';
import {
  findStage,
  READ_ACTIONS,
  type RowWork,
  rowOptions,
  runOverRows,
} from './shared/over-rows.ts';
import { writeWarning } from './shared/terminal.ts';

const options = {
  format: choice(['--format <format>', 'file format'], FORMATS, 'csv'),
  flat: flag('--flat', 'CSV in one readable file: a row for each item of each list'),
  playlist: field(
    z._default(z.array(z.string()), []),
    new Option(
      '--playlist <list>',
      'only this list, by link, ID or name; can be repeated',
    ).argParser((given: string, before?: readonly string[]) => [...(before ?? []), given]),
  ),
  plays: flag('--plays', 'the listening history, too'),
  tables: field(
    z.optional(z.array(z.enum(TABLES))),
    new Option(
      '--tables <tables>',
      'which of playlist,track,album,artist (default: all)',
    ).argParser(parseList(TABLES)),
  ),
  out: text('--out <folder>', 'output folder', 'results'),
  spreadsheet: flag(
    '--spreadsheet',
    'CSV that is safe to open in a spreadsheet: no text runs as a formula',
  ),
  formulaSafety: field(
    z.boolean(),
    new Option(
      '--no-formula-safety',
      'with --flat and exportify: no text is changed for a spreadsheet',
    ),
  ),
  ...rowOptions,
  json: flag('--json', 'print the summary as JSON'),
  quiet: flag('--quiet', 'print nothing but errors and warnings'),
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'export',
  description: 'Writes the library, or the tables of a stage, into files that other programs read.',
  options,
  help: [
    'Examples:',
    '  spotify-etl export                            the library as CSV, a file for each table',
    '  spotify-etl export --flat --playlist "Road Trip" --out trip',
    '  spotify-etl export --format exportify         a CSV file for each list, with the columns of Exportify',
    '  spotify-etl export --format m3u8              a file for each list, for players',
    '  spotify-etl export --format parquet --plays   typed, for DuckDB, pandas, R',
    '  spotify-etl export --format sqlite --plays    a library of its own',
    '  spotify-etl export --stage prod --tables playlist,track --format jsonl --out backup',
    '  spotify-etl export --spreadsheet              to open in Excel, Numbers or LibreOffice',
    '',
    'The plays of a stage are in the library at TURSO_DATABASE_URL.',
    'Temporary files, as large as the rows, go to TMPDIR.',
    '',
    'Exit codes: 0 done, 1 failed (existing files are unchanged), 2 wrong usage, 130 stopped.',
  ],
  run,
});

function run(given: Options): Promise<number> {
  if (given.flat && given.format !== 'csv') throw new UsageError('--flat is for --format csv.');
  if (given.tables !== undefined && needsAllTables(given)) {
    throw new UsageError('--tables is for csv without --flat, json, jsonl and parquet.');
  }
  const isStage = findStage(given) !== undefined;
  const stagePlays = given.plays && isStage ? openStagePlays() : undefined;
  const context = {
    environment: process.env,
    actions: READ_ACTIONS,
    stopped: 'Stopped. Nothing was replaced.',
  };
  return runOverRows(given, context, async (rows) => {
    const { bar, library, readUnits } = rows;
    const plays = given.plays ? (library ?? stagePlays) : undefined;
    try {
      const owner = await findOwner(rows);
      const source = { ...rows, onProgress: bar?.update };
      const summary = await exportRows(source, { ...given, plays, owner });
      bar?.stop();
      show({ ...summary, readUnits: readUnits() }, given);
    } finally {
      await plays?.close();
    }
    return 0;
  });
}

function openStagePlays(): Library {
  const place = findStagePlays(undefined, process.env);
  if (place !== undefined) return openLibrary(place);
  throw new UsageError('The plays of a stage are in the library at TURSO_DATABASE_URL. Set it.');
}

/** A library that is written belongs to whom the rows do. */
async function findOwner({ home, library }: RowWork): Promise<string> {
  if (library === undefined) return home;
  return (await library.findFact('account_id')) ?? 'nobody';
}

function show(summary: Parameters<typeof summaryLines>[0], given: Options): void {
  const { json, quiet } = given;
  for (const line of warningLines(summary, findStage(given))) writeWarning(line);
  if (json) console.log(summaryJson(summary));
  else if (!quiet) {
    console.log(process.stdout.isTTY ? summaryTable(summary) : summaryLines(summary));
  }
}
