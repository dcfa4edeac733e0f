/** `spotify-etl plays leave-out` and `take-back`: what statistics leave out. The data stays. */
import {
  findLeftOut,
  findPlayed,
  type LeftOut,
  type Library,
  leaveOut,
  takeBack,
} from '../../app/library.ts';
import { visible } from '../../lib/plain-text.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { libraryOption } from '../shared/library.ts';
import { writeLine } from '../shared/terminal.ts';
import { withPlays } from '../shared/with-library.ts';

const options = {
  library: libraryOption,
  json: flag('--json', 'print an array of {what, artist, label}'),
};
type Options = OptionsOf<typeof options>;

export const leaveOutCommand = defineCommand({
  name: 'leave-out',
  description:
    'Leaves a song or an artist out of statistics, not out of the data. Without one, shows what is left out.',
  arguments: [['[what]', 'a song or an artist, by link, URI or name']],
  options,
  help: [
    'Examples:',
    '  spotify-etl plays leave-out "White Noise"',
    '  spotify-etl plays leave-out https://open.spotify.com/artist/<id>',
    '  spotify-etl plays leave-out',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run: (given, [what]) =>
    showLeftOut(given, async (library) => {
      if (what !== undefined) {
        const one = findOne(what, await findPlayed(library, toUri(what)), 'No play in the library');
        await leaveOut(library, one, Date.now());
      }
      return await findLeftOut(library);
    }),
});

export const takeBackCommand = defineCommand({
  name: 'take-back',
  description: 'Takes a song or an artist back into statistics.',
  arguments: [['<what>', 'a song or an artist, by link, URI or name']],
  options,
  help: [
    'Examples:',
    '  spotify-etl plays take-back "White Noise"',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run: (given, [what = '']) =>
    showLeftOut(given, async (library) => {
      const found = await findLeftOut(library, toUri(what));
      await takeBack(library, findOne(what, found, 'Nothing that is left out'));
      return await findLeftOut(library);
    }),
});

/** Prints what is left out in the end. */
async function showLeftOut(
  { json, library: given }: Options,
  work: (library: Library) => Promise<readonly LeftOut[]>,
): Promise<number> {
  return await withPlays(given, process.env, async (library) => {
    const leftOut = await work(library);
    if (json) writeLine(JSON.stringify(leftOut));
    else if (leftOut.length === 0) writeLine('Nothing is left out of statistics.');
    else {
      writeLine('Left out of statistics:');
      for (const { label, what } of leftOut) writeLine(`  ${visible(label)}  (${visible(what)})`);
    }
    return 0;
  });
}

function findOne(wanted: string, found: readonly LeftOut[], nothing: string): LeftOut {
  const [one, ...others] = found;
  if (one === undefined) throw new UsageError(`${nothing} goes by “${wanted}”.`);
  if (others.length === 0) return one;
  const choices = found.map(({ label, what }) => `\n  ${what}  ${label}`).join('');
  throw new UsageError(`${wanted} can mean ${found.length} things. Give the URI of one:${choices}`);
}

const LINK =
  /^(?:https?:\/\/)?open\.spotify\.com\/(?:intl-[a-z]{2}\/)?(track|artist)\/([0-9A-Za-z]{22})/;

/** A link as a URI; a URI or a name as it is. */
function toUri(given: string): string {
  const [, kind, id] = LINK.exec(given.trim()) ?? [];
  return id === undefined ? given.trim() : `spotify:${kind}:${id}`;
}
