/** `spotify-etl plays gaps`: the times in which plays may be missing. */
import { countPlays, type Gap, listGaps } from '../../app/library.ts';
import { defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { libraryOption } from '../shared/library.ts';
import { writeLine } from '../shared/terminal.ts';
import { withPlays } from '../shared/with-library.ts';
import { toRowTable } from '../sql/row-table.ts';
import { periodOptions, toLocalTime, toPeriod } from './period.ts';

const options = {
  timeZone: periodOptions.timeZone,
  library: libraryOption,
  json: flag('--json', 'print an array of {after, before, cause, closed}'),
};

export const command = defineCommand({
  name: 'gaps',
  description: 'Shows the times in which plays may be missing.',
  options,
  help: [
    'Spotify lists the last 50 plays and no more. Where a poll finds 50 that are all newer than what was seen before, there is',
    'a gap: nothing shows how many came between.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

const CAUSES: Readonly<Record<string, string>> = {
  window: 'more was played than Spotify lists',
  missed: 'nobody asked in time',
};

async function run({ json, library: given, timeZone }: OptionsOf<typeof options>): Promise<number> {
  return await withPlays(given, process.env, async (library) => {
    const gaps = await listGaps(library);
    if (json) {
      writeLine(JSON.stringify(gaps));
      return 0;
    }
    const all = toPeriod({ since: undefined, until: undefined, timeZone });
    const { first } = await countPlays(library, { of: 'songs', ...all });
    if (gaps.length > 0) writeLine(toRowTable(gaps.map(toRow(timeZone)), process.stdout.columns));
    else writeLine('No gaps are known.');
    if (first !== undefined) {
      writeLine(
        `The history begins on ${toLocalTime(first, timeZone)}. What was before is not known.`,
      );
    }
    return 0;
  });
}

const toRow =
  (timeZone: string) =>
  ({ after, before, cause, closed }: Gap) => ({
    after: toLocalTime(after, timeZone),
    before: toLocalTime(before, timeZone),
    cause: CAUSES[cause] ?? cause,
    closed: closed ? 'by an import' : 'no',
  });
