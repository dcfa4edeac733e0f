/** `spotify-etl playlists`: the user's playlists, and which of them have changed. */
import { Option } from 'commander';
import * as z from 'zod/mini';
import { createApp, type DynamodbSettings } from '../app/app.ts';
import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import type { RunReport } from '../etl/model/summaries.ts';
import { playlistsCsv } from './playlists/playlists-csv.ts';
import { countsLine, createBar, playlistsTable } from './playlists/report.ts';
import { readAppSettings } from './shared/app-settings.ts';
import { defineCommand, field, flag, type OptionsOf } from './shared/command.ts';
import { describeTableFailure } from './shared/failures.ts';
import { storeOption, tableOptions } from './shared/options.ts';
import { startRun } from './shared/run.ts';
import { writeError, writeWarning } from './shared/terminal.ts';

const options = {
  ...tableOptions,
  store: storeOption(),
  changed: flag('--changed', 'only readable playlists that are new or changed'),
  csv: field(
    z._default(z.boolean(), false),
    new Option('--csv', 'print the readable ones as a playlists file for the trigger').conflicts(
      'json',
    ),
  ),
  json: flag('--json', 'print everything as JSON'),
};
type Options = OptionsOf<typeof options>;

/** Enough for the longest list at a call a second. */
const RUN_MS = 600_000;
/** A person is waiting, and can try again. */
const TABLES_WITHIN_MS = 4_000;

export const command = defineCommand({
  name: 'playlists',
  description: 'Lists your playlists, 50 a call, and shows which have changed.',
  options,
  help: [
    'Examples:',
    '  spotify-etl playlists --stage local           with npm run local in another terminal',
    '  spotify-etl playlists --csv > playlists.csv   all readable ones, for spotify-etl trigger',
    '  spotify-etl playlists --changed               only new and changed ones',
    '  spotify-etl playlists --json | jq -r \'.playlists[] | select(.state == "new") | .playlist_name\'',
    '',
    'Readable (✔) playlists are those you own or collaborate on. Spotify does not',
    'serve the items of others to new apps.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run(given: Options): Promise<number> {
  const bar = process.stderr.isTTY ? createBar() : undefined;
  let dynamodb: DynamodbSettings = {};
  const tableErrors: unknown[] = [];
  const started = startRun(RUN_MS);
  const describe = (error: unknown): string => {
    const actions = 'dynamodb:BatchGetItem on the playlist table';
    return describeTableFailure(error, { stage: given.stage, dynamodb, actions });
  };
  try {
    const settings = await readAppSettings(given, process.env);
    dynamodb = settings.dynamodb;
    const onTablesUnavailable = given.changed
      ? undefined
      : (error: unknown) => void tableErrors.push(error);
    const app = createApp(settings.config, { dynamodb, onStateUnavailable: onTablesUnavailable });
    const listing = await app.listPlaylists(
      { onPage: bar?.update, tablesWithinMs: TABLES_WITHIN_MS, onTablesUnavailable },
      started.run,
    );
    bar?.stop();
    for (const error of tableErrors.slice(0, 1)) {
      writeWarning(
        `The tables cannot be read, so changes are unknown and these calls are not counted. ${describe(error)}`,
      );
    }
    show(listing, started.report, given);
    return 0;
  } catch (error) {
    bar?.stop();
    writeError(describe(error));
    return 1;
  } finally {
    for (const warning of started.report.warnings ?? []) writeWarning(warning);
  }
}

function show(
  listing: PlaylistListing,
  report: Partial<RunReport>,
  { changed, csv, json }: Options,
): void {
  const playlists = changed
    ? listing.playlists.filter(
        ({ readable, state }) => readable && (state === 'new' || state === 'changed'),
      )
    : listing.playlists;
  const counts = countsLine(listing, report.spotify_requests ?? 0);
  if (csv) {
    const readable = playlists.filter((playlist) => playlist.readable);
    process.stdout.write(playlistsCsv(readable.map((playlist) => playlist.playlist_uri)));
    console.error(counts);
  } else if (json) console.log(JSON.stringify({ ...listing, ...report, playlists }));
  else {
    if (playlists.length > 0) console.log(playlistsTable(playlists, process.stdout.columns));
    console.log(counts);
  }
}
