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
 * Makes the server listen on loopback, behind the guard. Port 0 is any free one; of several ports it takes the first that it can
 * have.
 *
 * @throws the system's error, `EADDRINUSE` if the last port is in use
 */
export async function serveOnLoopback(
  server: Server,
  { port, ...guard }: GuardOptions & { readonly port: number | readonly [number, number] },
): Promise<LoopbackServer> {
  guardServer(server, guard);
  const [first, second] = [port].flat();
  await listen(server, first).catch(async (error: unknown) => {
    if (second === undefined) throw error;
    await listen(server, second);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
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

async function listen(server: Server, port = 0): Promise<void> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
}
