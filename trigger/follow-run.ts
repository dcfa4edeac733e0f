/** Asks for a playlist, and follows the run that loads a list that is too long for one request. */
import * as z from 'zod/mini';
import type { Clock } from '../lib/clock.ts';
import { parseJson } from '../lib/parse-json.ts';
import { parseRetryAfterMs } from '../lib/retry-after.ts';
import type { Answer } from './outcome.ts';

export type IngestApi = {
  /** Requests one playlist. Never throws: a failure is an answer too. */
  readonly requestIngest: (playlistUri: string) => Promise<Answer>;
  /** Requests a run. Without it, none is followed. */
  readonly requestRun?: ((runId: string) => Promise<Answer>) | undefined;
};

type Waiting = { readonly clock: Clock; readonly halt: AbortController };

/** 10,000 items take less. */
const MAX_FOLLOW_MS = 300_000;
const MIN_WAIT_MS = 1_000;
const ACCEPTED = 202;

const runSchema = z.object({ state: z.string(), run_id: z.string() });
const recordedSchema = z.object({ status: z.literal(ACCEPTED), run_id: z.string() });

const isAboutRun = ({ body }: Answer): boolean => runSchema.safeParse(parseJson(body)).success;

/**
 * The final answer, or that of a run which goes on for longer than five minutes. If the recorded `response` is of such a run, its
 * answer is asked for first.
 */
export async function askForPlaylist(
  { recorded, uri }: { readonly recorded: string; readonly uri: string },
  { requestIngest, requestRun, ...waiting }: IngestApi & Waiting,
): Promise<Answer> {
  if (requestRun === undefined) return await requestIngest(uri);
  const runId = recordedSchema.safeParse(parseJson(recorded)).data?.run_id;
  const known = runId === undefined ? undefined : await requestRun(runId);
  const first = known !== undefined && isAboutRun(known) ? known : await requestIngest(uri);
  return await followRun(first, requestRun, waiting);
}

async function followRun(
  first: Answer,
  requestRun: (runId: string) => Promise<Answer>,
  { clock, halt }: Waiting,
): Promise<Answer> {
  const endsAt = clock.now() + MAX_FOLLOW_MS;
  let answer = first;
  while (answer.status === ACCEPTED) {
    const runId = runSchema.safeParse(parseJson(answer.body)).data?.run_id;
    const retryAfterMs = parseRetryAfterMs(answer.headers['retry-after'] ?? null, clock.now());
    const waitMs = Math.max(MIN_WAIT_MS, retryAfterMs ?? 0);
    if (runId === undefined || clock.now() + waitMs > endsAt) break;
    await clock.sleep(waitMs);
    if (halt.signal.aborted) break;
    const next = await requestRun(runId);
    // A failed request says nothing about the run.
    if (isAboutRun(next)) answer = next;
  }
  return answer;
}
