/** What an answer means for its row and for the rest of the run. Pure. */
import * as z from 'zod/mini';
import { PROBLEM_KINDS } from '../etl/model/problem.ts';
import { parseRetryAfterMs } from '../lib/retry-after.ts';
import type { RecordedResponse } from './recorded-response.ts';

/** What came back for one request, before anybody judged it. */
export type Answer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'failure'; readonly code: FailureCode; readonly message: string };

/** No answer of the API's own. */
export type FailureCode =
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'REDIRECT_REFUSED'
  | 'TOO_MANY_REDIRECTS'
  | 'BODY_TOO_LARGE'
  | 'SIGNING_FAILED';

/** `done` and `failed` are final. `later`: the row stays pending. `stop`: so do all others, and the run ends. */
export type Verdict = 'done' | 'failed' | 'later' | 'stop';

export type Outcome = {
  readonly verdict: Verdict;
  readonly response: RecordedResponse;
  readonly playlistName?: string;
  /** Whether another attempt in this run can help. */
  readonly isTransient: boolean;
  /** Whether the list of playlists gave it, without a request for this one. */
  readonly isListed?: boolean;
  /** What a person should know, such as that the login ends soon. */
  readonly warnings?: readonly string[];
  readonly retryAfterMs?: number;
  /** Whether the answer concerns every row: none may be sent before `retryAfterMs` is over. */
  readonly isShared: boolean;
};

/** A longer wait is left to the next run. */
export const MAX_RETRY_AFTER_MS = 120_000;

/** What other servers and API Gateway itself answer at a wrong address or to a caller they do not let in: every row would get it. */
const REFUSALS = new Set([400, 401, 403, 404, 407, 409, 413, 422]);
const TRANSIENT = new Set([408, 425, 429]);
const ACCEPTED = 202;
const UNAVAILABLE = 503;
const STOP_FAILURES = new Set<FailureCode>(['REDIRECT_REFUSED', 'SIGNING_FAILED']);
const MAX_MESSAGE = 500;

const bodySchema = z.object({
  status: z.optional(z.union([z.string(), z.number()])),
  /** Of a run that goes on after its 202. */
  state: z.optional(z.string()),
  kind: z.catch(z.optional(z.enum(PROBLEM_KINDS)), undefined),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  detail: z.optional(z.string()),
  run_id: z.optional(z.string()),
  playlist_name: z.optional(z.string()),
  counts: z.optional(z.record(z.string(), z.number())),
  warnings: z.catch(z.optional(z.array(z.string())), undefined),
});

type Body = z.infer<typeof bodySchema>;

/** Judges an answer that arrived at `now`. */
export function toOutcome(answer: Answer, now: number): Outcome {
  const time = new Date(now).toISOString();
  if (answer.kind === 'failure') {
    const isStop = STOP_FAILURES.has(answer.code);
    return {
      verdict: isStop ? 'stop' : 'later',
      isTransient: !isStop,
      isShared: false,
      response: { status: null, code: answer.code, message: toLine(answer.message), time },
    };
  }
  const body = parseBody(answer.body);
  const retryAfterMs = parseRetryAfterMs(answer.headers['retry-after'] ?? null, now);
  return {
    ...judge(answer.status, body, retryAfterMs),
    response: { ...toResponse(answer, body), time },
    ...(body?.playlist_name === undefined ? {} : { playlistName: body.playlist_name }),
    ...(body?.warnings === undefined ? {} : { warnings: body.warnings.map(toLine) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

type Response = Extract<Answer, { kind: 'response' }>;
type Judgement = Pick<Outcome, 'verdict' | 'isTransient' | 'isShared'>;

/** By the problem's `kind`; what has none is not the API's own, is judged by its status and is never final. */
function judge(status: number, body: Body | undefined, retryAfterMs?: number): Judgement {
  const kind = isSuccess(status) ? undefined : body?.kind;
  if (kind === 'final') return { verdict: 'failed', isTransient: false, isShared: false };
  if (kind === 'stop') return stopOrWait(retryAfterMs);
  if (kind === 'later') {
    // A 503 that does not say when will be the same in a second; it can have cost calls to Spotify.
    const isTransient =
      retryAfterMs !== undefined || (isTransientStatus(status) && status !== UNAVAILABLE);
    return { verdict: 'later', isTransient, isShared: false };
  }
  // The run goes on by itself, and asking sooner does not speed it up.
  if (status === ACCEPTED) return { verdict: 'later', isTransient: false, isShared: false };
  if (isSuccess(status) && isSummary(body)) {
    return { verdict: 'done', isTransient: false, isShared: false };
  }
  if (REFUSALS.has(status)) return { verdict: 'stop', isTransient: false, isShared: false };
  return retryAfterMs === undefined
    ? { verdict: 'later', isTransient: isTransientStatus(status), isShared: false }
    : stopOrWait(retryAfterMs);
}

/** A short wait is sat out by all rows; a long one, or one without an end, ends the run. */
function stopOrWait(retryAfterMs = Number.POSITIVE_INFINITY): Judgement {
  const isShort = retryAfterMs <= MAX_RETRY_AFTER_MS;
  return { verdict: isShort ? 'later' : 'stop', isTransient: isShort, isShared: true };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Other servers at a wrong address answer 200 too; it would mark every row as done. */
function isSummary(body: Body | undefined): boolean {
  return typeof body?.status === 'string';
}

function isTransientStatus(status: number): boolean {
  return isSuccess(status) || status >= 500 || TRANSIENT.has(status);
}

function toResponse(
  { status, body: text, headers }: Response,
  body: Body | undefined,
): Omit<RecordedResponse, 'time'> {
  const message =
    body?.message ??
    body?.detail ??
    (status === ACCEPTED
      ? 'The API goes on with it. The next run asks again.'
      : toHint(headers, text));
  return {
    status,
    code: toCode(status, body),
    message: toLine(message === '' ? `HTTP ${status}, and nothing said.` : message),
    ...(body?.run_id === undefined ? {} : { run_id: toLine(body.run_id) }),
    ...(body?.counts === undefined ? {} : { counts: body.counts }),
  };
}

function toCode(status: number, body: Body | undefined): string {
  if (body?.code !== undefined) return toLine(body.code);
  if (status === ACCEPTED) return toLine(body?.state ?? 'accepted');
  if (typeof body?.status === 'string') return toLine(body.status);
  return isSuccess(status) ? 'NOT_THE_API' : `HTTP_${status}`;
}

function toHint(headers: Response['headers'], text: string): string {
  return headers['content-type']?.startsWith('text/html')
    ? 'An HTML page came instead of an answer. Is the endpoint right?'
    : text;
}

/** undefined where it is no JSON object. An empty one says nothing wrong. */
function parseBody(text: string): Body | undefined {
  if (text.trim() === '') return {};
  try {
    const parsed = bodySchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Nearly every message; the careful look costs as much as the rest of the outcome. */
const PLAIN = /^[ -~]*$/;

/** One line without control characters: it goes to a cell and a terminal. */
export function toLine(text: string): string {
  const line = PLAIN.test(text) ? text.trim() : text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE - 1)}…` : line;
}
