/** One start: the file opened and locked, the API asked, the answers recorded. */

import { lockFile } from '../lib/file-lock.ts';
import type { Host } from '../lib/host.ts';
import { UsageError } from '../lib/usage-error.ts';
import { createApiRequester } from './api-requester.ts';
import { type Endpoint, parseEndpoint, toIngestUrl, toListUrl } from './endpoint.ts';
import { createHttpGet } from './http-get.ts';
import type { TriggerOptions } from './options.ts';
import { planRequests } from './plan-requests.ts';
import { parsePlaylists } from './playlists-file.ts';
import type { Selection } from './playlists-row.ts';
import { createStreamStore, openFileStore, type PlaylistsStore } from './playlists-store.ts';
import {
  createJsonReporter,
  createLineReporter,
  createQuietReporter,
  type Reporter,
  visible,
} from './reporter.ts';
import { createRequestSigner, type SignRequest } from './request-signer.ts';
import type { RequestIngest, RequestList } from './run-trigger.ts';
import { EXIT, type TriggerSummary, toExitCode } from './summary.ts';
import { createTerminalReporter } from './terminal-reporter.ts';
import { walkPlaylists } from './walk-playlists.ts';

export type TriggerCommand = {
  /** Path of the playlists file, or `-`. */
  readonly file: string;
  readonly options: TriggerOptions;
  readonly host: Host;
};

/**
 * Runs the command and returns its exit code.
 *
 * @throws UsageError where it cannot begin, LockedError where another start is at work, Error where the file cannot be written
 */
export async function runTriggerCommand(command: TriggerCommand): Promise<number> {
  const { file, host, options } = command;
  if (file === '-') return runOnStreams(command);
  const store = await openFileStore(file, host.sleep);
  if (options.dryRun) return showPlan(command, store);
  const api = await createRequests(command);
  const lock = await lockFile(`${store.path}.lock`, {
    clock: host,
    busy: 'Another run is already working on this file',
  });
  const reporter = createReporter(command);
  if (lock.takeover !== undefined) reporter.onWarning(lock.takeover);
  try {
    return await runOnStore(command, { api, reporter, store });
  } finally {
    await lock.release();
  }
}

async function runOnStreams(command: TriggerCommand): Promise<number> {
  const { host, options } = command;
  const store = createStreamStore(host.stdin, host.stdout);
  if (options.json) {
    throw new UsageError(
      '--json and - both want standard output. Name a file, or leave --json out.',
    );
  }
  if (options.dryRun) return showPlan(command, store);
  const api = await createRequests(command);
  return runOnStore(command, { api, reporter: createReporter(command), store });
}

/** What a start would send; nothing is sent, locked or written. */
async function showPlan({ options, host }: TriggerCommand, store: PlaylistsStore): Promise<number> {
  const playlists = parsePlaylists(await store.read());
  const requests = planRequests(playlists, toSelection(options), options.limit);
  for (const { uri, rows } of requests) {
    const line = options.json ? { type: 'request', playlist_uri: uri, rows: rows.length } : uri;
    host.stdout.write(`${typeof line === 'string' ? visible(line) : JSON.stringify(line)}\n`);
  }
  if (!options.json && !options.quiet) {
    host.stderr.write(
      `${requests.length} of ${playlists.rows.length} rows would be sent; nothing was.\n`,
    );
  }
  return EXIT.allDone;
}

function toSelection({ refresh, retryFailed }: TriggerOptions): Selection {
  if (refresh) return 'all';
  return retryFailed ? 'failed' : 'pending';
}

/** A list of thousands of playlists; an answer about one is a thousandth of it. */
const MAX_LIST_BYTES = 16_777_216;

type ApiRequests = {
  readonly requestIngest: RequestIngest;
  readonly requestList: RequestList | undefined;
};

async function createRequests({ options, host }: TriggerCommand): Promise<ApiRequests> {
  const { env } = host;
  const text = options.endpoint ?? env.SPOTIFY_ETL_ENDPOINT ?? '';
  if (text === '') {
    throw new UsageError(
      'Which API? Give --endpoint or set SPOTIFY_ETL_ENDPOINT, as http://127.0.0.1:3000 for npm run local.',
    );
  }
  const endpoint = parseEndpoint(text, {
    sign: options.sign,
    region: options.region,
    defaultRegion: env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
    apiKey: options.apiKey ?? env.SPOTIFY_ETL_API_KEY,
  });
  const sign = await createSign(endpoint, options.profile);
  const timeoutMs = options.timeout * 1000;
  const ask = createApiRequester({ endpoint, sign, httpGet: createHttpGet({ timeoutMs }) });
  const requestIngest: RequestIngest = (uri) => ask(toIngestUrl(endpoint, uri));
  if (!options.refresh) return { requestIngest, requestList: undefined };
  const httpGet = createHttpGet({ timeoutMs, maxBodyBytes: MAX_LIST_BYTES });
  const askForList = createApiRequester({ endpoint, sign, httpGet });
  return { requestIngest, requestList: (calls) => askForList(toListUrl(endpoint, calls)) };
}

async function createSign(
  { signingRegion: region }: Endpoint,
  profile: string | undefined,
): Promise<SignRequest | undefined> {
  return region === undefined ? undefined : createRequestSigner({ region, profile });
}

type Parts = {
  readonly api: ApiRequests;
  readonly reporter: Reporter;
  readonly store: PlaylistsStore;
};

async function runOnStore(
  command: TriggerCommand,
  { api, reporter, store }: Parts,
): Promise<number> {
  const { host, options } = command;
  const halt = new AbortController();
  const signals = watchSignals(command, { halt, reporter });
  const summary = await walkPlaylists({
    ...api,
    ...reporter,
    store,
    halt,
    selection: toSelection(options),
    limit: options.limit,
    concurrency: options.concurrency,
    clock: {
      now: host.now,
      random: host.random,
      sleep: (ms) => host.sleep(ms, halt.signal),
    },
    onStart: (requests) => {
      signals.start();
      reporter.onStart(requests);
    },
    onEnd: (walked) => {
      signals.end();
      reporter.onEnd(signals.addTo(walked));
    },
  });
  return toExitCode(signals.addTo(summary));
}

type Signals = {
  readonly start: () => void;
  readonly end: () => void;
  readonly addTo: (summary: TriggerSummary) => TriggerSummary;
};

/** The first signal lets the rows in flight come home; a second one does not wait for them. */
function watchSignals(
  { host }: TriggerCommand,
  { halt, reporter }: { halt: AbortController; reporter: Reporter },
): Signals {
  let heard: NodeJS.Signals | undefined;
  let stopListening: (() => void) | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (heard !== undefined) {
      host.exit(signal === 'SIGTERM' ? EXIT.SIGTERM : EXIT.SIGINT);
      return;
    }
    heard = signal;
    halt.abort();
    reporter.onNote(
      'Waiting for the rows in flight. Once more ends it at once; their answers are then asked for again.',
    );
  };
  return {
    start: () => {
      stopListening = host.onStopSignal(onSignal);
    },
    end: () => {
      stopListening?.();
    },
    addTo: (summary) => (heard === undefined ? summary : { ...summary, signal: heard }),
  };
}

function createReporter({ file, options, host }: TriggerCommand): Reporter {
  const { stdout, stderr } = host;
  if (options.quiet) return createQuietReporter(stderr);
  if (options.json) return createJsonReporter(stdout, stderr);
  const output = file === '-' ? stderr : stdout;
  if (!output.isTTY) return createLineReporter(output, stderr);
  return createTerminalReporter({ output, now: host.now });
}
