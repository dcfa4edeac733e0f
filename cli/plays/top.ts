/** `spotify-etl plays top`: what was played most. */
import pc from 'picocolors';
import {
  countPlays,
  findLeftOut,
  listTop,
  type PlayKey,
  type PlayTotals,
  type TopEntry,
} from '../../app/library.ts';
import { UsageError } from '../../lib/usage-error.ts';
import {
  choice,
  count as countOption,
  defineCommand,
  flag,
  type OptionsOf,
} from '../shared/command.ts';
import { libraryOption } from '../shared/library.ts';
import { count, quantity, wrap, writeLine } from '../shared/terminal.ts';
import { withPlays } from '../shared/with-library.ts';
import { periodOptions, toPeriod } from './period.ts';
import { toTopTable } from './top-table.ts';

const KEYS = ['songs', 'artists', 'albums', 'shows'] as const;

const options = {
  by: choice(['--by <measure>', 'what counts'], ['plays', 'minutes'], 'plays'),
  ...periodOptions,
  limit: countOption(['--limit <n>', 'how many'], 100_000, 10),
  library: libraryOption,
  json: flag('--json', 'print an array of {name, artist, plays, minutes}'),
};

export const command = defineCommand({
  name: 'top',
  description: 'Shows what you played most, of all time or of a period.',
  arguments: [['<what>', KEYS.join(', ')]],
  options,
  help: [
    'Examples:',
    '  spotify-etl plays top songs',
    '  spotify-etl plays top artists --since 2025 --until 2025 --by minutes',
    '  spotify-etl plays top albums --since 12w --limit 50 --json',
    '',
    'A song counts under its main artist, and one recording on several albums is one song. Podcasts and audiobooks are shows.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run(
  { by, json, library: given, limit, ...dates }: OptionsOf<typeof options>,
  [what = '']: readonly string[],
): Promise<number> {
  const of = KEYS.find((key) => key === what);
  if (of === undefined) throw new UsageError(`Top of what? Give one of ${KEYS.join(', ')}.`);
  return await withPlays(given, process.env, async (library) => {
    const period = toPeriod(dates);
    const top = await listTop(library, { of, by, limit, ...period });
    if (json) writeLine(JSON.stringify(top));
    else {
      const totals = await countPlays(library, { of, ...period });
      const leftOut = await findLeftOut(library);
      topLines(top, { ...totals, of, leftOut: leftOut.length }).forEach(writeLine);
    }
    return 0;
  });
}

type Context = PlayTotals & { readonly of: PlayKey; readonly leftOut: number };

const NO_SHOWS =
  'No podcast or audiobook was played in this period. Polls cannot see them: npx spotify-etl plays import';

function topLines(
  top: readonly TopEntry[],
  { first, leftOut, of, plays, unknownLength, unnamed }: Context,
): string[] {
  if (first === undefined) return ['No plays yet. Collect them: npx spotify-etl plays collect'];
  if (plays === 0) return [of === 'shows' ? NO_SHOWS : 'Nothing was played in this period.'];
  const notes = [
    `Of ${quantity(plays, 'play')}.`,
    unknownLength > 0
      ? ` ${count(unknownLength)} are known from polls alone, which do not tell how long you listened: they count as the whole song.`
      : '',
    unnamed > 0
      ? ` ${count(unnamed)} are of songs without a name, which Spotify has withdrawn.`
      : '',
    leftOut > 0 ? ` Some are left out: npx spotify-etl plays leave-out` : '',
  ];
  const { columns, isTTY } = process.stdout;
  const room = isTTY ? columns - 1 : Number.POSITIVE_INFINITY;
  return [toTopTable(top, columns), ...wrap(notes.join(''), room).map(pc.dim)];
}
