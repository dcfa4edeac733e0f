/** `npm run local`: the whole stack in the foreground, until Ctrl-C. */
import { once } from 'node:events';
import { Command } from 'commander';
import pc from 'picocolors';
import { exampleUrl } from './example-url.ts';
import { openLog, printReady, runProgram, showWait } from './program.ts';
import { requestLine } from './request-line.ts';
import { startStack } from './stack.ts';

const program = new Command('npm run local --')
  .description(
    'Serves GET /ingest on this machine: tables on disk, and a simulated Spotify unless SPOTIFY_CLIENT_ID is set.',
  )
  .option('--recorded <folder>', 'let the simulated Spotify serve recorded replies from a folder')
  .addHelpText(
    'after',
    '\nExamples:\n  npm run local\n  API_PORT=3100 npm run local\n  npm run local -- --recorded ./my-recordings',
  );

runProgram(program, async (invocation) => {
  const { settings, stopping } = invocation;
  const { log, path: logPath } = await openLog(settings);
  const stack = await startStack({
    ...invocation,
    log,
    onReady: printReady,
    onWait: showWait,
    onAnswer: (answered) => {
      console.log(requestLine(answered, new Date()));
    },
  });
  try {
    console.log(
      `\nLog:  ${logPath}\nLook: ${pc.bold(`${stack.apiUrl}/`)}   (the dashboard)\nTry:  ${pc.bold(`curl '${exampleUrl(stack)}'`)}\nStop: Ctrl-C\n`,
    );
    await Promise.race([stack.untilApiEnds, once(stopping, 'abort')]);
    if (stopping.aborted) return 0;
    console.error(pc.red(`✖ The API ended unexpectedly; the last lines of ${logPath} say why.`));
    return 1;
  } finally {
    await stack.close();
  }
});
