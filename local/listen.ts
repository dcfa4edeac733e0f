import { createServer, type Server } from 'node:http';
import type { GuardOptions } from '../lib/loopback-guard.ts';
import { type LoopbackServer, serveOnLoopback } from '../lib/loopback-server.ts';

/** What a port is for, and the variable that moves it. */
type PortUse = { readonly what: string; readonly variable: string };

/**
 * Makes the server listen on loopback, behind the guard.
 *
 * @throws Error that says what to do where the port is in use
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

/** A port of loopback that nobody uses at this moment: the wanted one if it is free, else an error; any for 0. */
export async function probePort(port: number, use: PortUse): Promise<number> {
  const probe = await listen(createServer(), { port, use });
  await probe.close();
  return probe.port;
}
