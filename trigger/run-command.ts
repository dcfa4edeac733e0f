/** `spotify-etl trigger` on this machine: opens and locks the file, calls the API, and records the answers. */
import { buffer } from 'node:stream/consumers';
import { lockFile } from '../lib/file-lock.ts';
import type { Host } from '../lib/host.ts';
import { isLoopbackUrl } from '../lib/loopback-url.ts';
import { visible } from '../lib/plain-text.ts';
import { createApiClient } from './api-client.ts';
import { parseEndpoint, toIngestUrl, toListUrl, toRunUrl } from './endpoint.ts';
import type { TriggerOptions } from './options.ts';
import { parsePlaylists, planRequests } from './playlists-file.ts';
import { createMemoryStore, openFileStore, type PlaylistsStore } from './playlists-store.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { createRequestSigner } from './request-signer.ts';
import { type PlaylistsApi, runPlaylists } from './run-playlists.ts';
import { EXIT, toExitCode } from './summary.ts';

export type TriggerCommand = {
  /** Path of the playlists file, or `-`. */
  readonly file: string;
  readonly options: TriggerOptions;
  readonly host: Host;
};

/**
 * Runs the command and returns its exit code. Throws UsageError if it cannot begin, LockedError if another run is using the file,
 * and Error if the file cannot be written.
 */
export async function runTriggerCommand(command: TriggerCommand): Promise<number> {
  const { file, host, options } = command;
  const isStream = file === '-';
  const store = isStream
    ? createMemoryStore(await buffer(host.stdin))
    : await openFileStore(file, host);
  if (options.dryRun) return showPlan(command, store);
  const api = await createApi(command);
  const reporter = createReporter(host, options, file);
  const busy = 'Another run is already working on this file';
  const lock = isStream ? undefined : await lockFile(`${store.name}.lock`, { clock: host, busy });
  try {
    if (lock?.takeover !== undefined) reporter.onWarning?.(lock.takeover);
    return await runOnStore(command, reporter, { ...api, store });
  } finally {
    await lock?.release();
    if (isStream) host.stdout.write(await store.read());
  }
}

/** Prints the rows that a run would send; sends, locks and writes nothing. */
async function showPlan({ options, host }: TriggerCommand, store: PlaylistsStore): Promise<number> {
  const { rows } = parsePlaylists(await store.read());
  const requests = planRequests(rows, options, options.limit);
  for (const { uri, rows: sent } of requests) {
    const line = options.json
      ? JSON.stringify({ type: 'request', playlist_uri: uri, rows: sent.length })
      : visible(uri);
    host.stdout.write(`${line}\n`);
  }
  if (!options.json && !options.quiet) {
    host.stderr.write(
      `${requests.length} of ${rows.length} rows would be sent. Nothing was sent.\n`,
    );
  }
  return EXIT.done;
}

/** For a list of thousands of playlists. */
const MAX_LIST_BYTES = 16_777_216;

async function createApi({ options, host: { env } }: TriggerCommand): Promise<PlaylistsApi> {
  const { profile, refresh } = options;
  const endpoint = parseEndpoint(options.endpoint ?? env.SPOTIFY_ETL_ENDPOINT ?? '', {
    ...options,
    defaultRegion: env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
    apiKey: options.apiKey ?? env.SPOTIFY_ETL_API_KEY,
  });
  const { signingRegion: region } = endpoint;
  const sign = region === undefined ? undefined : await createRequestSigner(region, profile);
  // API Gateway gives up after half a minute; on this machine, a request takes as long as its list.
  const { timeout = isLoopbackUrl(new URL(endpoint.baseUrl)) ? 300 : 60 } = options;
  const client = { endpoint, sign, timeoutMs: timeout * 1000 };
  const get = createApiClient(client);
  const getList = createApiClient({ ...client, maxBodyBytes: MAX_LIST_BYTES });
  return {
    requestIngest: (uri) => get(toIngestUrl(endpoint, uri)),
    requestRun: (runId) => get(toRunUrl(endpoint, runId)),
    requestList: refresh ? (calls) => getList(toListUrl(endpoint, calls)) : undefined,
  };
}

async function runOnStore(
  { host, options }: TriggerCommand,
  reporter: Reporter,
  parts: PlaylistsApi & { readonly store: PlaylistsStore },
): Promise<number> {
  const halt = new AbortController();
  let signal: NodeJS.Signals | undefined;
  // After the first signal the rows in flight finish; a second one ends the run at once.
  const stopListening = host.onStopSignal((received) => {
    if (signal !== undefined) host.exit(received === 'SIGTERM' ? EXIT.SIGTERM : EXIT.SIGINT);
    signal = received;
    halt.abort();
    reporter.onNote?.(
      'Waiting for the rows in flight. Another signal ends the run at once; the next run requests them again.',
    );
  });
  try {
    const summary = await runPlaylists({
      ...options,
      ...parts,
      ...reporter,
      halt,
      selection: options,
      clock: { ...host, sleep: (ms) => host.sleep(ms, halt.signal) },
      onEnd: (ended) => {
        reporter.onEnd({ ...ended, signal });
      },
    });
    return toExitCode({ ...summary, signal });
  } finally {
    stopListening();
  }
}
