/** `spotify-etl trigger`: its options and help. */
import { Command } from 'commander';
import type { Host } from '../lib/host.ts';
import { parseTriggerOptions } from './options.ts';
import { runTriggerCommand } from './run-command.ts';

const EXAMPLES = `
Examples:
  spotify-etl trigger playlists.csv --endpoint http://127.0.0.1:3000
  spotify-etl trigger playlists.csv --endpoint https://abc123.execute-api.eu-central-1.amazonaws.com/dev
  spotify-etl trigger playlists.csv --retry-failed --limit 10
  spotify-etl trigger playlists.csv --refresh --quiet
  spotify-etl trigger - < playlists.csv > sent.csv

Environment:
  SPOTIFY_ETL_ENDPOINT   default of --endpoint
  SPOTIFY_ETL_API_KEY    default of --api-key
  AWS_PROFILE, AWS_REGION and the AWS SDK's other variables, if requests are signed

Exit codes:
  0         every row sent has its final answer, or there were none
  1         some rows failed for good, or the file could not be written
  2         wrong usage, or a file that cannot be read
  75        another run is using the file, or rows wait for a later run
  130, 143  stopped by SIGINT, SIGTERM`;

/** `onExit` is called with the exit code. */
export function createTriggerCommand(host: Host, onExit: (code: number) => void): Command {
  return new Command('trigger')
    .description(
      'Sends GET /ingest for each pending row of a playlists file (columns playlist_uri, request_sent, response) and records the answer in the row.',
    )
    .argument('<file>', 'the playlists file, or - for standard input and output')
    .option('--endpoint <url>', 'base URL of the API, with or without /ingest')
    .option('--concurrency <n>', 'requests at the same time (default: 2)')
    .option('--limit <n>', 'send at most <n> playlists')
    .option('--timeout <seconds>', 'limit for one request (default: 60; 300 on this machine)')
    .option('--retry-failed', 'also send rows that failed for good')
    .option(
      '--refresh',
      'also send loaded rows, except those that the list of playlists shows as unchanged',
    )
    .option('--dry-run', 'print the rows to send, and send nothing')
    .option('--json', 'print one JSON object per line')
    .option('--quiet', 'print nothing but errors')
    .option('--sign', 'sign with SigV4 (default: only for execute-api hosts)')
    .option('--no-sign', 'do not sign')
    .option('--region <region>', 'AWS region to sign for (default: from the host name)')
    .option('--profile <name>', 'AWS profile to sign with')
    .option('--api-key <key>', 'sent as x-api-key; SPOTIFY_ETL_API_KEY is safer')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .action(async (file: string, given: unknown) => {
      onExit(await runTriggerCommand({ file, options: parseTriggerOptions(given), host }));
    });
}
