import { once } from 'node:events';
import type { Server } from 'node:http';
import { type GuardOptions, guardServer } from './loopback-guard.ts';

export const LOOPBACK = '127.0.0.1';

export type LoopbackServer = {
  readonly port: number;
  readonly url: string;
  /** Ends every connection, including hanging ones. */
  readonly close: () => Promise<void>;
};

/**
 * Makes the server listen on loopback, behind the guard. Port 0 is any free one.
 *
 * @throws the system's error, `EADDRINUSE` if the port is in use
 */
export async function serveOnLoopback(
  server: Server,
  { port, ...guard }: GuardOptions & { readonly port: number },
): Promise<LoopbackServer> {
  guardServer(server, guard);
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  return {
    port: taken,
    url: `http://${LOOPBACK}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
