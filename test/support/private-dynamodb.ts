/** DynamoDB Local, one engine for all tests, in which every caller has tables of its own. */
import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { serveOnLoopback } from '../../lib/loopback-server.ts';
import { createTables, type EmbeddedDynamodb, type EmbeddedOptions } from '../../local/dynamodb.ts';

/** What a test asks of its engine. */
export type TestEngineOptions = Pick<EmbeddedOptions, 'tables'> & {
  /** Called for every call, with its operation, such as `BatchWriteItem`, and its JSON body. */
  readonly onCall?: (operation: string, body: string) => void;
};

/**
 * A door to the engine behind which the tables are the caller's alone: the engine keeps a database for every access key,
 * so each door signs with one of its own.
 */
export async function openPrivateDynamodb(
  engineUrl: string,
  { onCall, tables }: TestEngineOptions,
): Promise<EmbeddedDynamodb> {
  const accessKey = randomUUID().replaceAll('-', '');
  let isReady = false;
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      if (isReady) onCall?.(String(incoming.headers['x-amz-target']).replace(/^.*\./, ''), body);
      const outgoing = httpRequest(engineUrl, {
        method: incoming.method,
        headers: withAccessKey(incoming, accessKey),
      });
      outgoing.once('response', (reply) => {
        response.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(response);
      });
      outgoing.once('error', () => response.destroy());
      outgoing.end(body);
    });
  });
  const { close, url } = await serveOnLoopback(server, { port: 0 });
  await createTables(url, tables);
  isReady = true;
  return { url, close };
}

/** The engine checks no signature. */
function withAccessKey(
  { headers }: IncomingMessage,
  accessKey: string,
): IncomingMessage['headers'] {
  const authorization = headers.authorization?.replace(
    /Credential=[^/]*/,
    `Credential=${accessKey}`,
  );
  return { ...headers, authorization };
}
