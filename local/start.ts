/** `npm start`: the whole pipeline once, on this machine, over real HTTP, and what came of it. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { exportTables } from '../cli/export/export-tables.ts';
import { summaryTable } from '../cli/export/report.ts';
import { playlistsCsv } from '../cli/playlists/playlists-csv.ts';
import { createHost } from '../cli/shared/host.ts';
import { parseTriggerOptions } from '../trigger/options.ts';
import { runTriggerCommand } from '../trigger/run-command.ts';
import { embeddedAt } from './dynamodb.ts';
import { exampleUrl } from './example-url.ts';
import { openLog, printReady, runProgram, showWait } from './program.ts';
import { sampleTables } from './sample-rows.ts';
import { type LocalStack, startStack } from './stack.ts';

const program = new Command('npm start --')
  .description(
    'Loads a handful of playlists into local tables and shows what was read and written.',
  )
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

runProgram(program, async ({ settings, recordedDir, args, stopping }) => {
  if (settings.ownSpotify !== undefined && args.length === 0) {
    console.error(
      'Which playlists? With your own Spotify app, name some: npm start -- https://open.spotify.com/playlist/<id>',
    );
    return 2;
  }
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
    const code = await load(named, file, stack);
    stopping.throwIfAborted();
    if (await needsLogin(file)) {
      console.log('Nothing was loaded, because Spotify wants a login first:');
      console.log('  npx spotify-etl login');
      return code;
    }
    await exportAll(stack, join(settings.dataDir, 'results'));
    await show(stack, { file, playlistRef: named[0] });
    console.log(pc.dim(`Log of the functions: ${logPath}`));
    // The showcase has rows that are there to fail.
    return named.length === 0 && code === 1 ? 0 : code;
  } finally {
    await stack.close();
  }
});

/** Without names, those of the showcase. Returns the exit code of the trigger. */
async function load(
  named: readonly string[],
  file: string,
  { apiUrl }: LocalStack,
): Promise<number> {
  const isShowcase = named.length === 0;
  await (isShowcase ? copyFile(SHOWCASE, file) : writeFile(file, playlistsCsv(named)));
  console.log(pc.bold(`\nspotify-etl trigger ${file} --endpoint ${apiUrl} --refresh`));
  // Every row, those sent before too: what is unchanged costs no call of its own. One at a time: the functions share this machine.
  const options = parseTriggerOptions({ endpoint: apiUrl, refresh: true, concurrency: '1' });
  const code = await runTriggerCommand({ file, options, host: createHost() });
  if (isShowcase) {
    console.log(pc.dim('(Three rows of this file are there to fail, to show how that is told.)'));
  }
  return code;
}

async function exportAll({ dynamodbUrl, tableNames }: LocalStack, out: string): Promise<void> {
  console.log(pc.bold(`\nspotify-etl export --stage local --out ${out}`));
  const dynamodb = embeddedAt(dynamodbUrl);
  console.log(summaryTable(await exportTables({ dynamodb, tableNames, out })));
}

async function needsLogin(file: string): Promise<boolean> {
  return (await readFile(file, 'utf8')).includes('REAUTH_REQUIRED');
}

type Shown = { readonly file: string; readonly playlistRef: string | undefined };

async function show(stack: LocalStack, { file, playlistRef }: Shown): Promise<void> {
  console.log(pc.bold('\nA few rows of each table'));
  for (const table of await sampleTables(stack)) console.log(table);
  console.log(`Answers: ${file}`);
  console.log(
    `${pc.bold('Next:')} run it again and see nothing written, or keep the API up and ask it yourself:`,
  );
  console.log('  npm run local');
  console.log(`  curl '${exampleUrl(stack, playlistRef)}'`);
}
