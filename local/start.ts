/** `npm start`: the whole pipeline once, on this machine, over real HTTP, and what came of it. */
import { createWriteStream, mkdirSync } from 'node:fs';
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
import { embeddedAt } from './dynamodb.ts';
import { ingestUrl } from './ingest-url.ts';
import { printReady, runProgram } from './program.ts';
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
  mkdirSync(settings.dataDir, { recursive: true });
  const logPath = join(settings.dataDir, 'api.log');
  const log = createWriteStream(logPath);
  console.log(pc.bold('Starting the stack on this machine'));
  const stack = await startStack({
    settings,
    recordedDir,
    log,
    stopping,
    onReady: printReady,
  });
  try {
    const named = args.length > 0 ? args : (stack.simulator?.recordedPlaylistIds() ?? []);
    const file = join(settings.dataDir, 'playlists.csv');
    await (named.length === 0 ? copyFile(SHOWCASE, file) : writeFile(file, playlistsCsv(named)));
    console.log(pc.bold(`\nspotify-etl trigger ${file} --endpoint ${stack.apiUrl} --refresh`));
    // Every row, those sent before too: what is unchanged costs no call of its own. One at a time: the functions share this machine.
    const sending = { endpoint: stack.apiUrl, refresh: true, concurrency: '1' };
    const options = parseTriggerOptions(sending);
    const code = await runTriggerCommand({ file, options, host: createHost() });
    if (named.length === 0) {
      console.log(pc.dim('(Three rows of this file are there to fail, to show how that is told.)'));
    }
    stopping.throwIfAborted();
    const results = join(settings.dataDir, 'results');
    console.log(pc.bold(`\nspotify-etl export --stage local --out ${results}`));
    const { dynamodbUrl, tableNames } = stack;
    const dynamodb = embeddedAt(dynamodbUrl);
    console.log(summaryTable(await exportTables({ dynamodb, tableNames, out: results })));
    await show(stack, file);
    console.log(pc.dim(`Log of the functions: ${logPath}`));
    // The showcase has rows that are there to fail.
    return named.length === 0 && code === 1 ? 0 : code;
  } finally {
    await stack.close();
  }
});

async function show(stack: LocalStack, file: string): Promise<void> {
  console.log(pc.bold('\nA few rows of each table'));
  for (const table of await sampleTables(stack)) console.log(table);
  const [first] = stack.simulator?.catalogue.showcase ?? [];
  console.log(`Answers: ${file}`);
  console.log(
    `${pc.bold('Next:')} run it again and see nothing written, or keep the API up and ask it yourself:`,
  );
  console.log('  npm run local');
  console.log(`  curl '${ingestUrl(stack.apiUrl, first ?? 'spotify:playlist:<id>')}'`);
}
