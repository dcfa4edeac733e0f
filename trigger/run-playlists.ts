/** One run over a playlists store. */
import pMap from 'p-map';
import { retry } from '../lib/retry.ts';
import { messageOf } from '../lib/usage-error.ts';
import { AnswerWriter, type WriterOptions } from './answer-writer.ts';
import { askForPlaylist, type IngestApi, type Waiting } from './follow-run.ts';
import { parseList, planListCalls } from './listed-playlists.ts';
import { type Answer, countFailures, type Outcome, planRetryMs, toOutcome } from './outcome.ts';
import {
  type PlannedRequest,
  parsePlaylists,
  planRequests,
  type Selection,
  toRequestSent,
} from './playlists-file.ts';
import type { PlaylistsStore } from './playlists-store.ts';
import { Tally, type TriggerSummary } from './summary.ts';

export type RunEvents = {
  readonly onStart?: (requests: number) => void;
  readonly onAnswer?: (request: PlannedRequest, outcome: Outcome) => void;
  /** Something went wrong, but the run continues. */
  readonly onWarning?: ((line: string) => void) | undefined;
  /** Warnings of the API for people. */
  readonly onNotice?: ((line: string) => void) | undefined;
  /** Called at the end, when the answers are in the file or cannot be written. */
  readonly onEnd: (summary: TriggerSummary) => void;
};

export type PlaylistsApi = IngestApi & {
  /** Requests the list of the user's playlists, with a limit of calls to Spotify. If set, unchanged rows are not sent. */
  readonly requestList?: ((maxRequests: number) => Promise<Answer>) | undefined;
};

type RunOptions = Omit<WriterOptions, 'rows'> & {
  readonly selection: Selection;
  /** The most playlists to send. */
  readonly limit?: number | undefined;
  readonly concurrency: number;
};

type PlaylistsRun = RunOptions & Waiting & PlaylistsApi & RunEvents;

/**
 * Sends the selected rows and writes their answers into the file. Throws UsageError if the file cannot be read, and Error if
 * it cannot be written.
 */
export async function runPlaylists(run: PlaylistsRun): Promise<TriggerSummary> {
  const { clock, limit, onEnd, onStart, selection, store } = run;
  const source = await store.read();
  const { rows } = parsePlaylists(source);
  const requests = planRequests(rows, selection, limit);
  if (requests.length > 0) await assertWritable(store, source);
  const writer = new AnswerWriter({ ...run, rows });
  const sender = new Sender(run, writer);
  onStart?.(requests.length);
  const startedAt = clock.now();
  await sender.sendAll(requests);
  const summary = {
    ...sender.tally.summarise(requests.flatMap((request) => request.rows).length),
    durationMs: clock.now() - startedAt,
    stoppedBy: sender.stoppedBy,
  };
  try {
    await writer.flush();
  } finally {
    onEnd(summary);
  }
  return summary;
}

async function assertWritable(store: PlaylistsStore, source: Buffer): Promise<void> {
  await store.assertWritable?.(source).catch((error: unknown) => {
    const message = `${store.name} cannot be written: ${messageOf(error)} Nothing was sent.`;
    throw new Error(message, { cause: error });
  });
}

/** After this many consecutive rows that did not reach the endpoint, the rest are tried once each. */
const MAX_UNREACHABLE_ROWS = 3;

const UNREACHED = new Set(['UNREACHABLE', 'CONNECTION_REFUSED']);

class Transient extends Error {}

class Sender {
  readonly tally = new Tally();
  stoppedBy: Outcome | undefined;
  readonly #run: PlaylistsRun;
  readonly #writer: AnswerWriter;
  /** When requests can be sent again, for all rows. */
  #opensAt = 0;
  /** Consecutive rows that ended without reaching the endpoint. */
  #unreachableRows = 0;
  #hasAnswered = false;

  constructor(run: PlaylistsRun, writer: AnswerWriter) {
    this.#run = run;
    this.#writer = writer;
  }

