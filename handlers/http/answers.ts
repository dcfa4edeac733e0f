import type { APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod/mini';
import type { PlaylistRun } from '../../etl/model/playlist-run.ts';
import { parseJson } from '../../lib/parse-json.ts';

type Headers = Readonly<Record<string, string>>;

export function respond(
  statusCode: number,
  body: object,
  headers: Headers = {},
): APIGatewayProxyResult {
  const type = statusCode < 400 ? 'application/json' : 'application/problem+json';
  const all = { 'cache-control': 'no-store', 'content-type': type, ...headers };
  return { statusCode, headers: all, body: JSON.stringify(body) };
}

/** A caller with an API key has 1,000 requests a day. */
const ASK_AGAIN_SECONDS = 10;

/** 202 while the run goes on, then what a load within the request would have answered; each with the run's state. */
export function respondRun(run: PlaylistRun, now: number, headers: Headers): APIGatewayProxyResult {
  if ('answer' in run) {
    const document = z.looseObject({}).parse(parseJson(run.answer.body));
    return respond(run.answer.status, { ...document, state: run.state });
  }
  const waitMs = 'resumes_at' in run ? Date.parse(run.resumes_at) - now : 0;
  const seconds = Math.max(ASK_AGAIN_SECONDS, Math.ceil(waitMs / 1000));
  return respond(202, run, { 'retry-after': String(seconds), ...headers });
}
