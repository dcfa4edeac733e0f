import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Nothing of the local stack is reachable from another machine. */
export const LOOPBACK = '127.0.0.1';

/** A port that is taken, with what to do about it. */
class PortInUseError extends Error {
  override readonly name = 'PortInUseError';

  constructor(port: number, use: { readonly what: string; readonly variable: string }) {
    super(
      `Port ${port} for ${use.what} is in use. Stop the program that uses it, or set ${use.variable} to another port.`,
    );
  }
}

/**
 * Makes the server listen on loopback.
 *
 * @throws PortInUseError
 */
export async function listen(
  server: Server,
  port: number,
  use: { readonly what: string; readonly variable: string },
): Promise<void> {
  try {
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw isTaken ? new PortInUseError(port, use) : error;
  }
}

/** A port of loopback that nobody uses at this moment: the wanted one if it is free, else an error; any for 0. */
export async function probePort(
  port: number,
  use: { readonly what: string; readonly variable: string },
): Promise<number> {
  const probe = createServer();
  await listen(probe, port, use);
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : port;
}
