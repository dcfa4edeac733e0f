/** `spotify-etl plays import`: Spotify's own exports into the library. */
import { openLibrary } from '../../app/library.ts';
import { importInto } from '../../app/plays-import.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { defineCommand, flag, type OptionsOf } from '../shared/command.ts';
import { limitHeapGrowth } from '../shared/heap.ts';
import { findLibrary, libraryOption } from '../shared/library.ts';
import { createImportReporter } from './import-report.ts';

const options = {
  withPrivate: flag('--with-private', 'take plays of private sessions too'),
  withCountry: flag('--with-country', 'keep the country of each play'),
  library: libraryOption,
  json: flag('--json', 'print a JSON object with the counts'),
  quiet: flag('--quiet', 'print only what could not be read'),
};

export const command = defineCommand({
  name: 'import',
  description:
    "Adds Spotify's own export of your history to the library: every play of it, without a call to Spotify.",
  arguments: [['<file...>', 'my_spotify_data.zip, a folder, or JSON files of it']],
  options,
  help: [
    'Examples:',
    '  spotify-etl plays import my_spotify_data.zip',
    '  spotify-etl plays import "Spotify Extended Streaming History"/',
    '',
    'Ask Spotify for the export at https://www.spotify.com/account/privacy/: the extended streaming history, which takes up to',
    '30 days. The account data, which comes sooner, has 12 months by name and minute; where both are, the extended one counts.',
    '',
    'Plays that a poll has collected too are joined. Stopped at any moment, it can be started again; a second import adds nothing.',
    'Never stored: IP addresses, user agents and user names. Of devices only the kind is kept.',
    '',
    'Exit codes: 0 done, 1 failed or a file could not be read, 2 wrong usage.',
  ],
  run,
});

async function run(
  { json, library: given, quiet, withCountry, withPrivate }: OptionsOf<typeof options>,
  places: readonly string[],
): Promise<number> {
  if (places.length === 0) throw new UsageError('Which files? Give my_spotify_data.zip.');
  limitHeapGrowth();
  const library = openLibrary(findLibrary(given, process.env));
  const reporter = createImportReporter({ json, quiet });
  try {
    const report = await importInto(library, {
      places,
      withPrivate,
      withCountry,
      nowMs: Date.now(),
      onStart: reporter.onStart,
      onFile: reporter.onFile,
    });
    reporter.onEnd(report, library.place);
    return report.badFiles.length > 0 ? 1 : 0;
  } finally {
    reporter.close();
    await library.close();
  }
}
