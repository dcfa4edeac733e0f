import { type Json } from './json.ts';

/** What is sent back: a JSON value, or a text as it stands. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly json: Json } | { readonly text: string };
};

/** An answer with a JSON body, 200 unless told otherwise. */
export function toJsonAnswer(json: Json, status = 200): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { json },
  };
}

/** Spotify: regular error object. */
export function toErrorAnswer(status: number, message: string, reason?: string): Answer {
  const error = reason === undefined ? { status, message } : { status, message, reason };
  return toJsonAnswer({ error }, status);
}

/** Spotify: authentication error object. */
export function toTokenErrorAnswer(error: string, description: string): Answer {
  return toJsonAnswer({ error, error_description: description }, 400);
}

/** An answer whose body is no JSON, such as a plain text or a page of HTML. */
export function toTextAnswer(status: number, text: string, contentType = 'text/plain'): Answer {
  return { status, headers: { 'content-type': `${contentType}; charset=utf-8` }, body: { text } };
}

/** The body as it goes over the wire. */
export function toBodyText(answer: Answer): string {
  return 'json' in answer.body ? JSON.stringify(answer.body.json) : answer.body.text;
}
