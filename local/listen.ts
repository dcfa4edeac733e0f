import { createServer, type Server } from 'node:http';
import type { GuardOptions } from '../lib/loopback-guard.ts';
import { type LoopbackServer, serveOnLoopback } from '../lib/loopback-server.ts';

/** The purpose of a port, and the variable that sets it. */
type PortUse = { readonly what: string; readonly variable: string };

/**
 * Makes the server listen on loopback, behind the guard.
 *
 * @throws Error that says what to do if the port is in use
 */
export async function listen(
  server: Server,
  { use, ...options }: GuardOptions & { readonly port: number; readonly use: PortUse },
): Promise<LoopbackServer> {
  try {
    return await serveOnLoopback(server, options);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    throw new Error(
      `Port ${options.port} for ${use.what} is in use. Stop the program that uses it, or set ${use.variable} to another port.`,
    );
  }
}

/** A free loopback port: the wanted one, or any for 0. Throws if the wanted one is in use. */
export async function probePort(port: number, use: PortUse): Promise<number> {
  const probe = await listen(createServer(), { port, use });
  await probe.close();
  return probe.port;
}
