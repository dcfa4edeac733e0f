import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type LoopbackServer, serveOnLoopback } from '../../lib/loopback-server.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { abortOnSignal } from '../shared/stop-signals.ts';
import { answerDashboard } from './answer.ts';
import type { Dashboard } from './dashboard.ts';

type ServeOptions = {
  /** By default the usual one, or any free one where that is taken. */
  readonly port: number | undefined;
  /** Called with the address once it answers. */
  readonly onReady: (url: string) => Promise<void>;
};

/**
 * Serves the dashboard on this machine until the person or the system stops it.
 *
 * @throws Error that says what to do where the port cannot be used
 */
export async function serveDashboard(
  dashboard: Dashboard,
  { onReady, port }: ServeOptions,
): Promise<void> {
  const { end, signal } = abortOnSignal();
  const server = createServer((request, response) => {
    void answerDashboard(dashboard, request, response).then((isAnswered) => {
      if (!isAnswered)
        response.writeHead(404).end('There is nothing here. The dashboard is at /.\n');
    });
  });
  const stopped = once(signal, 'abort');
  const served = await listen(server, port);
  try {
    await onReady(`${served.url}/`);
    await stopped;
  } finally {
    await served.close();
    end();
  }
}

/** Always the same one, because a browser keeps settings and bookmarks by the port. */
const USUAL_PORT = 4747;

async function listen(server: Server, port?: number): Promise<LoopbackServer> {
  try {
    return await serveOnLoopback(server, { port: port ?? [USUAL_PORT, 0] });
  } catch (error) {
    if (port === undefined || !isSystemError(error, 'EADDRINUSE', 'EACCES')) throw error;
    const why = error.code === 'EACCES' ? 'is not for this user' : 'is in use by another program';
    throw new Error(`Port ${port} ${why}. Choose another one with --port, or leave it out.`);
  }
}
