/**
 * A door in front of the emulator, which talks plain HTTP: it says of every request that it came by TLS, as a load balancer would.
 * Bucket policies refuse what did not, on the emulator as on AWS.
 */
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { pipeline } from 'node:stream';

export type FrontDoor = { readonly url: string; close: () => Promise<void> };

export async function openFrontDoor(emulatorPort: number): Promise<FrontDoor> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const onward = request({
      agent,
      host: '127.0.0.1',
      port: emulatorPort,
      method: incoming.method,
      path: incoming.url,
      // As they came, Host among them: signatures are over these.
      headers: [...incoming.rawHeaders, 'x-forwarded-proto', 'https'],
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      pipeline(answer, outgoing, () => undefined);
    });
    onward.on('error', () => outgoing.destroy());
    pipeline(incoming, onward, () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      await once(server, 'close');
    },
  };
}
