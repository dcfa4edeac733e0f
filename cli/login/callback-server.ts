import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Callback, CallbackSource } from './callback.ts';
import { portRefused, portTaken } from './login-error.ts';
import { NOT_FOUND_PAGE, PAGE_HEADERS, type Page, renderPage } from './pages.ts';

/** Nobody else's machine can reach it. */
const LOOPBACK = '127.0.0.1';
const DEFAULT_PORT = 8888;
const CALLBACK_PATH = '/callback';

/**
 * A server for one answer. The usual port is a wish only: a loopback address is registered without one.
 *
 * @throws LoginError where the port asked for cannot be had
 */
export async function startCallbackServer(port: number | undefined): Promise<CallbackSource> {
  const { promise, resolve } = withResolver<Callback>();
  let isAnswered = false;
  const server = createServer((request, response) => {
    const query = parseCallback(request);
    if (query === undefined || isAnswered) {
      void send(response, NOT_FOUND_PAGE);
      return;
    }
    isAnswered = true;
    resolve({ query, answer: (page) => send(response, page) });
  });
  const taken = port === undefined ? await listenAnywhere(server) : await listen(server, port);
  return {
    redirectUri: toRedirectUri(taken),
    receive: () => promise,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Where the browser is sent back to: a server that listens, or an address to copy. */
export function toRedirectUri(port: number = DEFAULT_PORT): string {
  return `http://${LOOPBACK}:${port}${CALLBACK_PATH}`;
}

/**
 * Anything but an answer is somebody who only looks. Spotify always hands the state back; a page elsewhere that has the browser
 * call this address knows none, or comes under a name that only points here.
 */
function parseCallback({
  headers,
  method,
  url = '',
}: IncomingMessage): URLSearchParams | undefined {
  const [path, query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  const isHere = headers.host?.startsWith(`${LOOPBACK}:`) === true;
  const isAnswer =
    isHere && parameters.has('state') && (parameters.has('code') || parameters.has('error'));
  return method === 'GET' && path === CALLBACK_PATH && isAnswer ? parameters : undefined;
}

async function listenAnywhere(server: Server): Promise<number> {
  try {
    return await listen(server, DEFAULT_PORT);
  } catch {
    return listen(server, 0);
  }
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw portTaken(port);
    throw code === 'EACCES' ? portRefused(port) : error;
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function send(response: ServerResponse, page: Page): Promise<void> {
  if (response.destroyed) return;
  // Whoever leaves before the page is there misses it, and that is all.
  const closed = once(response, 'close').catch(() => undefined);
  response.writeHead(page.status, { ...PAGE_HEADERS, connection: 'close' });
  response.end(renderPage(page));
  await closed;
}

function withResolver<Value>(): {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
} {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
