import { STATUS_CODES } from 'node:http';
import { type Answer, toErrorAnswer, toTextAnswer } from './answers.ts';
import { type OddValue, type PageAction, type ReplacingAction } from './faults.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';

/** The answer that stands in for the real one. */
export function createFaultAnswer(action: ReplacingAction): Answer {
  switch (action.type) {
    case 'html-200':
      return toTextAnswer(200, toHtml('Spotify is being looked after'), 'text/html');
    case 'token-refused':
      return toErrorAnswer(401, action.message);
    case 'status': {
      const answer = createStatusAnswer(action);
      const { location, retryAfter } = action;
      const headers = {
        ...answer.headers,
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
        ...(location !== undefined && { location }),
      };
      return { ...answer, headers };
    }
  }
}

function createStatusAnswer(action: Extract<ReplacingAction, { type: 'status' }>): Answer {
  const { status, reason } = action;
  const message = action.message ?? STATUS_CODES[status] ?? 'Unknown';
  switch (action.body) {
    case 'json':
      return toErrorAnswer(status, message, reason);
    case 'text':
      return toTextAnswer(status, message);
    case 'html':
      return toTextAnswer(status, toHtml(`${status} ${message}`), 'text/html');
    case 'empty':
      return { status, headers: {}, body: { text: '' } };
  }
}

function toHtml(title: string): string {
  return `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
}

/** Spoils the page of a 200 answer, be it the whole body or the one inside a playlist. */
export function spoilPage(action: PageAction, answer: Answer): Answer {
  if (answer.status !== 200 || !('json' in answer.body)) return answer;
  const { json } = answer.body;
  if (!isJsonObject(json)) return answer;
  return { ...answer, body: { json: changePages(json, (page) => changePage(action, page)) } };
}

function changePages(body: JsonObject, change: (page: JsonObject) => JsonObject): JsonObject {
  if (isJsonArray(body.items)) return change(body);
  const entries = Object.entries(body).map(([key, value]): [string, Json] => {
    const isPage = (key === 'items' || key === 'tracks') && isJsonObject(value);
    return [key, isPage ? change(value) : value];
  });
  return Object.fromEntries(entries);
}

function changePage(action: PageAction, page: JsonObject): JsonObject {
  switch (action.type) {
    case 'total-off':
      return { ...page, total: Number(page.total) + action.by };
    case 'next-null':
      return { ...page, next: null };
    case 'next-host':
      return { ...page, next: toHost(page, action.host) };
    case 'next-self':
      return { ...page, next: page.href ?? null };
    case 'empty-page':
      return { ...page, items: [] };
  }
}

function toHost(page: JsonObject, host: string): Json {
  const address = page.next ?? page.href;
  if (typeof address !== 'string') return null;
  const url = new URL(address);
  // A host without a port would keep the old one.
  url.port = '';
  url.host = host;
  return url.href;
}

/** Puts odd values into a JSON answer. */
export function spoilValues(values: readonly OddValue[], answer: Answer): Answer {
  if (!('json' in answer.body)) return answer;
  const json = values.reduce<Json>(
    (spoilt, { path, value }) => withValue(spoilt, path, value),
    answer.body.json,
  );
  return { ...answer, body: { json } };
}

function withValue(json: Json, [step, ...rest]: OddValue['path'], value: Json | undefined): Json {
  const change = (inner: Json): Json | undefined =>
    rest.length === 0 ? value : withValue(inner, rest, value);
  if (isJsonArray(json)) {
    return json
      .map((each, at) => (at === step ? change(each) : each))
      .filter((each) => each !== undefined);
  }
  if (!isJsonObject(json) || typeof step !== 'string') return json;
  const isNew = rest.length === 0 && !Object.hasOwn(json, step);
  return Object.fromEntries(
    Object.entries(isNew ? { ...json, [step]: null } : json).flatMap(([key, each]) => {
      const changed = key === step ? change(each) : each;
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}
