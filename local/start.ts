/** `npm start`: runs the whole pipeline once on this machine, over HTTP, and shows the result. */
import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { createTableReader } from '../app/app.ts';
import { stageRows } from '../app/picture.ts';
import { writeDashboard } from '../cli/dashboard/file.ts';
import { exportRows } from '../cli/export/export-rows.ts';
import { summaryTable } from '../cli/export/report.ts';
import { playlistsCsv } from '../cli/playlists/playlists-csv.ts';
import { toTopTable } from '../cli/plays/top-table.ts';
import { createHost } from '../cli/shared/host.ts';
import { DEFAULT_READ_UNITS_PER_SECOND, DEFAULT_SEGMENTS } from '../cli/shared/options.ts';
import { quantity } from '../cli/shared/terminal.ts';
import { playlistRefSchema } from '../etl/model/ids.ts';
import { LOCAL_STAGE } from '../stack/serverless-yml.ts';
import { parseTriggerOptions } from '../trigger/options.ts';
import { runTriggerCommand } from '../trigger/run-command.ts';
import { EXIT } from '../trigger/summary.ts';
import { askTops, collectWeek } from './collect-week.ts';
import { createLocalDashboard } from './dashboard.ts';
import { embeddedAt } from './dynamodb.ts';
import { exampleUrl } from './example-url.ts';
import { askLibrary, fillLibrary, libraryVariables, QUERY } from './fill-library.ts';
import { type Invocation, openLog, printReady, runProgram, showWait } from './program.ts';
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

/** The default playlists: the showcase of the simulated Spotify, and some that fail. */
const SHOWCASE = 'trigger/playlists.csv';

runProgram(program, async (invocation) => {
  const { args, settings } = invocation;
  const fault = findFault(settings, args);
  if (fault === undefined) return await loadAndShow(invocation);
  console.error(fault.join('\n'));
  return 2;
});

/** Why the run cannot load anything, and what to do. */
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

async function loadAndShow(invocation: Invocation): Promise<number> {
  const { args, settings, stopping } = invocation;
  const { log, path: logPath } = await openLog(settings);
  console.log(pc.bold('Starting the stack on this machine'));
  const shown = { onReady: printReady, onWait: showWait };
  const stack = await startStack({ ...invocation, ...shown, log });
  try {
    const named = args.length > 0 ? args : (stack.simulator?.recordedPlaylistIds() ?? []);
    const file = join(settings.dataDir, 'playlists.csv');
    const code = await load(named, { file, apiUrl: stack.apiUrl });
    stopping.throwIfAborted();
    if (code === EXIT.later) {
      console.error(
        'Some playlists were not loaded, so nothing is exported. The lines above say why.',
      );
      return code;
    }
    await showExport(stack, join(settings.dataDir, 'results'));
    const ids = named.length > 0 ? toIds(named) : (stack.simulator?.catalogue.showcase ?? []);
    await showLibrary(stack, ids, invocation);
    await showWeek(stack, invocation);
    showNext(stack, { file, ids });
    console.log(pc.dim(`Log of the functions: ${logPath}`));
    console.log(`Look at it: ${await makeDashboard(stack, settings)}`);
    // Some rows of the showcase fail on purpose.
    return named.length === 0 && code === 1 ? 0 : code;
  } finally {
    await stack.close();
  }
}

/** Whether the user's app can read nothing: there is neither a login nor a client secret. */
function needsLogin({ ownSpotify }: LocalSettings): boolean {
  if (ownSpotify === undefined) return false;
  const { SPOTIFY_CLIENT_SECRET, SPOTIFY_REFRESH_TOKEN, SPOTIFY_TOKEN_FILE, SPOTIFY_TOKEN_SECRET } =
    ownSpotify;
  const others = [SPOTIFY_CLIENT_SECRET, SPOTIFY_REFRESH_TOKEN, SPOTIFY_TOKEN_SECRET];
  return others.every((each) => each === undefined) && !existsSync(SPOTIFY_TOKEN_FILE ?? '');
}

