/** `spotify-etl plays list`: the last plays. */
import { listPlays } from '../../app/library.ts';
import { count, defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { libraryOption } from '../shared/library.ts';
import { writeErrorLine, writeLine } from '../shared/terminal.ts';
import { withPlays } from '../shared/with-library.ts';
import { toRowTable } from '../sql/row-table.ts';
import { periodOptions, toLocalTime, toPeriod } from './period.ts';

const options = {
  ...periodOptions,
  limit: count(['--limit <n>', 'how many'], 1_000_000, 20),
  library: libraryOption,
  json: flag('--json', 'print an array of {ended_at, name, artist, album, uri, ms_played}'),
};

export const command = defineCommand({
  name: 'list',
  description: 'Shows the last plays, the newest first, with those that statistics leave out.',
  options,
  help: [
    'Examples:',
    '  spotify-etl plays list',
    '  spotify-etl plays list --until 2026-03-09 --limit 100',
    '',
    'The time is the end of a play.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run({
  json,
  library: given,
  limit,
  ...dates
}: OptionsOf<typeof options>): Promise<number> {
  return await withPlays(given, process.env, async (library) => {
    const plays = await listPlays(library, { limit, ...toPeriod(dates) });
    if (json) writeLine(JSON.stringify(plays));
    else if (plays.length === 0) writeErrorLine('No plays.');
    else {
      const rows = plays.map(({ artist, ended_at, name, uri }) => ({
        ended: toLocalTime(ended_at, dates.timeZone),
        // A song that Spotify has withdrawn has an empty name.
        name: name === null || name === '' ? uri : name,
        artist,
      }));
      writeLine(toRowTable(rows, process.stdout.columns));
    }
    return 0;
  });
}
