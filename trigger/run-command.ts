/** One start: the file opened and locked, the API asked, the answers recorded. */
import { type AnswerRecorder, createAnswerRecorder } from './answer-recorder.ts';
import { createApiRequester } from './api-requester.ts';
import { type Endpoint, parseEndpoint, toIngestUrl, toListUrl } from './endpoint.ts';
import type { Host } from './host.ts';
import { createHttpGet } from './http-get.ts';
import type { TriggerOptions } from './options.ts';
import { type PlannedRequest, planRequests } from './plan-requests.ts';
import { type Playlists, parsePlaylists } from './playlists-file.ts';
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
import { acquireRunLock } from './run-lock.ts';
import { type RequestIngest, type RequestList, runTrigger } from './run-trigger.ts';
import { EXIT, type TriggerSummary, toExitCode } from './summary.ts';
import { createTerminalReporter } from './terminal-reporter.ts';
import { UsageError } from './usage-error.ts';

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
  const lock = await acquireRunLock(`${store.path}.lock`, new Date(host.now()));
  try {
    return await runOnStore(command, store, api);
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
  return runOnStore(command, store, await createRequests(command));
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

async function runOnStore(
  command: TriggerCommand,
  store: PlaylistsStore,
  api: ApiRequests,
): Promise<number> {
  const { options } = command;
  const playlists = parsePlaylists(await store.read());
  const requests = planRequests(playlists, toSelection(options), options.limit);
  const reporter = createReporter(command);
  const halt = new AbortController();
  const recorder = createRecorder({ store, playlists, halt });
  const signals = watchSignals(command, { halt, reporter });
  reporter.onStart(requests.length);
  const summary = await run({ ...api, command, requests, recorder, halt, reporter });
  try {
    await recorder.flush();
  } finally {
    signals.end();
    reporter.onEnd(signals.addTo(summary));
  }
  return toExitCode(signals.addTo(summary));
}

type Parts = ApiRequests & {
  readonly command: TriggerCommand;
  readonly requests: readonly PlannedRequest[];
  readonly recorder: AnswerRecorder;
  readonly halt: AbortController;
  readonly reporter: Reporter;
};

function run({ command, halt, reporter, ...parts }: Parts): Promise<TriggerSummary> {
  const { host } = command;
  return runTrigger({
    ...parts,
    halt,
    concurrency: command.options.concurrency,
    onAnswer: reporter.onAnswer,
    onWarning: reporter.onWarning,
    onNotice: reporter.onNotice,
    clock: {
      now: host.now,
      random: host.random,
      sleep: (ms) => host.sleep(ms, halt.signal),
    },
  });
}

function createRecorder({
  store,
  playlists,
  halt,
}: {
  store: PlaylistsStore;
  playlists: Playlists;
  halt: AbortController;
}): AnswerRecorder {
  return createAnswerRecorder({
    store,
    playlists,
    clock: Date,
    // An answer that cannot be kept is not worth a call.
    onFailure: () => {
      halt.abort();
    },
  });
}

type Signals = {
  readonly end: () => void;
  readonly addTo: (summary: TriggerSummary) => TriggerSummary;
};

/** The first signal lets the rows in flight come home; a second one does not wait for them. */
function watchSignals(
  { host }: TriggerCommand,
  { halt, reporter }: { halt: AbortController; reporter: Reporter },
): Signals {
  let heard: NodeJS.Signals | undefined;
  const end = host.onStopSignal((signal) => {
    if (heard !== undefined) {
      host.exit(signal === 'SIGTERM' ? EXIT.SIGTERM : EXIT.SIGINT);
      return;
    }
    heard = signal;
    halt.abort();
    reporter.onNote(
      'Waiting for the rows in flight. Once more ends it at once; their answers are then asked for again.',
    );
  });
  return {
    end,
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
