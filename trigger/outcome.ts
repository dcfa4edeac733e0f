/** Judges what an answer means for its row and for the run. Pure. */
import * as z from 'zod/mini';
import { PROBLEM_KINDS } from '../etl/model/problem.ts';
import { parseJson } from '../lib/parse-json.ts';
import { toLine } from '../lib/plain-text.ts';
import { backoffMs } from '../lib/retry.ts';
import { parseRetryAfterMs } from '../lib/retry-after.ts';

/** The answer to one request. */
export type Answer = {
  /** Null without an answer; `body` then says why, as JSON with `code` and `message`. */
  readonly status: number | null;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const outcomeSchema = z.object({
  /** `done` and `failed` are final. `later`: the row stays pending. `stop`: all other rows too, and the run ends. */
  verdict: z.enum(['done', 'failed', 'later', 'stop']),
  /** Whether another attempt in this run can help. */
  isTransient: z.boolean(),
  /** Whether all rows must wait for `retryAfterMs`. */
  isShared: z.boolean(),
  /** The `response` cell. */
  response: z.object({
    status: z.nullable(z.number()),
    /** `loaded`, `unchanged`, the problem's code, or why there was no answer. */
    code: z.string(),
    message: z.string(),
    run_id: z.optional(z.string()),
    counts: z.optional(z.record(z.string(), z.number())),
    /** Set for a problem of the API. */
    kind: z.optional(z.enum(PROBLEM_KINDS)),
    /** How many runs in a row failed with the same bug. */
    failures: z.optional(z.number()),
    /** When it came, ISO 8601. */
    time: z.string(),
    /** In seconds, where the answer names a time for another try. */
    retry_after: z.optional(z.number()),
  }),
  retryAfterMs: z.optional(z.number()),
  /** Whether it comes from the list of playlists. */
  isListed: z.optional(z.boolean()),
  /** For people, such as that the login ends soon. */
  warnings: z.optional(z.array(z.string())),
});
export type Outcome = z.infer<typeof outcomeSchema>;
type Judgement = Pick<Outcome, 'verdict' | 'isTransient' | 'isShared'>;

const DONE: Judgement = { verdict: 'done', isTransient: false, isShared: false };
const FAILED: Judgement = { verdict: 'failed', isTransient: false, isShared: false };
const LEAVE: Judgement = { verdict: 'later', isTransient: false, isShared: false };
const RETRY: Judgement = { verdict: 'later', isTransient: true, isShared: false };
const STOP: Judgement = { verdict: 'stop', isTransient: false, isShared: false };

const MAX_ATTEMPTS = 5;
const BACKOFF = { baseMs: 500, maxMs: 8_000 };
/** A longer wait ends the run. */
const MAX_RETRY_AFTER_MS = 120_000;

export const ACCEPTED = 202;
const UNAVAILABLE = 503;
const TRANSIENT = new Set([408, 425, 429]);
/** Answers of API Gateway and other servers to a wrong address or a caller without access; every row would get them. */
const REFUSALS = new Set([400, 401, 403, 404, 407, 409, 413, 422]);
/** The same without an answer. */
const STOP_CODES = new Set(['REDIRECT_REFUSED', 'SIGNING_FAILED']);

const bodySchema = z.object({
  status: z.optional(z.union([z.string(), z.number()])),
  /** For a run that continues after its 202. */
  state: z.optional(z.string()),
  kind: z.catch(z.optional(z.enum(PROBLEM_KINDS)), undefined),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  detail: z.optional(z.string()),
  run_id: z.optional(z.string()),
  counts: z.optional(z.record(z.string(), z.number())),
  warnings: z.catch(z.optional(z.array(z.string())), undefined),
});

type Body = z.infer<typeof bodySchema>;

/** Judges an answer that arrived at `now`. */
export function toOutcome(answer: Answer, now: number): Outcome {
  const { headers, status } = answer;
  const body = bodySchema.safeParse(parseJson(answer.body)).data ?? {};
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'] ?? null, now);
  const message = toLine(body.message ?? body.detail ?? describeBody(answer));
  return {
    ...judge(status, body, retryAfterMs),
    response: {
      status,
      code: toLine(toCode(status, body)),
      message: message === '' ? `HTTP ${status} without a message.` : message,
      run_id: body.run_id === undefined ? undefined : toLine(body.run_id),
      counts: body.counts,
      kind: body.kind,
      time: new Date(now).toISOString(),
      retry_after: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000),
    },
    warnings: body.warnings?.map(toLine),
    retryAfterMs,
  };
}

