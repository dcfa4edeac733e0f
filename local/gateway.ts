/**
 * Stands in for API Gateway: limits concurrent requests, and answers each with a document. serverless-offline starts a thread for
 * every concurrent request, and its own errors are not problem documents.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { answerDashboard } from '../cli/dashboard/answer.ts';
import type { Dashboard } from '../cli/dashboard/dashboard.ts';
import type { Problem } from '../etl/model/problem.ts';
import { LOOPBACK, type LoopbackServer } from '../lib/loopback-server.ts';
import { parseJson } from '../lib/parse-json.ts';
import { listen } from './listen.ts';

export type AnsweredRequest = {
  readonly method: string;
  /** With the query, as sent. */
  readonly path: string;
  readonly status: number;
  /** `loaded`, `unchanged` or a problem's code; empty if the answer has neither. */
  readonly code: string;
  readonly durationMs: number;
};

export type GatewayOptions = {
  readonly port: number;
  /** The address of serverless-offline. */
  readonly functionsPort: number;
  /** The home page. */
  readonly dashboard: Dashboard;
  /** Called for every request that a function was called for, and for every refusal. */
  readonly onAnswer?: ((answered: AnsweredRequest) => void) | undefined;
};

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Each takes a thread. */
const MAX_RUNNING = 2;
/** More than the trigger ever sends at a time. */
const MAX_WAITING = 100;
const PASSED_ON = ['content-type', 'cache-control', 'retry-after'];
const PROBLEM_TYPE = 'application/problem+json';

/** @throws Error if the port is in use */
export async function startGateway(options: GatewayOptions): Promise<LoopbackServer> {
  const { dashboard, functionsPort, onAnswer, port } = options;
  const queue = pLimit(MAX_RUNNING);
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  return await listen(server, { port, use: { what: 'the API', variable: 'API_PORT' } });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await answerDashboard(dashboard, request, response)) return;
    const { method = 'GET', url: path = '/' } = request;
    const startedAt = performance.now();
    const isWanted = (): boolean => !response.destroyed;
    const work = async () => (isWanted() ? await ask(method, path, functionsPort) : undefined);
    const answered = queue.pendingCount >= MAX_WAITING ? toProblem(BUSY) : await queue(work);
    // The caller left while waiting.
    if (answered === undefined) return;
    const { body, headers, status } = answered;
    response.writeHead(status, headers).end(body);
    const durationMs = performance.now() - startedAt;
    onAnswer?.({ method, path, status, code: codeOf(body), durationMs });
  }
}

/**
 * Waits for the function to end even if the caller is gone; fetch gives up after five minutes. No function reads headers or a
 * body.
 */
async function ask(method: string, path: string, port: number): Promise<Answer> {
  try {
    const url = `http://${LOOPBACK}:${port}${path}`;
    return await toAnswer(await fetch(url, { method, redirect: 'manual' }));
  } catch {
    return toProblem(FAILED);
  }
}

async function toAnswer(response: Response): Promise<Answer> {
  const { headers, status } = response;
  const body = await response.text();
  if (status >= 400 && headers.get('content-type') !== PROBLEM_TYPE) {
    return toProblem(status === 404 ? NO_SUCH_PATH : FAILED);
  }
  const passedOn = [...headers].filter(([name]) => PASSED_ON.includes(name));
  return { status, headers: Object.fromEntries(passedOn), body };
}

type GatewayProblem = Pick<Problem, 'code' | 'detail' | 'kind' | 'status' | 'title'> & {
  readonly retryAfterSeconds?: number;
};

const BUSY: GatewayProblem = {
  code: 'API_BUSY',
  kind: 'later',
  status: 503,
  title: 'Too many requests',
  detail: `${MAX_WAITING} requests are already waiting. Try again in a few seconds.`,
  retryAfterSeconds: 5,
};
const NO_SUCH_PATH: GatewayProblem = {
  code: 'NO_SUCH_PATH',
  kind: 'stop',
  status: 404,
  title: 'No such path',
  detail: 'The API has GET /ingest, GET /playlists and GET /runs/{run_id}. The dashboard is at /.',
};
// This is API Gateway's too: stack/gateway-responses.yml.
const FAILED: GatewayProblem = {
  code: 'FUNCTION_FAILED',
  kind: 'later',
  status: 502,
  title: 'The function gave no answer',
  detail: 'The function failed or could not be started. Its log says more.',
};

function toProblem({ retryAfterSeconds, ...about }: GatewayProblem): Answer {
  const type = `urn:spotify-etl:problem:${about.code.toLowerCase().replaceAll('_', '-')}`;
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` };
  return {
    status: about.status,
    headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...retry },
    body: JSON.stringify({ type, ...about, run_id: randomUUID() }),
  };
}

const bodySchema = z.object({
  code: z.optional(z.string()),
  status: z.optional(z.union([z.string(), z.number()])),
});

function codeOf(body: string): string {
  const { code, status } = bodySchema.safeParse(parseJson(body)).data ?? {};
  return code ?? (typeof status === 'string' ? status : '');
}
