/** `spotify-etl albums find`: the link of an artist. A person chooses; no other command searches. */
import { visible } from '../../lib/plain-text.ts';
import { defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { libraryOption } from '../shared/library.ts';
import { startRun } from '../shared/run.ts';
import { toTable, writeLine } from '../shared/terminal.ts';
import { withLibraryApp } from '../shared/with-library-app.ts';

const options = {
  library: libraryOption,
  json: flag('--json', 'print an array of {artist_uri, name}'),
};

const SEARCH_MS = 60_000;

export const command = defineCommand({
  name: 'find',
  description: 'Lists up to ten artists with a name like this one, in one call.',
  arguments: [['<name>', 'a name, or a part of it']],
  options,
  help: [
    'Examples:',
    '  spotify-etl albums find "Earth"',
    '',
    'The first is not always the right one: compare the links in a browser, then albums add <link>.',
    '',
    'Exit codes: 0 done, 1 failed or nobody found, 2 wrong usage, 75 try again later.',
  ],
  run,
});

async function run(
  given: OptionsOf<typeof options>,
  [name = '']: readonly string[],
): Promise<number> {
  const needs = { environment: process.env, needsLogin: false, features: ['ingest'] } as const;
  return await withLibraryApp({ ...given, quiet: false }, needs, async (app) => {
    const found = await app.albums.findArtists(name, startRun(SEARCH_MS).run);
    const rows = found.map(({ id, name: artist }) => ({
      artist_uri: `spotify:artist:${id}`,
      name: artist,
    }));
    if (given.json) writeLine(JSON.stringify(rows));
    else if (rows.length === 0) writeLine(`Spotify finds no artist like “${visible(name)}”.`);
    else {
      const cells = rows.map((row) => [visible(row.name), row.artist_uri]);
      writeLine(toTable(['name', 'artist_uri'], cells));
    }
    return rows.length === 0 ? 1 : 0;
  });
}