function judge(status: number | null, body: Body, retryAfterMs?: number): Judgement {
  if (status === null) return STOP_CODES.has(body.code ?? '') ? STOP : RETRY;
  // The API continues by itself; asking again does not help.
  if (status === ACCEPTED) return LEAVE;
  // Other servers answer 200 too; only a summary has a text for a status.
  if (isSuccess(status)) return typeof body.status === 'string' ? DONE : RETRY;
  return judgeProblem(status, body, retryAfterMs);
}

function judgeProblem(status: number, { kind, state }: Body, retryAfterMs?: number): Judgement {
  if (kind === 'final') return FAILED;
  // Another attempt is another run, even where all rows had to wait then.
  if (state === 'failed') return LEAVE;
  if (kind === 'stop') return waitOrStop(retryAfterMs);
  if (kind === undefined) return judgeForeign(status, retryAfterMs);
  if (retryAfterMs !== undefined) return RETRY;
  // Without a `Retry-After`, a 503 would be the same in a second, and can cost calls to Spotify.
  return isTransientStatus(status) && status !== UNAVAILABLE ? RETRY : LEAVE;
}

/** An answer without a `kind` is not the API's (a proxy, a wrong address, a redirect), and is never final. */
function judgeForeign(status: number, retryAfterMs?: number): Judgement {
  if (REFUSALS.has(status)) return STOP;
  if (retryAfterMs !== undefined) return waitOrStop(retryAfterMs);
  return isTransientStatus(status) ? RETRY : LEAVE;
}

/** All rows wait if the wait is short. A long one, or one without an end, ends the run. */
function waitOrStop(retryAfterMs = Number.POSITIVE_INFINITY): Judgement {
  return { ...(retryAfterMs <= MAX_RETRY_AFTER_MS ? RETRY : STOP), isShared: true };
}

/** Bugs: problems without advice and without a time. Each attempt can cost calls to Spotify. */
const UNEXPLAINED = new Set(['INTERNAL', 'LOAD_INCOMPLETE', 'SPOTIFY_RESPONSE_INVALID']);
const MAX_FAILURES = 3;

/**
 * Counts the runs in which a row, whose `response` cell was `before`, failed with the same bug. The third answer is final, so
 * that no bug uses up the calls of every day.
 */
export function countFailures(outcome: Outcome, before: string): Outcome {
  const { response, retryAfterMs, verdict } = outcome;
  const { code, message, status } = response;
  const isCounted = response.kind !== undefined && retryAfterMs === undefined;
  if (verdict !== 'later' || !isCounted || !UNEXPLAINED.has(code)) return outcome;
  const last = recordedSchema.safeParse(parseJson(before)).data;
  const isSame = last?.status === status && last.code === code;
  const failures = isSame ? last.failures + 1 : 1;
  if (failures < MAX_FAILURES) return { ...outcome, response: { ...response, failures } };
  return {
    ...outcome,
    verdict: 'failed',
    response: {
      ...response,
      kind: 'final',
      failures,
      message: `${message} It failed the same way ${failures} times; --retry-failed asks again.`,
    },
  };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
const isTransientStatus = (status: number): boolean => status >= 500 || TRANSIENT.has(status);

/** Milliseconds to wait after a failed `attempt` (from 1) of a row; undefined if there is no other in this run. */
export function planRetryMs(
  { isTransient, retryAfterMs }: Outcome,
  attempt: number,
  chance: number,
): number | undefined {
  const waitMs = retryAfterMs ?? backoffMs(attempt, { chance, ...BACKOFF });
  const mayRetry = isTransient && attempt < MAX_ATTEMPTS && waitMs <= MAX_RETRY_AFTER_MS;
  return mayRetry ? waitMs : undefined;
}

function toCode(status: number | null, body: Body): string {
  const word = typeof body.status === 'string' ? body.status : undefined;
  const isForeign = status !== null && isSuccess(status) && status !== ACCEPTED;
  return body.code ?? word ?? body.state ?? (isForeign ? 'NOT_THE_API' : `HTTP_${status}`);
}

function describeBody({ body, headers, status }: Answer): string {
  if (status === ACCEPTED) return 'The API is still loading it. The next run asks again.';
  const isPage = headers['content-type']?.startsWith('text/html');
  return isPage ? 'The answer is an HTML page. Is the endpoint right?' : body;
}

/** A `response` cell. */
export const recordedSchema = z.object({
  status: z.nullable(z.number()),
  code: z.catch(z.string(), ''),
  failures: z.catch(z.int(), 0),
  time: z.catch(z.string(), ''),
  retry_after: z.catch(z.optional(z.number()), undefined),
});

/** The content of a `response` cell. */
export function parseRecorded(cell: string): 'success' | 'failure' | 'unknown' {
  const { data } = recordedSchema.safeParse(parseJson(cell));
  if (data === undefined) return 'unknown';
  return data.status !== null && data.status < 300 ? 'success' : 'failure';
}
