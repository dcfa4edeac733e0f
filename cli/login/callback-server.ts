import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LOOPBACK, type LoopbackServer, serveOnLoopback } from '../../lib/loopback-server.ts';
import { LoginError } from './login-error.ts';
import { NOT_FOUND_PAGE, PAGE_HEADERS, type Page, renderPage, STRAY_PAGE } from './pages.ts';

/** The query that Spotify sent the browser back with. */
export type Callback = {
  readonly query: URLSearchParams;
  /** Shows the outcome in the browser. Settles when the page is sent, or the browser is gone. */
  readonly answer: (page: Page) => Promise<void>;
};

/** Receives Spotify's answer. */
export type CallbackSource = {
  readonly redirectUri: string;
  /** The first answer with this `state`; others belong to another attempt. Stays open until closed. */
  readonly receive: (state: string) => Promise<Callback>;
  readonly close: () => void;
};

const DEFAULT_PORT = 8888;
const CALLBACK_PATH = '/callback';

/**
 * A server for one answer. Without a port it takes 8888 if that is free: a redirect URI on loopback is registered without a port.
 *
 * @throws LoginError if the requested port is not available
 */
export async function startCallbackServer(port: number | undefined): Promise<CallbackSource> {
  const { promise, resolve } = Promise.withResolvers<Callback>();
  let expected: string | undefined;
  const server = createServer((request, response) => {
    const query = parseCallback(request);
    if (query === undefined || expected === undefined) {
      void send(response, NOT_FOUND_PAGE);
    } else if (query.get('state') !== expected) {
      void send(response, STRAY_PAGE);
    } else {
      expected = undefined;
      resolve({ query, answer: (page) => send(response, page) });
    }
  });
  const taken = await listen(server, port);
  return {
    redirectUri: toRedirectUri(taken.port),
    receive: (state) => {
      expected = state;
      return promise;
    },
    close: () => {
      void taken.close();
    },
  };
}

/** The redirect URI: a server that listens, or an address to copy. */
export function toRedirectUri(port: number = DEFAULT_PORT): string {
  return `http://${LOOPBACK}:${port}${CALLBACK_PATH}`;
}

/** Undefined for anything but an answer: Spotify always returns the state. */
function parseCallback({ method, url = '' }: IncomingMessage): URLSearchParams | undefined {
  const [path, query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  const isAnswer = parameters.has('state') && (parameters.has('code') || parameters.has('error'));
  return method === 'GET' && path === CALLBACK_PATH && isAnswer ? parameters : undefined;
}

async function listen(server: Server, port?: number): Promise<LoopbackServer> {
  try {
    // Spotify's page sends the browser here.
    return await serveOnLoopback(server, {
      port: port ?? [DEFAULT_PORT, 0],
      takesNavigation: true,
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new LoginError(
        `Port ${port} is in use by another program.`,
        'Stop that program, choose another port with --port, or omit --port to use any free one.',
      );
    }
    if (code !== 'EACCES') throw error;
    throw new LoginError(
      `This user is not allowed to listen on port ${port}.`,
      'Choose one from 1024 up with --port, or omit --port.',
    );
  }
}

async function send(response: ServerResponse, page: Page): Promise<void> {
  if (response.destroyed) return;
  // The browser may be gone.
  const closed = once(response, 'close').catch(() => undefined);
  response.writeHead(page.status, { ...PAGE_HEADERS, connection: 'close' });
  response.end(renderPage(page));
  await closed;
}
