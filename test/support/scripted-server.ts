/** A real HTTP server on loopback that answers as a test says. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';

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

const open = new Set<Server>();

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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.add(server);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: new URL(`http://127.0.0.1:${port}`), requests };
}

/** For `afterEach`. */
export async function closeScriptedServers(): Promise<void> {
  for (const server of open) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
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
