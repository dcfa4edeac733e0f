import { systemClock, type TableApp } from '../app/app.ts';
import { type LoadInput, loadInputSchema } from '../etl/model/playlist-run.ts';
import type { Clock } from '../lib/clock.ts';
import type { DueAnswer } from '../trigger/due-rows.ts';
import { type NextStep, planNext } from '../trigger/next-step.ts';
import { type Outcome, toOutcome } from '../trigger/outcome.ts';
import { getApp } from './cold-start.ts';
import { apiHandler, type RunContext } from './http/api-handler.ts';
import { askInProcess } from './http/in-process.ts';
import { publishWait } from './http/metrics.ts';
import { parsePlaylistId } from './http/requests.ts';

/** The input, for the next call; what to do now; and the message to the function `record`. */
export type LoadResult = LoadInput &
  NextStep &
  Pick<Outcome, 'verdict'> & { readonly answers: readonly DueAnswer[] };

type Parts = {
  readonly getApp: () => Pick<TableApp, 'ingestPlaylist' | 'notesOf'>;
  readonly clock: Clock;
};

/** Loads one playlist like `GET /ingest`, in the time of a function, and says what a state machine does next. */
export function createLoadHandler({ clock, getApp }: Parts) {
  return async (event: unknown, context: RunContext): Promise<LoadResult> => {
    const input = loadInputSchema.parse(event);
    const { before = '', playlist_uri, run_id } = input;
    const deadlineAt = clock.now() + context.getRemainingTimeInMillis();
    const note = run_id === undefined ? undefined : getApp().notesOf(run_id, { deadlineAt });
    const ingest = apiHandler('load', (query, run) =>
      getApp().ingestPlaylist(parsePlaylistId(query), run, {
        onProgress: (progress) => void note?.({ state: 'running', progress }),
      }),
    );
    const run = { ...context, awsRequestId: run_id ?? context.awsRequestId };
    const answer = await askInProcess(ingest, { playlist_uri }, run);
    const now = clock.now();
    const outcome = toOutcome(answer, now);
    const startedAt = Date.parse(input.started_at);
    const step = planNext(outcome, { startedAt, now });
    // The alarm is about the machine `playlists`.
    if (run_id === undefined) publishWait(step, now - startedAt);
    const state = outcome.verdict === 'done' ? 'succeeded' : 'failed';
    await note?.(
      step.next === 'wait'
        ? { state: 'waiting', resumes_at: new Date(now + step.wait_seconds * 1000).toISOString() }
        : { state, answer: { status: answer.status ?? 500, body: answer.body } },
    );
    const answers = [{ key: playlist_uri, before, outcome }];
    return { ...input, ...step, verdict: outcome.verdict, answers };
  };
}

export const handler = createLoadHandler({ getApp, clock: systemClock });
