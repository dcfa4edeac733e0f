import { type Json } from './json.ts';

/** What is sent back: a JSON value, or a text as it stands. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly json: Json } | { readonly text: string };
};

export function jsonAnswer(json: Json, status = 200): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { json },
  };
}

/** Spotify: regular error object. */
export function errorAnswer(status: number, message: string, reason?: string): Answer {
  const error = reason === undefined ? { status, message } : { status, message, reason };
  return jsonAnswer({ error }, status);
}

/** Spotify: authentication error object. */
export function tokenErrorAnswer(error: string, description: string): Answer {
  return jsonAnswer({ error, error_description: description }, 400);
}

export function textAnswer(status: number, text: string, contentType = 'text/plain'): Answer {
  return { status, headers: { 'content-type': `${contentType}; charset=utf-8` }, body: { text } };
}

export function bodyText(answer: Answer): string {
  return 'json' in answer.body ? JSON.stringify(answer.body.json) : answer.body.text;
}
