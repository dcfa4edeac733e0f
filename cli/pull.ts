/** `spotify-etl pull`: a stage's tables and plays in a library of their own. */
import { type Library, openLibrary } from '../app/library.ts';
import { pullInto } from '../app/pull.ts';
import { UsageError } from '../lib/usage-error.ts';
import { reportPull } from './pull/report.ts';
import { defineCommand, flag, type OptionsOf, optionalText } from './shared/command.ts';
import { findStageLibrary, findStagePlays, stageLibraryOption } from './shared/library.ts';
import { speedOptions, tableOptions } from './shared/options.ts';
import { READ_ACTIONS, type RowWork, runOverRows } from './shared/over-rows.ts';

const options = {
  ...tableOptions,
  library: stageLibraryOption,
  playsFrom: optionalText(
    '--plays-from <place>',
    'the library with the plays of the stage (default: TURSO_DATABASE_URL, else no plays)',
  ),
  ...speedOptions,
  json: flag('--json', 'print the summary as JSON'),
  quiet: flag('--quiet', 'print nothing but errors and warnings'),
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'pull',
  description:
    'Copies the four tables of a stage, and its plays, into a library of their own: a SQLite file to ask questions with sql.',
  options,
  help: [
    'Examples:',
    '  spotify-etl pull --stage dev                  into library-dev.db in the data folder',
    '  spotify-etl pull --stage dev --plays-from libsql://plays-you.turso.io',
    '  spotify-etl sql --library .local/library-dev.db "SELECT playlist_name FROM playlist"',
    '',
    'Each pull reads the tables as a whole and writes only what differs. Stopped or killed, start it again.',
    'The library is a copy: no login writes into it, and the next pull takes back what you change of its plays.',
    '',
    'Exit codes: 0 done, 1 failed (what was pulled stays), 2 wrong usage, 130 stopped.',
  ],
  run,
});

async function run(given: Options): Promise<number> {
  const into = findStageLibrary(given.library, given.stage, process.env);
  const from = findStagePlays(given.playsFrom, process.env);
  if (from?.place === into.place) {
    throw new UsageError(`The plays are in ${into.place} already. Name another --library.`);
  }
  const context = {
    environment: process.env,
    actions: READ_ACTIONS,
    stopped: 'Stopped. What was pulled stays; start it again to complete it.',
  };
  const library = openLibrary(into);
  const plays = from && openLibrary(from);
  try {
    return await runOverRows({ ...given, library: undefined }, context, (work) =>
      pull(given, { library, plays }, work),
    );
  } finally {
    await library.close();
    await plays?.close();
  }
}

type Libraries = { readonly library: Library; readonly plays: Library | undefined };

async function pull(
  { json, quiet, stage }: Options,
  { library, plays }: Libraries,
  { bar, home, readUnits, signal, source }: RowWork,
): Promise<number> {
  const startedAt = Date.now();
  const onProgress = bar?.update;
  const pulled = await pullInto(library, source, { owner: home, plays, onProgress, signal });
  bar?.stop();
  const durationMs = Date.now() - startedAt;
  const summary = { ...pulled, stage, library: library.place, readUnits: readUnits(), durationMs };
  reportPull(summary, { json, quiet });
  return 0;
}
