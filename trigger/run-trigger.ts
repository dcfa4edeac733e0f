/** The loop of one start: planned requests, so many at a time, their answers recorded as they come. */
import type { Clock } from '../etl/model/clock.ts';
import type { AnswerRecorder } from './answer-recorder.ts';
import { type CoolDown, createCoolDown } from './cool-down.ts';
import type { RequestIngest } from './ingest-requester.ts';
import { type Outcome, toOutcome } from './outcome.ts';
import type { PlannedRequest } from './plan-requests.ts';
import { toRequestSent } from './playlists-row.ts';
import { toResponseCell } from './recorded-response.ts';
import { planRetryMs, withLongPause } from './retry-plan.ts';
import { createTally, type StopReason, type TriggerSummary } from './summary.ts';

export type TriggerRun = {
  readonly requests: readonly PlannedRequest[];
  readonly concurrency: number;
  readonly requestIngest: RequestIngest;
  readonly recorder: Pick<AnswerRecorder, 'take' | 'record'>;
  /** Its sleep ends early when `halt` is aborted. */
  readonly clock: Clock;
  /** Aborted from outside to end the start; aborted here by an answer that ends it. Requests under way are finished. */
  readonly halt: AbortController;
  readonly onAnswer: (request: PlannedRequest, outcome: Outcome) => void;
};

type RunState = {
  /** Rows in a row that ended without reaching the endpoint. */
  unreachableRows: number;
  stoppedBy: StopReason | undefined;
};

/** Sends what is planned until it is all sent or the start is over. */
export async function runTrigger(run: TriggerRun): Promise<TriggerSummary> {
  const { clock, concurrency, halt, onAnswer, recorder, requests } = run;
  const startedAt = clock.now();
  const tally = createTally(requests.reduce((sum, { rows }) => sum + rows.length, 0));
  const state: RunState = { unreachableRows: 0, stoppedBy: undefined };
  const coolDown = createCoolDown(clock, halt.signal);
  const waiting = requests.values();
  const work = async (): Promise<void> => {
    for (const request of waiting) {
      if (!(await coolDown.wait())) return;
      const rows = request.rows.filter(recorder.take);
      if (rows.length === 0) continue;
      const outcome = await askUntilSettled(run, request.uri, { state, coolDown });
      recordOutcome(recorder, rows, outcome);
      tally.add(outcome, rows.length);
      onAnswer(request, outcome);
      if (outcome.verdict === 'stop') stop(run, state, outcome);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return tally.toSummary({
    durationMs: clock.now() - startedAt,
    ...(state.stoppedBy === undefined ? {} : { stoppedBy: state.stoppedBy }),
  });
}

/** Asks until the answer is one to keep, or the start is over. */
async function askUntilSettled(
  { requestIngest, clock }: TriggerRun,
  uri: string,
  { state, coolDown }: { state: RunState; coolDown: CoolDown },
): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await requestIngest(uri);
    const outcome = withLongPause(toOutcome(answer, clock.now()));
    if (answer.kind === 'response') state.unreachableRows = 0;
    const delayMs = planRetryMs(outcome, {
      attempt,
      unreachableRows: state.unreachableRows,
      chance: clock.random(),
    });
    if (outcome.verdict === 'later' && outcome.retryAfterMs !== undefined) {
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