/** Without names, those of the showcase. Returns the exit code of the trigger. */
async function load(
  named: readonly string[],
  { apiUrl, file }: { readonly apiUrl: string; readonly file: string },
): Promise<number> {
  const isShowcase = named.length === 0;
  await (isShowcase ? copyFile(SHOWCASE, file) : writeFile(file, playlistsCsv(named)));
  console.log(pc.bold(`\nspotify-etl trigger ${file} --endpoint ${apiUrl} --refresh`));
  // All rows, because unchanged ones cost no separate call. One at a time, because the functions share this machine.
  const options = parseTriggerOptions({ endpoint: apiUrl, refresh: true, concurrency: '1' });
  const code = await runTriggerCommand({ file, options, host: createHost() });
  if (isShowcase) {
    console.log(
      pc.dim('(Three rows of this file fail on purpose, to show what errors look like.)'),
    );
  }
  return code;
}

async function showExport({ dynamodbUrl, tableNames }: LocalStack, out: string): Promise<void> {
  console.log(pc.bold(`\nspotify-etl export --stage local --out ${out}`));
  const reader = createTableReader({
    dynamodb: embeddedAt(dynamodbUrl),
    segments: DEFAULT_SEGMENTS,
    readUnitsPerSecond: DEFAULT_READ_UNITS_PER_SECOND,
  });
  const source = stageRows(reader, tableNames);
  const owner = `stage ${LOCAL_STAGE}`;
  const summary = await exportRows({ source }, { format: 'csv', out, owner });
  reader.close();
  console.log(summaryTable({ ...summary, readUnits: reader.readUnits() }));
}

/** The API has said already which of them are none. */
function toIds(refs: readonly string[]): string[] {
  return refs.flatMap((ref) => playlistRefSchema.safeParse(ref).data ?? []);
}

type Shown = { readonly file: string; readonly ids: readonly string[] };

async function showLibrary(
  stack: LocalStack,
  ids: readonly string[],
  { settings, stopping }: Invocation,
): Promise<void> {
  const variables = libraryVariables(settings, stack);
  console.log(pc.bold(`\nspotify-etl get ${ids.length === 1 ? ids[0] : `(${ids.length} lists)`}`));
  for await (const line of fillLibrary(variables, ids, stopping)) console.log(line);
  console.log(pc.bold(`\nspotify-etl sql "${QUERY}"`));
  console.log(await askLibrary(variables.QUOTA_LIBRARY));
}

/** Nothing with the real Spotify, which does not know of weeks. */
async function showWeek(stack: LocalStack, { settings, stopping }: Invocation): Promise<void> {
  if (stack.simulator === undefined) return;
  const { QUOTA_LIBRARY: place } = libraryVariables(settings, stack);
  console.log(pc.bold('\nspotify-etl plays collect   (a simulated week, polled every 20 minutes)'));
  const ended = showWait('Listening to a week of music. That takes a few seconds.');
  const week = await collectWeek(place, stopping).finally(ended);
  console.log(
    `${pc.green('✔')} ${quantity(week.polls, 'poll')}, ${quantity(week.plays, 'new play')}, ${quantity(week.gaps, 'gap')}.`,
  );
  for (const [what, top] of Object.entries(await askTops(place))) {
    console.log(pc.bold(`\nspotify-etl plays top ${what} --limit 5`));
    console.log(toTopTable(top, process.stdout.columns));
  }
}

/** Returns where it is. */
async function makeDashboard(stack: LocalStack, settings: LocalSettings): Promise<string> {
  const dashboard = createLocalDashboard(settings, libraryVariables(settings, stack));
  return (await writeDashboard(dashboard, join(settings.dataDir, 'dashboard.html'))).path;
}

function showNext(stack: LocalStack, { file, ids }: Shown): void {
  console.log(`Answers: ${file}`);
  console.log(
    `${pc.bold('Next:')} run it again and see that nothing is written, or keep the API running and call it:`,
  );
  console.log('  npm run local');
  console.log(`  curl '${exampleUrl(stack, ids[0])}'`);
}
