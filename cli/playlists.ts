/** `spotify-etl playlists`: the user's playlists, and which of them have changed. */
import { randomUUID } from 'node:crypto';
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
import { writeError, writeWarning } from './shared/terminal.ts';

const options = {
  ...tableOptions,
  store: storeOption(),
  changed: flag('--changed', 'only readable ones that are not stored as Spotify has them now'),
  csv: field(
    z._default(z.boolean(), false),
    new Option('--csv', 'print a playlists file for the trigger, of the readable ones').conflicts(
      'json',
    ),
  ),
  json: flag('--json', 'print everything as JSON'),
};
type Options = OptionsOf<typeof options>;

/** The longest list, a call a second, and some time to spare. */
const RUN_MS = 600_000;
/** A person waits for them, and can try again at once. */
const TABLES_WITHIN_MS = 4_000;

export const command = defineCommand({
  name: 'playlists',
  description: "Lists the user's playlists, 50 a call, and which of them have changed.",
  options,
  help: [
    'Examples:',
    '  spotify-etl playlists --stage local           with npm run local in another terminal',
    '  spotify-etl playlists --csv > playlists.csv   all readable ones, for spotify-etl trigger',
    '  spotify-etl playlists --changed               what a load would find new',
    '  spotify-etl playlists --json | jq -r \'.playlists[] | select(.state == "new") | .playlist_name\'',
    '',
    'Readable (✔) is what the user owns or collaborates on: Spotify serves the items of no others to a new app.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run(given: Options): Promise<number> {
  const bar = process.stderr.isTTY ? createBar() : undefined;
  let dynamodb: DynamodbSettings = {};
  const tableErrors: unknown[] = [];
  let report: Partial<RunReport> = {};
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
      {
        runId: randomUUID(),
        deadlineAt: Date.now() + RUN_MS,
        onEnd: (ended) => {
          report = ended;
        },
      },
    );
    bar?.stop();
    for (const error of tableErrors.slice(0, 1)) {
      writeWarning(
        `What has changed is not known, and these calls are not counted: the tables cannot be read. ${describe(error)}`,
      );
    }
    show(listing, report, given);
    return 0;
  } catch (error) {
    bar?.stop();
    writeError(describe(error));
    return 1;
  } finally {
    for (const warning of report.warnings ?? []) writeWarning(warning);
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
