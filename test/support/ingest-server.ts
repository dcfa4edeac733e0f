/** A small HTTP server that stands in for the API: it sends scripted answers and records requests. */
import { createServer, type ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '../../etl/errors.ts';
import { serveOnLoopback } from '../../lib/loopback-server.ts';

export type IngestServer = {
  readonly url: string;
  /** `playlist_uri` of every request, in order. */
  readonly asked: string[];
  /** `max_requests` of every request for the list of playlists, in order. */
  readonly listed: string[];
  /** The run of every request for one, in order. */
  readonly followed: string[];
  /** Headers of every request, in order. */
  readonly headers: NodeJS.Dict<string | string[]>[];
  readonly close: () => Promise<void>;
};

export type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
};

/** Answers a request; `response` for those who want to break it off. */
export type Answering = (
  uri: string,
  response: ServerResponse,
) => Reply | undefined | Promise<Reply | undefined>;

/** Answers a request for the list of playlists. */
export type Listing = (maxRequests: string) => Reply | undefined | Promise<Reply | undefined>;

/** Answers a request for a run. */
export type RunAnswering = (runId: string) => Reply;

/** What API Gateway says of a route that a deployment does not have yet. */
const noSuchRoute: Listing = () => ({
  status: 403,
  headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
  body: { message: 'Missing Authentication Token' },
});

export const loaded = (uri: string): Reply => ({
  body: {
    status: 'loaded',
    message: `${uri}: 3 items, "quoted", and a comma.`,
    run_id: 'run-1',
    playlist_name: 'Name',
    counts: { items: 3 },
  },
});

/** A problem document of the API. */
export const problem = (code: ErrorCode, headers = {}): Reply => {
  const { kind, status, title } = ERRORS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: { type: 'x', status, code, kind, title, detail: `About ${code}.`, run_id: 'run-1' },
  };
};

export async function startIngestServer(
  answer: Answering = loaded,
  list: Listing = noSuchRoute,
  answerRun: RunAnswering = () => problem('RUN_NOT_FOUND'),
): Promise<IngestServer> {
  const asked: string[] = [];
  const followed: string[] = [];
  const listed: string[] = [];
  const headers: NodeJS.Dict<string | string[]>[] = [];
  const toList = (url: URL): ReturnType<Listing> => {
    const maxRequests = url.searchParams.get('max_requests') ?? '';
    listed.push(maxRequests);
    return list(maxRequests);
  };
  const toAnswer = (url: URL, response: ServerResponse): ReturnType<Answering> => {
    const uri = url.searchParams.get('playlist_uri') ?? '';
    asked.push(uri);
    return answer(uri, response);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    headers.push(request.headers);
    const runId = /\/runs\/([^/]+)$/.exec(url.pathname)?.[1];
    if (runId !== undefined) followed.push(runId);
    const toOther = url.pathname.endsWith('/playlists') ? toList : toAnswer;
    const answered = runId === undefined ? toOther(url, response) : answerRun(runId);
    void Promise.resolve(answered).then((reply) => {
      if (reply === undefined) return;
      const { status = 200, body = '' } = reply;
      response.writeHead(status, { 'content-type': 'application/json', ...reply.headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  const { close, url } = await serveOnLoopback(server, { port: 0 });
  return { url, asked, listed, followed, headers, close };
}
