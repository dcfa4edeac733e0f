/** `spotify-etl plays top`: what was played most. */
import pc from 'picocolors';
import {
  countPlays,
  findLeftOut,
  listTop,
  openLibrary,
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
import { findFilledLibrary, libraryOption } from '../shared/library.ts';
import { count, quantity, wrap, writeLine } from '../shared/terminal.ts';
import { toRowTable } from '../sql/row-table.ts';
import { periodOptions, toPeriod } from './period.ts';

const KEYS = ['songs', 'artists', 'albums'] as const;

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
    'A song counts under its main artist, and one recording on several albums is one song.',
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
  const library = openLibrary(findFilledLibrary(given, process.env));
  try {
    const period = toPeriod(dates);
    const top = await listTop(library, { of, by, limit, ...period });
    if (json) writeLine(JSON.stringify(top));
    else {
      const totals = await countPlays(library, period);
      const leftOut = await findLeftOut(library);
      topLines(top, { isOfArtists: of === 'artists', ...totals, leftOut: leftOut.length }).forEach(
        writeLine,
      );
    }
    return 0;
  } finally {
    await library.close();
  }
}

type Context = PlayTotals & { readonly isOfArtists: boolean; readonly leftOut: number };

function topLines(top: readonly TopEntry[], context: Context): string[] {
  const { first, isOfArtists, leftOut, plays, unknownLength } = context;
  if (plays === 0) {
    return [
      first === undefined
        ? 'No plays yet. Collect them: npx spotify-etl plays collect'
        : 'Nothing was played in this period.',
    ];
  }
  const rows = top.map(({ artist, minutes, name, plays: many }, at) => ({
    '#': at + 1,
    name,
    ...(!isOfArtists && { artist }),
    plays: count(many),
    minutes: count(Math.round(minutes)),
  }));
  const notes = [
    `Of ${quantity(plays, 'play')}.`,
    unknownLength > 0
      ? ` ${count(unknownLength)} are known from polls alone, which do not tell how long you listened: they count as the whole song.`
      : '',
    leftOut > 0 ? ` Left out: npx spotify-etl plays leave-out` : '',
  ];
  return [toRowTable(rows, process.stdout.columns), ...wrap(notes.join(''), room()).map(pc.dim)];
}

const room = (): number =>
  process.stdout.isTTY ? process.stdout.columns - 1 : Number.POSITIVE_INFINITY;
