/** `spotify-etl albums purge`: takes what albums collect has stored out of the library. */
import { openAlbums } from '../../app/library.ts';
import { defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { PLANNED_EXIT } from '../shared/exit-codes.ts';
import { findFilledLibrary, libraryOption } from '../shared/library.ts';
import { quantity, writeLine } from '../shared/terminal.ts';

const options = {
  yes: flag('--yes', 'do it; without it, only says what would go'),
  library: libraryOption,
};

export const command = defineCommand({
  name: 'purge',
  description: 'Takes all albums out of the library that were collected for the report.',
  options,
  help: [
    'Examples:',
    '  spotify-etl albums purge --yes',
    '',
    'Albums of your playlists and plays stay, without their lengths. Files of a report are yours to delete, and so is the artists file.',
    '',
    'Exit codes: 0 done, or nothing to do, 1 failed, 2 wrong usage, 3 shown, and not done.',
  ],
  run,
});

async function run({ library, yes }: OptionsOf<typeof options>): Promise<number> {
  const albums = openAlbums(findFilledLibrary(library, process.env, 'albums collect'));
  try {
    const stored = await albums.countListed();
    const what = `${quantity(stored.albums, 'album')} of ${quantity(stored.listings, 'artist')}`;
    if (stored.listings === 0) writeLine('Nothing was collected for a report.');
    else if (yes) {
      await albums.purge();
      writeLine(`Taken out: ${what}, with their tracks.`);
    } else writeLine(`${what} would be taken out. To do it: the same command with --yes`);
    return yes || stored.listings === 0 ? 0 : PLANNED_EXIT;
  } finally {
    await albums.close();
  }
}