  async sendAll(requests: readonly PlannedRequest[]): Promise<void> {
    const findListed = await this.#askForList(requests.length);
    const unlisted = requests.filter(({ rows, uri }) => {
      const outcome = findListed(uri);
      if (outcome !== undefined) this.#settle({ uri, rows: this.#writer.take(rows) }, outcome);
      return outcome === undefined;
    });
    const { concurrency } = this.#run;
    await pMap(unlisted, (request) => this.#send(request), { concurrency });
  }

  /** Requests the list if it can save more than it costs. Returns a lookup of its outcomes. */
  async #askForList(requests: number): Promise<(uri: string) => Outcome | undefined> {
    const { clock, onNotice, onWarning, requestList } = this.#run;
    const calls = planListCalls(requests);
    if (requestList === undefined || calls === undefined) return () => undefined;
    const { fault, find, warnings } = parseList(await requestList(calls), clock.now());
    for (const line of warnings) onNotice?.(line);
    if (fault === undefined) return find;
    const { code, message } = fault.response;
    this.#holdBack(fault);
    // Another server's refusal may be about the list only: an older API has none.
    if (fault.isShared && fault.verdict === 'stop') this.#stop(fault);
    else onWarning?.(`No list of playlists, so every row is sent (${code}: ${message})`);
    return find;
  }

  async #send({ rows, uri }: PlannedRequest): Promise<void> {
    const taken = (await this.#waitForTurn()) ? this.#writer.take(rows) : [];
    if (taken.length === 0) return;
    const outcome = await this.#askUntilSettled(uri, taken[0]?.response);
    if (outcome !== undefined) this.#settle({ uri, rows: taken }, outcome);
  }

  /** Undefined if the run ended before there was an answer. */
  async #askUntilSettled(uri: string, recorded = ''): Promise<Outcome | undefined> {
    const { clock } = this.#run;
    let outcome: Outcome | undefined;
    const ask = async (): Promise<void> => {
      if (!(await this.#waitForTurn())) return;
      outcome = this.#judge(await askForPlaylist({ recorded, uri }, this.#run));
      this.#holdBack(outcome);
      if (outcome.isTransient && this.#unreachableRows < MAX_UNREACHABLE_ROWS)
        throw new Transient();
    };
    const planDelayMs = (error: Error, attempt: number): number | undefined =>
      outcome !== undefined && error instanceof Transient
        ? planRetryMs(outcome, attempt, clock.random())
        : undefined;
    await retry(ask, { clock, planDelayMs }).catch((error: unknown) => {
      if (!(error instanceof Transient)) throw error;
    });
    if (UNREACHED.has(outcome?.response.code ?? '')) this.#unreachableRows += 1;
    return outcome;
  }

  #judge(answer: Answer): Outcome {
    const outcome = toOutcome(answer, this.#run.clock.now());
    if (answer.status !== null) {
      this.#hasAnswered = true;
      this.#unreachableRows = 0;
    }
    // If nothing has ever answered, every row would fail the same way.
    const isDown = outcome.response.code === 'CONNECTION_REFUSED' && !this.#hasAnswered;
    return isDown ? { ...outcome, verdict: 'stop', isTransient: false } : outcome;
  }

  /** False once the run is over. */
  async #waitForTurn(): Promise<boolean> {
    const { clock, halt } = this.#run;
    while (!halt.signal.aborted && this.#opensAt > clock.now()) {
      await clock.sleep(this.#opensAt - clock.now());
    }
    return !halt.signal.aborted;
  }

  #holdBack({ isShared, retryAfterMs = 0 }: Outcome): void {
    if (isShared) this.#opensAt = Math.max(this.#opensAt, this.#run.clock.now() + retryAfterMs);
  }

  #settle(request: PlannedRequest, answered: Outcome): void {
    const { onAnswer, onNotice } = this.#run;
    const { rows } = request;
    const [first] = rows;
    if (first === undefined) return;
    const outcome = countFailures(answered, first.response);
    for (const line of outcome.warnings ?? []) onNotice?.(line);
    const isFinal = outcome.verdict === 'done' || outcome.verdict === 'failed';
    const response = JSON.stringify(outcome.response);
    this.#writer.record(rows, { requestSent: toRequestSent(isFinal), response });
    this.tally.add(outcome, rows.length);
    onAnswer?.(request, outcome);
    if (outcome.verdict === 'stop') this.#stop(outcome);
  }

  #stop(outcome: Outcome): void {
    this.stoppedBy ??= outcome;
    this.#run.halt.abort();
  }
}
