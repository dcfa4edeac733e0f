/** `npm run local`: the whole stack in the foreground, until Ctrl-C. */
import { once } from 'node:events';
import { Command } from 'commander';
import pc from 'picocolors';
import { ingestUrl } from './ingest-url.ts';
import { printReady, runProgram } from './program.ts';
import { type LocalStack, startStack } from './stack.ts';

const program = new Command('npm run local --')
  .description(
    'Serves GET /ingest on this machine: tables on disk, and a simulated Spotify unless SPOTIFY_CLIENT_ID is set.',
  )
  .option('--recorded <folder>', 'let the simulated Spotify serve recorded replies from a folder')
  .addHelpText(
    'after',
    '\nExamples:\n  npm run local\n  API_PORT=3100 npm run local\n  npm run local -- --recorded ./my-recordings',
  );

runProgram(program, async ({ settings, recordedDir, stopping }) => {
  const stack = await startStack({
    settings,
    recordedDir,
    log: process.stdout,
    stopping,
    onReady: printReady,
  });
  try {
    console.log(`\nTry:  ${pc.bold(`curl '${exampleUrl(stack)}'`)}\nStop: Ctrl-C\n`);
    await Promise.race([stack.untilApiEnds, once(stopping, 'abort')]);
    if (stopping.aborted) return 0;
    console.error(pc.red('✖ The API has ended by itself; its last lines above say why.'));
    return 1;
  } finally {
    await stack.close();
  }
});

function exampleUrl({ apiUrl, simulator }: LocalStack): string {
  const playlistId = simulator?.recordedPlaylistIds()[0] ?? simulator?.catalogue.showcase[0];
  return ingestUrl(apiUrl, playlistId ?? 'spotify:playlist:<id of a playlist of yours>');
}
