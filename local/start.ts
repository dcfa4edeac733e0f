/** `npm start`: the whole pipeline once, on this machine, over real HTTP, and what came of it. */
import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { exportTables } from '../cli/export/export-tables.ts';
import { summaryTable } from '../cli/export/report.ts';
import { playlistsCsv } from '../cli/playlists/playlists-csv.ts';
import { createHost } from '../cli/shared/host.ts';
import { parseTriggerOptions } from '../trigger/options.ts';
import { runTriggerCommand } from '../trigger/run-command.ts';
import { EXIT } from '../trigger/summary.ts';
import { embeddedAt } from './dynamodb.ts';
import { exampleUrl } from './example-url.ts';
import { type Invocation, openLog, printReady, runProgram, showWait } from './program.ts';
import { sampleTables } from './sample-rows.ts';
import type { LocalSettings } from './settings.ts';
import { type LocalStack, startStack } from './stack.ts';

const program = new Command('npm start --')
  .description('Loads a few playlists into local tables and shows what was read and written.')
  .argument('[playlists...]', 'playlist URIs, links or IDs; by default some of the simulated ones')
  .option('--recorded <folder>', 'load the playlists recorded in a folder instead')
  .addHelpText(
    'after',
    [
      '',
      'Examples:',
      '  npm start',
      '  npm start -- --recorded ./my-recordings',
      '  npm start -- https://open.spotify.com/playlist/<id>   (with SPOTIFY_CLIENT_ID and so on in .env)',
    ].join('\n'),
  );

/** The showcase of the simulated Spotify, with some that fail: what is sent where no playlist is named. */
const SHOWCASE = 'trigger/playlists.csv';

runProgram(program, async (invocation) => {
  const { args, settings } = invocation;
  const fault = findFault(settings, args);
  if (fault === undefined) return await loadAndShow(invocation);
  console.error(fault.join('\n'));
  return 2;
});

/** What keeps the run from loading anything, and what to type instead. */
function findFault(settings: LocalSettings, args: readonly string[]): string[] | undefined {
  if (settings.ownSpotify !== undefined && args.length === 0) {
    return [
      'Which playlists? With your own Spotify app, name some: npm start -- https://open.spotify.com/playlist/<id>',
    ];
  }
  return needsLogin(settings)
    ? [
        pc.red(
          '✖ Nobody is logged in. Your Spotify app needs a login to read playlists. Run this first:',
        ),
        '  npx spotify-etl login',
      ]
    : undefined;
}

async function loadAndShow({ args, recordedDir, settings, stopping }: Invocation): Promise<number> {
  const { log, path: logPath } = await openLog(settings);
  console.log(pc.bold('Starting the stack on this machine'));
  const stack = await startStack({
    settings,
    recordedDir,
    log,
    stopping,
    onReady: printReady,
    onWait: showWait,
  });
  try {
    const named = args.length > 0 ? args : (stack.simulator?.recordedPlaylistIds() ?? []);
    const file = join(settings.dataDir, 'playlists.csv');
    await (named.length === 0 ? copyFile(SHOWCASE, file) : writeFile(file, playlistsCsv(named)));
    console.log(pc.bold(`\nspotify-etl trigger ${file} --endpoint ${stack.apiUrl} --refresh`));
    // Every row, those sent before too: what is unchanged costs no call of its own. One at a time: the functions share this
    // machine.
    const sending = { endpoint: stack.apiUrl, refresh: true, concurrency: '1' };
    const options = parseTriggerOptions(sending);
    const code = await runTriggerCommand({ file, options, host: createHost() });
    if (named.length === 0) {
      console.log(
        pc.dim('(Three rows of this file fail on purpose, to show what errors look like.)'),
      );
    }
    stopping.throwIfAborted();
    if (code === EXIT.later) {
      console.error(
        'Some playlists were not loaded, so nothing is exported. The lines above say why.',
      );
      return code;
    }
    const results = join(settings.dataDir, 'results');
    console.log(pc.bold(`\nspotify-etl export --stage local --out ${results}`));
    const { dynamodbUrl, tableNames } = stack;
    const dynamodb = embeddedAt(dynamodbUrl);
    console.log(summaryTable(await exportTables({ dynamodb, tableNames, out: results })));
    await show(stack, { file, playlistRef: named[0] });
    console.log(pc.dim(`Log of the functions: ${logPath}`));
    // The showcase has rows that are there to fail.
    return named.length === 0 && code === 1 ? 0 : code;
  } finally {
    await stack.close();
  }
}

/** Whether the own app can read nothing: nobody has logged in, and it cannot speak for itself. */
function needsLogin({ ownSpotify }: LocalSettings): boolean {
  if (ownSpotify === undefined) return false;
  const { SPOTIFY_CLIENT_SECRET, SPOTIFY_REFRESH_TOKEN, SPOTIFY_TOKEN_FILE, SPOTIFY_TOKEN_SECRET } =
    ownSpotify;
  const others = [SPOTIFY_CLIENT_SECRET, SPOTIFY_REFRESH_TOKEN, SPOTIFY_TOKEN_SECRET];
  return others.every((each) => each === undefined) && !existsSync(SPOTIFY_TOKEN_FILE ?? '');
}

type Shown = { readonly file: string; readonly playlistRef: string | undefined };

async function show(stack: LocalStack, { file, playlistRef }: Shown): Promise<void> {
  console.log(pc.bold('\nA few rows of each table'));
  for (const table of await sampleTables(stack)) console.log(table);
  console.log(`Answers: ${file}`);
  console.log(
    `${pc.bold('Next:')} run it again and see that nothing is written, or keep the API running and call it:`,
  );
  console.log('  npm run local');
  console.log(`  curl '${exampleUrl(stack, playlistRef)}'`);
}
