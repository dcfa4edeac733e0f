/** Asks for a playlist, and follows the run that loads a list that is too long for one request. */
import * as z from 'zod/mini';
import type { Clock } from '../lib/clock.ts';
import { parseJson } from '../lib/parse-json.ts';
import { parseRetryAfterMs } from '../lib/retry-after.ts';
import { ACCEPTED, type Answer } from './outcome.ts';

export type IngestApi = {
  /** Requests one playlist. Never throws: a failure is an answer too. */
  readonly requestIngest: (playlistUri: string) => Promise<Answer>;
  /** Requests a run. Never throws. */
  readonly requestRun: (runId: string) => Promise<Answer>;
};

/** The clock's sleep ends early when `halt` is aborted. */
export type Waiting = { readonly clock: Clock; readonly halt: AbortController };

/** 10,000 items take less. */
const MAX_FOLLOW_MS = 300_000;
const MIN_WAIT_MS = 1_000;

const runSchema = z.object({ state: z.string(), run_id: z.string() });
const recordedSchema = z.object({ status: z.literal(ACCEPTED), run_id: z.string() });

const parseRun = ({ body }: Answer) => runSchema.safeParse(parseJson(body)).data;
const planWaitMs = ({ headers }: Answer, now: number): number =>
  Math.max(MIN_WAIT_MS, parseRetryAfterMs(headers['retry-after'] ?? null, now) ?? 0);

/**
 * The final answer, or that of a run which goes on for longer than five minutes. If the recorded `response` is of such a run, its
 * answer is asked for first.
 */
export async function askForPlaylist(
  { recorded, uri }: { readonly recorded: string; readonly uri: string },
  { clock, halt, requestIngest, requestRun }: IngestApi & Waiting,
): Promise<Answer> {
  const endsAt = clock.now() + MAX_FOLLOW_MS;
  const known = recordedSchema.safeParse(parseJson(recorded)).data;
  const found = known && (await requestRun(known.run_id));
  let answer = found && parseRun(found) ? found : await requestIngest(uri);
  const run = parseRun(answer);
  while (run && answer.status === ACCEPTED) {
    const waitMs = planWaitMs(answer, clock.now());
    if (clock.now() + waitMs > endsAt) break;
    await clock.sleep(waitMs);
    if (halt.signal.aborted) break;
    const next = await requestRun(run.run_id);
    // A failed request says nothing about the run, and who may not ask for it does not ask again.
    if (parseRun(next)) answer = next;
    else if (next.status === 403) break;
  }
  return answer;
}
