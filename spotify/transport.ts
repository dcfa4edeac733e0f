/** One HTTP exchange with Spotify, on a laptop and in Lambda. Keeps connections alive; never throws. */

import type { Body, Request } from 'spotify-web-api-node/src/base-request.js';
import * as z from 'zod/mini';
import { abortAtDeadline } from '../lib/abort-at-deadline.ts';
import { readBoundedText } from '../lib/bounded-body.ts';
import { describeIntercepted, isHtml } from '../lib/intercepted.ts';
import { maskSpotifySecrets } from '../lib/mask-secrets.ts';
import { parseJson } from '../lib/parse-json.ts';
import { visible } from '../lib/plain-text.ts';
import { parseRetryAfterMs } from '../lib/retry-after.ts';

/** Why there is no usable answer. */
export type Failure =
  /** The run's own time was up. */
  | { readonly kind: 'out-of-time' }
  | { readonly kind: 'network' | 'timeout'; readonly cause: unknown }
  | { readonly kind: 'not-json'; readonly status: number }
  /** Something between this machine and Spotify answered; `what` describes the answer. */
  | { readonly kind: 'intercepted'; readonly status: number; readonly what: string }
  /** Larger than any answer of Spotify. */
  | { readonly kind: 'too-large' }
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Spotify's own text, if any, without secrets; shown only next to ours. */
      readonly message: string;
      readonly reason: string | undefined;
      readonly retryAfterMs: number | undefined;
    };

export type StatusFailure = Extract<Failure, { kind: 'status' }>;

export type Answer =
  /** `sentAt` is when the answered request was sent: the body is not older. Milliseconds since the epoch. */
  | { readonly ok: true; readonly body: unknown; readonly sentAt: number }
  | { readonly ok: false; readonly failure: Failure };

/** Ends at the latest after `timeoutMs`, or when `stop` is aborted. */
export type Exchange = (request: Request, timeoutMs: number, stop?: AbortSignal) => Promise<Answer>;

/** Gets the time of Spotify's clock when ours shows `at`; both in milliseconds since the epoch, Spotify's to the second. */
export type ServerTimeListener = (serverTime: number, at: number) => void;

/** Sends requests with the built-in fetch. `now` dates answers, and a `Retry-After` that is given as a date. */
export function createTransport(now: () => number, onServerTime?: ServerTimeListener): Exchange {
  const noAnswer = new Error('No answer in time');
  return async (request, ms, stop) => {
    const sentAt = now();
    const send = async (signal: AbortSignal): Promise<Answer> => {
      const response = await fetch(toUrl(request), {
        ...toBody(request),
        headers: { Accept: 'application/json', ...request.getHeaders() },
        redirect: 'manual',
        signal,
      });
      const text = await readBoundedText(response);
      const serverTime = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(serverTime)) onServerTime?.(serverTime, now());
      if (text === undefined) return failed({ kind: 'too-large' });
      if (request.method !== undefined && response.ok) return toWritten(text, sentAt, response);
      const { status } = response;
      const what = describeIntercepted(status, text);
      if (what !== undefined) return failed({ kind: 'intercepted', status, what });
      return status === 200 ? toAnswer(text, sentAt) : refused(response, text, now());
    };
    try {
      return await abortAtDeadline({ ms, onTimeout: () => noAnswer, signal: stop }, send);
    } catch (cause) {
      return failed({ kind: cause === noAnswer ? 'timeout' : 'network', cause });
    }
  };
}

function toUrl(request: Request): string {
  const query = toForm(request.getQueryParameters() ?? {}).toString();
  return query === '' ? request.getURI() : `${request.getURI()}?${query}`;
}

/** Of a write it is JSON, of a token request a form. */
function toBody(request: Request): { method: string; body?: URLSearchParams | string } {
  const { method } = request;
  const parameters = request.getBodyParameters();
  if (method !== undefined) return { method, body: JSON.stringify(parameters) };
  return parameters === undefined
    ? { method: 'GET' }
    : { method: 'POST', body: toForm(parameters) };
}

function toForm(parameters: Body): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) form.append(name, z.coerce.string().parse(value));
  }
  return form;
}

const failed = (failure: Failure): Answer => ({ ok: false, failure });

function toAnswer(text: string, sentAt: number): Answer {
  const body = parseJson(text);
  return body === undefined
    ? failed({ kind: 'not-json', status: 200 })
    : { ok: true, body, sentAt };
}

/** What a write answers is not needed, and can be nothing. */
function toWritten(text: string, sentAt: number, { status }: Response): Answer {
  return isHtml(text)
    ? failed({ kind: 'intercepted', status, what: `a web page (${status})` })
    : { ok: true, body: parseJson(text), sentAt };
}

function refused(response: Response, text: string, now: number): Answer {
  const { headers, status } = response;
  const retryAfterMs = parseRetryAfterMs(headers.get('retry-after'), now);
  return failed({ kind: 'status', status, ...readErrorBody(text), retryAfterMs });
}

const MAX_MESSAGE_LENGTH = 200;

/** A null or missing field must not hide the others. */
const optionalText = z.nullish(z.string());

const errorBodySchema = z.union([
  // Web API: "regular error object"; `reason` comes with a quota refusal.
  z.pipe(
    z.object({ error: z.object({ message: optionalText, reason: optionalText }) }),
    z.transform(({ error }) => error),
  ),
  // Accounts service (RFC 6749 §5.2). Branch on `error`; the description is for people.
  z.pipe(
    z.object({ error: z.string(), error_description: optionalText }),
    z.transform(({ error, error_description: message }) => ({ message, reason: error })),
  ),
]);

/** Errors come as JSON of two shapes, as plain text, as HTML or as nothing. */
function readErrorBody(text: string) {
  const said = errorBodySchema.safeParse(parseJson(text)).data;
  const message = said === undefined && !isHtml(text) ? text.trim() : (said?.message ?? '');
  return { message: toMessage(message), reason: said?.reason ?? undefined };
}

/** Masks before it cuts: half a secret would not be recognised. */
function toMessage(text: string): string {
  return visible(maskSpotifySecrets(text)).slice(0, MAX_MESSAGE_LENGTH);
}
