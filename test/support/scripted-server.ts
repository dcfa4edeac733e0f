/** A real HTTP server on loopback that answers as a test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LoopbackServer, serveOnLoopback } from '../../lib/loopback-server.ts';

export type ReceivedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type ScriptedReply = {
  /** 200 where not said. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** `never` answers nothing at all; `cut` breaks off in the middle of the body. */
  readonly end?: 'never' | 'cut';
};

/** What to answer to the request that came as number `index`, from 0. */
export type Script = (
  request: ReceivedRequest,
  index: number,
) => ScriptedReply | Promise<ScriptedReply>;

export type ScriptedServer = {
  readonly url: URL;
  /** What has come in so far, in order. */
  readonly requests: readonly ReceivedRequest[];
};

const open = new Set<LoopbackServer>();

/** Starts a server on any free port; `closeScriptedServers` ends it. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://loopback');
    void (async () => {
      const request = {
        method: incoming.method ?? '',
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: incoming.headers,
        body: await text(incoming),
      };
      requests.push(request);
      // DynamoDB puts an ID on all it says.
      if ('x-amz-target' in incoming.headers) response.setHeader('x-amzn-requestid', 'scripted');
      send(response, await script(request, requests.length - 1));
    })();
  });
  const served = await serveOnLoopback(server, { port: 0 });
  open.add(served);
  return { url: new URL(served.url), requests };
}

/** For `afterEach`. */
export async function closeScriptedServers(): Promise<void> {
  for (const server of open) await server.close();
  open.clear();
}

/** These replies in turn, the last one for ever. */
export function inTurn(...replies: readonly ScriptedReply[]): Script {
  return (_request, index) => replies[Math.min(index, replies.length - 1)] ?? {};
}

function send(response: ServerResponse, { status = 200, headers, body, end }: ScriptedReply): void {
  if (end === 'never') return;
  const content = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  if (end === 'cut') {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(content) });
    response.write(content.slice(0, Math.ceil(content.length / 2)), () => response.destroy());
    return;
  }
  response.writeHead(status, headers);
  response.end(content);
}
