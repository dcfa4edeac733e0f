import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import type { PlaylistRun } from '../../etl/model/playlist-run.ts';
import type { Problem } from '../../etl/model/problem.ts';
import { parseJson } from '../../lib/parse-json.ts';

type Response = {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
};

export function respond(statusCode: number, body: object): Response {
  const type = statusCode < 400 ? 'application/json' : 'application/problem+json';
  const headers = { 'cache-control': 'no-store', 'content-type': type };
  return { statusCode, headers, body: JSON.stringify(body) };
}

export function respondProblem(error: unknown, problem: Problem): Response {
  const answer = respond(problem.status, problem);
  const waitSeconds = error instanceof EtlError ? error.retryAfterSeconds : undefined;
  if (waitSeconds !== undefined) answer.headers['retry-after'] = String(waitSeconds);
  return answer;
}

/** A caller with an API key has 1,000 requests a day. */
const ASK_AGAIN_SECONDS = 10;

const documentSchema = z.looseObject({});

/**
 * About a run that outlasts requests: 202 while it goes on, then what a load within the request would have answered, each with
 * the run's state. `location` is relative to the request's address.
 */
export function respondRun(run: PlaylistRun, now: number, location?: string): Response {
  if ('answer' in run) {
    const { answer, run_id, state } = run;
    return respond(answer.status, {
      ...documentSchema.parse(parseJson(answer.body)),
      run_id,
      state,
    });
  }
  const waitMs = 'resumes_at' in run ? Date.parse(run.resumes_at) - now : 0;
  const answer = respond(202, show(run));
  answer.headers['retry-after'] = String(Math.max(ASK_AGAIN_SECONDS, Math.ceil(waitMs / 1000)));
  if (location !== undefined) answer.headers.location = location;
  return answer;
}

function show(run: Exclude<PlaylistRun, { readonly answer: unknown }>): object {
  if ('resumes_at' in run) {
    return { ...run, message: `The run goes on at ${run.resumes_at}.` };
  }
  if (run.state === 'queued') {
    return { ...run, message: 'The list takes longer than one request, so a run loads it.' };
  }
  const { run_id, state, ...progress } = run;
  const message = `The run has read ${progress.pages_done} of ${progress.pages_total} pages.`;
  return { run_id, state, progress, message };
}
