/** What an answer means for its row and for the rest of the start. Pure. */

import * as z from 'zod/mini';
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

/**
 * `done` and `failed` are final. `later`: it may change by itself. `stop`: no other row would fare better, and a person or
 * the next day has to come first.
 */
export type Verdict = 'done' | 'failed' | 'later' | 'stop';

export type Outcome = {
  readonly verdict: Verdict;
  readonly response: RecordedResponse;
  readonly playlistName?: string;
  /** Whether a further try in this start may help. */
  readonly isTransient: boolean;
  /** Whether the list of playlists said so, and no answer to a request for this one. */
  readonly isListed?: boolean;
  /** What the API wants a person to know: that its login ends soon, say. */
  readonly warnings?: readonly string[];
  /** What the API asks to wait, where it does. */
  readonly retryAfterMs?: number;
};

const FINAL_FAILURES = new Set([400, 403, 404, 409, 413, 422]);
const TRANSIENT = new Set([408, 425, 429]);
const UNAUTHENTICATED = new Set([401, 407]);
/** A person has to act, or a day has to pass: what one row is answered, all are. */
const STOP_CODES = new Set([
  'SPOTIFY_QUOTA_EXCEEDED',
  'SPOTIFY_BUDGET_SPENT',
  'REAUTH_REQUIRED',
  'APP_NOT_PERMITTED',
  'SCOPE_MISSING',
  'CONFIG_INVALID',
  'CALLER_NOT_PERMITTED',
  'KEY_QUOTA_EXCEEDED',
]);
/** Whether a code of the API's own says so. */
export function isStopCode(code: string): boolean {
  return STOP_CODES.has(code);
}

const STOP_FAILURES = new Set<FailureCode>(['REDIRECT_REFUSED', 'SIGNING_FAILED']);
/** What it asks to wait is about this one playlist; a smaller one may still fit. */
const OWN_WAIT_CODES = new Set(['PLAYLIST_OVER_BUDGET']);
const MAX_MESSAGE = 500;

const bodySchema = z.object({
  status: z.optional(z.union([z.string(), z.number()])),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  detail: z.optional(z.string()),
  run_id: z.optional(z.string()),
  playlist_name: z.optional(z.string()),
  counts: z.optional(z.record(z.string(), z.number())),
  warnings: z.catch(z.optional(z.array(z.string())), undefined),
});

type Body = z.infer<typeof bodySchema>;

/** What to make of an answer that came at `now`. */
export function toOutcome(answer: Answer, now: number): Outcome {
  const time = new Date(now).toISOString();
  if (answer.kind === 'failure') {
    const isStop = STOP_FAILURES.has(answer.code);
    return {
      verdict: isStop ? 'stop' : 'later',
      isTransient: !isStop,
      response: { status: null, code: answer.code, message: toLine(answer.message), time },
    };
  }
  const body = parseBody(answer.body);
  const verdict = judge(answer, body);
  return {
    verdict,
    response: { ...toResponse(answer, body), time },
    ...(body?.playlist_name === undefined ? {} : { playlistName: body.playlist_name }),
    ...toWaiting(answer, body, now),
    ...(body?.warnings === undefined ? {} : { warnings: body.warnings.map(toLine) }),
    isTransient: verdict === 'later' && isTransient(answer, body),
  };
}

/** A playlist too large for what is left of the budget comes another day, and nobody else need wait for that. */
function isTransient({ status }: Response, body: Body | undefined): boolean {
  return isTransientStatus(status) && !OWN_WAIT_CODES.has(body?.code ?? '');
}

function toWaiting(
  { headers }: Response,
  body: Body | undefined,
  now: number,
): Pick<Outcome, 'retryAfterMs'> {
  if (OWN_WAIT_CODES.has(body?.code ?? '')) return {};
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'] ?? null, now);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

type Response = Extract<Answer, { kind: 'response' }>;

function judge({ status }: Response, body: Body | undefined): Verdict {
  if (body?.code !== undefined && STOP_CODES.has(body.code)) return 'stop';
  if (isSuccess(status)) return isSummary(body) ? 'done' : 'later';
  if (UNAUTHENTICATED.has(status)) return 'stop';
  if (!FINAL_FAILURES.has(status)) return 'later';
  return body?.code === undefined ? 'stop' : 'failed';
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * The API's success names what became of the playlist, its refusals carry a code. Other servers at a wrong address answer
 * 200, 403 and 404 too; believed, these would mark every row of the file as answered for good.
 */
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
  const message = body?.message ?? body?.detail ?? toHint(headers, text);
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
