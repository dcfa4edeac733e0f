/** `spotify-etl sql`: one question to the library, answered as a table, JSON or CSV. */
import { stringify } from 'csv-stringify/sync';
import { selectRows } from '../app/library.ts';
import { defineCommand, flag, type OptionsOf } from './shared/command.ts';
import { findFilledLibrary, libraryOption } from './shared/library.ts';
import { writeErrorLine, writeLine } from './shared/terminal.ts';
import { withLibrary } from './shared/with-library.ts';
import { toRowTable } from './sql/row-table.ts';

const options = {
  library: libraryOption,
  json: flag('--json', 'print an array of row objects'),
  csv: flag('--csv', 'print CSV with a header'),
};

export const command = defineCommand({
  name: 'sql',
  description:
    'Asks the library a question in SQL and prints the rows. Takes one SELECT, and can change nothing.',
  arguments: [['<select>', 'a SELECT statement of SQLite']],
  options,
  help: [
    'Examples:',
    '  spotify-etl sql "SELECT playlist_name, playlist_num_items FROM playlist"',
    '  spotify-etl sql --csv "SELECT * FROM track" > tracks.csv',
    '',
    'Tables: playlist, playlist_item, track, album, artist, track_artist, album_artist, item, playlist_version, play, poll, gap.',
    'The view listen has a row for each play that is not left out.',
    'Questions and their answers: docs/queries.md.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run(
  { csv, json, library }: OptionsOf<typeof options>,
  [select = '']: readonly string[],
): Promise<number> {
  return await withLibrary(findFilledLibrary(library, process.env), async (opened) => {
    const rows = await selectRows(opened, select);
    if (json) writeLine(JSON.stringify(rows));
    else if (csv) process.stdout.write(stringify(rows, { header: true }));
    else if (rows.length === 0) writeErrorLine('No rows.');
    else writeLine(toRowTable(rows, process.stdout.columns));
    return 0;
  });
}
