/** The loop of one start: planned requests, so many at a time, their answers recorded as they come. */
import type { Clock } from '../lib/clock.ts';
import type { AnswerRecorder } from './answer-recorder.ts';
import { type CoolDown, createCoolDown } from './cool-down.ts';
import { type ListVerdict, planListCalls, toListVerdict } from './listed-playlists.ts';
import { type Answer, type Outcome, toOutcome } from './outcome.ts';
import type { PlannedRequest } from './plan-requests.ts';
import { toRequestSent } from './playlists-row.ts';
import { toResponseCell } from './recorded-response.ts';
import { planRetryMs } from './retry-plan.ts';
import { createTally, type StopReason, type Tally, type TriggerSummary } from './summary.ts';

/** Asks for one playlist. Never throws: what goes wrong is an answer too. */
export type RequestIngest = (playlistUri: string) => Promise<Answer>;

/** Asks for the list of the user's playlists, at so many calls to Spotify. */
export type RequestList = (maxRequests: number) => Promise<Answer>;

export type TriggerRun = {
  readonly requests: readonly PlannedRequest[];
  readonly concurrency: number;
  readonly requestIngest: RequestIngest;
  /** Where rows that the list shows as unchanged are not sent. */
  readonly requestList?: RequestList | undefined;
  readonly recorder: Pick<AnswerRecorder, 'take' | 'record'>;
  /** Its sleep ends early when `halt` is aborted. */
  readonly clock: Clock;
  /** Aborted from outside to end the start; aborted here by an answer that ends it. Requests under way are finished. */
  readonly halt: AbortController;
  readonly onAnswer: (request: PlannedRequest, outcome: Outcome) => void;
  /** Something that did not go as it should, though the start goes on. */
  readonly onWarning: (line: string) => void;
  /** What the API wants a person to know. */
  readonly onNotice: (line: string) => void;
};

type RunState = {
  /** Rows in a row that ended without reaching the endpoint. */
  unreachableRows: number;
  stoppedBy: StopReason | undefined;
};

/** Sends what is planned until it is all sent or the start is over. */
export async function runTrigger(run: TriggerRun): Promise<TriggerSummary> {
  const { clock, concurrency, halt, requests } = run;
  const startedAt = clock.now();
  const tally = createTally(requests.reduce((sum, { rows }) => sum + rows.length, 0));
  const state: RunState = { unreachableRows: 0, stoppedBy: undefined };
  const coolDown = createCoolDown(clock, halt.signal);
  const progress = { state, coolDown, tally };
  const findListed = await askForList(run, progress);
  const unsent = requests
    .filter(({ rows, uri }) => {
      const outcome = findListed(uri);
      if (outcome !== undefined)
        settle(run, { uri, rows: rows.filter(run.recorder.take) }, { outcome, tally });
      return outcome === undefined;
    })
    .values();
  const work = async (): Promise<void> => {
    for (const request of unsent) {
      if (!(await coolDown.wait())) return;
      await send(run, request, progress);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return tally.toSummary({
    durationMs: clock.now() - startedAt,
    ...(state.stoppedBy === undefined ? {} : { stoppedBy: state.stoppedBy }),
  });
}

type Progress = {
  readonly state: RunState;
  readonly coolDown: CoolDown;
  readonly tally: Tally;
};

/** Asks once for the list, where that may save more than it costs; what it says of a playlist then stands for an answer. */
async function askForList(
  run: TriggerRun,
  { state, coolDown }: Progress,
): Promise<(uri: string) => Outcome | undefined> {
  const { clock, onWarning, requestList, requests } = run;
  const calls = planListCalls(requests.length);
  if (requestList === undefined || calls === undefined) return () => undefined;
  const verdict: ListVerdict = toListVerdict(await requestList(calls), clock.now());
  if (verdict.kind === 'listed') {
    verdict.warnings.forEach(run.onNotice);
    return verdict.find;
  }
  if (verdict.kind === 'stop') stop(run, state, verdict.outcome);
  else {
    onWarning(
      `The list of playlists could not be had, so every row is asked for by itself (${verdict.why})`,
    );
    if (verdict.retryAfterMs !== undefined) coolDown.until(clock.now() + verdict.retryAfterMs);
  }
  return () => undefined;
}

async function send(run: TriggerRun, request: PlannedRequest, progress: Progress): Promise<void> {
  const rows = request.rows.filter(run.recorder.take);
  if (rows.length === 0) return;
  const outcome = await askUntilSettled(run, request.uri, progress);
  outcome.warnings?.forEach(run.onNotice);
  settle(run, { ...request, rows }, { outcome, tally: progress.tally });
  if (outcome.verdict === 'stop') stop(run, progress.state, outcome);
}

/** Records and counts an answer for the rows it is for. */
function settle(
  { onAnswer, recorder }: TriggerRun,
  request: PlannedRequest,
  { outcome, tally }: { readonly outcome: Outcome; readonly tally: Tally },
): void {
  if (request.rows.length === 0) return;
  recordOutcome(recorder, request.rows, outcome);
  tally.add(outcome, request.rows.length);
  onAnswer(request, outcome);
}

/** Asks until the answer is one to keep, or the start is over. */
async function askUntilSettled(
  { requestIngest, clock }: TriggerRun,
  uri: string,
  { state, coolDown }: Progress,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await requestIngest(uri);
    const outcome = toOutcome(answer, clock.now());
    if (answer.kind === 'response') state.unreachableRows = 0;
    const delayMs = planRetryMs(outcome, {
      attempt,
      unreachableRows: state.unreachableRows,
      chance: clock.random(),
    });
    if (outcome.isShared && outcome.retryAfterMs !== undefined) {
      coolDown.until(clock.now() + outcome.retryAfterMs);
    }
    if (delayMs !== undefined && (await coolDown.wait(delayMs))) continue;
    if (answer.kind === 'failure' && answer.code === 'UNREACHABLE') state.unreachableRows += 1;
    return outcome;
  }
}

function recordOutcome(
  recorder: Pick<AnswerRecorder, 'record'>,
  rows: readonly number[],
  { verdict, response }: Outcome,
): void {
  const isFinal = verdict === 'done' || verdict === 'failed';
  const cells = { requestSent: toRequestSent(isFinal), response: toResponseCell(response) };
  for (const row of rows) recorder.record(row, cells);
}

function stop({ halt }: TriggerRun, state: RunState, { response, retryAfterMs }: Outcome): void {
  state.stoppedBy ??= { ...response, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  halt.abort();
}
