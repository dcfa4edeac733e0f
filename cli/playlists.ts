/** `spotify-etl playlists`: the user's playlists, and which of them have changed. */
import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import * as z from 'zod/mini';
import { createApp } from '../app/app.ts';
import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import type { RunReport } from '../etl/model/summaries.ts';
import { playlistsCsv } from './playlists/playlists-csv.ts';
import { countsLine, createBar, playlistsTable } from './playlists/report.ts';
import { type AppSettings, readAppSettings } from './shared/app-settings.ts';
import { describeTableFailure } from './shared/table-failures.ts';
import { addTableOptions, appOptionsSchema, createStoreOption } from './shared/table-options.ts';

const optionsSchema = z.object({
  ...appOptionsSchema.shape,
  changed: z._default(z.boolean(), false),
  csv: z._default(z.boolean(), false),
  json: z._default(z.boolean(), false),
});
type Options = z.infer<typeof optionsSchema>;

/** The longest list, a call a second, and some time to spare. */
const RUN_MS = 600_000;
/** A person waits for them, and a second try is at hand. */
const TABLES_WITHIN_MS = 4_000;
const ACTIONS = 'dynamodb:BatchGetItem on the playlist table';

/** The command, to be added to a program. */
export function createCommand(): Command {
  const command = new Command('playlists').description(
    "Lists the user's playlists, 50 a call, and which of them have changed.",
  );
  return addTableOptions(command)
    .addOption(createStoreOption())
    .option('--changed', 'only those that are not stored as Spotify has them now')
    .addOption(
      new Option('--csv', 'print a playlists file for the trigger, of the readable ones').conflicts(
        'json',
      ),
    )
    .option('--json', 'print everything as JSON')
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: unknown) => {
      process.exitCode = await run(optionsSchema.parse(options));
    });
}

const HELP = [
  '',
  'Examples:',
  '  spotify-etl playlists --stage local           with npm run local in another terminal',
  '  spotify-etl playlists --csv > playlists.csv   all readable ones, for spotify-etl trigger',
  '  spotify-etl playlists --changed               what a load would find new',
  '  spotify-etl playlists --json | jq -r \'.playlists[] | select(.state == "new") | .playlist_name\'',
  '',
  'Readable (✔) is what the user owns or collaborates on: Spotify serves the items of no others to a new app.',
  '',
  'Exit codes: 0 done, 1 failed, 2 wrong usage.',
].join('\n');

async function run(options: Options): Promise<number> {
  const bar = process.stderr.isTTY ? createBar() : undefined;
  let settings: AppSettings | undefined;
  let tablesError: { readonly error: unknown } | undefined;
  let report: Partial<RunReport> = {};
  try {
    settings = await readAppSettings(options, process.env);
    const onTablesUnavailable = options.changed
      ? undefined
      : (error: unknown) => {
          tablesError ??= { error };
        };
    const app = createApp(settings.config, {
      dynamodb: settings.dynamodb,
      onStateUnavailable: onTablesUnavailable,
    });
    const listing = await app.listPlaylists(
      {
        onPage: bar?.update,
        tablesWithinMs: TABLES_WITHIN_MS,
        onTablesUnavailable,
      },
      {
        runId: randomUUID(),
        deadlineAt: Date.now() + RUN_MS,
        onEnd: (ofRun) => {
          report = ofRun;
        },
      },
    );
    bar?.stop();
    if (tablesError !== undefined) warn(describe(tablesError.error, options, settings));
    show(listing, report, options);
    return 0;
  } catch (error) {
    bar?.stop();
    console.error(pc.red(`✖ ${describe(error, options, settings)}`));
    return 1;
  } finally {
    for (const warning of report.warnings ?? []) console.error(pc.yellow(`! ${warning}`));
  }
}

function warn(why: string): void {
  console.error(
    pc.yellow(
      `! What has changed is not known, and these calls are not counted: the tables cannot be read. ${why}`,
    ),
  );
}

function describe(error: unknown, { stage }: Options, settings: AppSettings | undefined): string {
  return describeTableFailure(error, {
    stage,
    dynamodb: settings?.dynamodb ?? {},
    actions: ACTIONS,
  });
}

function show(
  listing: PlaylistListing,
  report: Partial<RunReport>,
  { changed, csv, json }: Options,
): void {
  const playlists = changed
    ? listing.playlists.filter(({ state }) => state === 'new' || state === 'changed')
    : listing.playlists;
  const counts = countsLine(listing, report.spotify_requests ?? 0);
  if (csv) {
    process.stdout.write(playlistsCsv(playlists));
    console.error(counts);
  } else if (json) console.log(JSON.stringify({ ...listing, ...report, playlists }));
  else {
    if (playlists.length > 0) console.log(playlistsTable(playlists, process.stdout.columns));
    console.log(counts);
  }
}
