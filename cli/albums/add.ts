/** `spotify-etl albums add`: artists into the artists file. Asks nobody. */
import { openAlbums } from '../../app/library.ts';
import { artistRefSchema, isSpotifyMade, playlistRefSchema } from '../../etl/model/ids.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { parseMarket } from '../../trigger/artists-file.ts';
import { defineCommand, type OptionsOf, optionalText } from '../shared/command.ts';
import { findFilledLibrary, libraryOption } from '../shared/library.ts';
import { quantity, writeLine } from '../shared/terminal.ts';
import { addArtists, artistsOption } from './artists-file.ts';

const options = {
  playlist: optionalText('--playlist <link>', 'the main artists of a playlist in the library'),
  market: optionalText(
    '--market <country>',
    'whose catalogue the report is about (default: that of the file, or US)',
  ),
  artists: artistsOption,
  library: libraryOption,
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'add',
  description: 'Adds artists to the artists file, by link or from a playlist. Makes no call.',
  arguments: [['[link...]', 'artists, by link, URI or ID']],
  options,
  help: [
    'Examples:',
    '  spotify-etl albums add https://open.spotify.com/artist/<id> spotify:artist:<id>',
    '  spotify-etl get <link> && spotify-etl albums add --playlist <link>',
    '  spotify-etl albums add --market DE --artists german.csv spotify:artist:<id>',
    '',
    'A report has one market. With a login, Spotify looks at the country of your account instead.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run(given: Options, links: readonly string[]): Promise<number> {
  const market = given.market === undefined ? undefined : parseMarket(given.market);
  if (links.length === 0 && given.playlist === undefined) {
    throw new UsageError('Which artists? Give their links, or --playlist <link>.');
  }
  const artists = new Map(links.map((link) => [parse(link, artistRefSchema), '']));
  for (const [id, name] of await findArtistsOf(given)) artists.set(id, name);
  const added = await addArtists(given.artists, artists, market);
  const known = artists.size - added;
  writeLine(
    `${quantity(added, 'artist')} added to ${given.artists}${known > 0 ? `, ${known} there already` : ''}.`,
  );
  writeLine('Next:    npx spotify-etl albums collect --dry-run');
  return 0;
}

function parse(link: string, schema: typeof artistRefSchema): string {
  const parsed = schema.safeParse(link);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${link}: ${parsed.error.issues[0]?.message ?? ''}`);
}

/** IDs and names. */
async function findArtistsOf({ library, playlist }: Options): Promise<Map<string, string>> {
  if (playlist === undefined) return new Map();
  const id = parse(playlist, playlistRefSchema);
  if (isSpotifyMade(id)) {
    throw new UsageError(
      'Spotify does not serve its own lists (37i9…) to new apps. Copy the list into a playlist of your own, and read that: npx spotify-etl get <link>',
    );
  }
  const albums = openAlbums(findFilledLibrary(library, process.env, 'get <link>'));
  try {
    const artists = await albums.listArtistsOf(id);
    if (artists.length === 0) {
      throw new UsageError(
        `The library has no such playlist, or no track in it. Read it first: npx spotify-etl get ${playlist}`,
      );
    }
    const names = await albums.findNames(artists);
    return new Map(artists.map((artist) => [artist, names.get(artist) ?? '']));
  } finally {
    await albums.close();
  }
}
