/** `npm start`: the whole pipeline once, on this machine, over real HTTP, and what came of it. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import pc from 'picocolors';
import { type IngestAnswer, ingestUrl, requestIngest } from './ingest-requests.ts';
import { runProgram } from './program.ts';
import { readSampleRows, SAMPLE_COLUMNS } from './sample-rows.ts';
import { answersTable, rowsTable } from './show.ts';
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
    onReady: (part, where) => {
      console.log(`${pc.green('✔')} ${part.padEnd(8)} ${where}`);
    },
  });
  try {
    const answers = await ingestAll(stack, {
      playlistRefs: args.length > 0 ? args : defaultPlaylists(stack),
      stopping,
    });
    await show(stack, answers);
    console.log(pc.dim(`Log of the functions: ${logPath}`));
    return answers.some((answer) => 'problem' in answer) ? 1 : 0;
  } finally {
    await stack.close();
  }
});

function defaultPlaylists({ simulator }: LocalStack): readonly string[] {
  const recorded = simulator?.recordedPlaylistIds() ?? [];
  return recorded.length > 0 ? recorded : (simulator?.catalogue.showcase ?? []);
}

/** One after the other, as a cron trigger would: Spotify's rate limit is the bottleneck, not this machine. */
async function ingestAll(
  { apiUrl }: LocalStack,
  { playlistRefs, stopping }: { playlistRefs: readonly string[]; stopping: AbortSignal },
): Promise<IngestAnswer[]> {
  console.log(pc.bold(`\nGET /ingest for ${playlistRefs.length} playlists`));
  const bar = new SingleBar({
    format: '{bar} {value}/{total}  {name}',
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    noTTYOutput: false,
  });
  const isTerminal = process.stderr.isTTY;
  if (isTerminal) bar.start(playlistRefs.length, 0, { name: '' });
  const answers: IngestAnswer[] = [];
  for (const playlistRef of playlistRefs) {
    stopping.throwIfAborted();
    const answer = await requestIngest(apiUrl, playlistRef);
    answers.push(answer);
    if (isTerminal) bar.increment({ name: nameOf(answer) });
  }
  if (isTerminal) bar.stop();
  return answers;
}

function nameOf(answer: IngestAnswer): string {
  return 'summary' in answer ? answer.summary.playlist_name : answer.problem.title;
}

async function show(stack: LocalStack, answers: readonly IngestAnswer[]): Promise<void> {
  console.log(answersTable(answers));
  console.log(pc.bold('A few rows of each table'));
  for (const { table, rows } of await readSampleRows(stack)) {
    console.log(rowsTable(table, SAMPLE_COLUMNS[table], rows));
  }
  const [first] = answers;
  if (first === undefined) return;
  console.log(
    `${pc.bold('Next:')} run it again and see nothing written, or keep the API up and ask it yourself:`,
  );
  console.log('  npm run local');
  console.log(`  curl '${ingestUrl(stack.apiUrl, first.playlistRef)}'`);
}
