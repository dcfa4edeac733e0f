import { STATUS_CODES } from 'node:http';
import { type Answer, toErrorAnswer, toTextAnswer } from './answers.ts';
import { type PageAction, type ReplacingAction } from './faults.ts';
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
      const { retryAfter } = action;
      if (retryAfter === undefined) return answer;
      return { ...answer, headers: { ...answer.headers, 'retry-after': retryAfter } };
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
  if (action.type === 'broken-shape' && action.where === 'snapshot-id') {
    return { ...answer, body: { json: { ...json, snapshot_id: 12 } } };
  }
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
    case 'broken-shape':
      return breakShape(action.where, page);
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

function breakShape(
  where: 'items' | 'item-id' | 'total' | 'snapshot-id',
  page: JsonObject,
): JsonObject {
  if (where === 'items') return { ...page, items: 'nope' };
  if (where === 'total') return { ...page, total: 'many' };
  if (!isJsonArray(page.items)) return page;
  return { ...page, items: page.items.map((entry) => withNumericId(entry)) };
}

function withNumericId(entry: Json): Json {
  if (!isJsonObject(entry)) return entry;
  const key = 'item' in entry ? 'item' : 'track';
  const thing = entry[key];
  return isJsonObject(thing) ? { ...entry, [key]: { ...thing, id: 12 } } : entry;
}
