/** The embedded DynamoDB: dynalite, on disk or in memory. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { makeFolder } from '../lib/make-folder.ts';
import { listen } from './listen.ts';

export type EmbeddedDynamodb = {
  readonly url: string;
  readonly close: () => Promise<void>;
};

export type EmbeddedOptions = {
  /** 0 for any free port. */
  readonly port: number;
  /** Folder of the data; in memory without one. */
  readonly path?: string;
  readonly tables: readonly CreateTableCommandInput[];
  /** Told of every call: its operation, as `BatchWriteItem`, and its body, which is JSON. */
  readonly onCall?: (operation: string, body: string) => void;
};

/** What the embedded engine is asked with: it accepts any, but the SDK wants some. */
export const EMBEDDED_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
export const EMBEDDED_REGION = 'us-east-1';

/** What a client of the engine at this address is made of. */
export const embeddedAt = (
  endpoint: string,
): { endpoint: string; region: string; credentials: typeof EMBEDDED_CREDENTIALS } => ({
  endpoint,
  region: EMBEDDED_REGION,
  credentials: EMBEDDED_CREDENTIALS,
});

/**
 * Starts the engine and creates the tables that are not there yet.
 *
 * @throws Error where a port is in use
 */
export async function startDynamodb(options: EmbeddedOptions): Promise<EmbeddedDynamodb> {
  const { onCall, path, tables } = options;
  if (path !== undefined) await makeFolder(path);
  const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
  const { close, url } = await listen(server, {
    port: options.port,
    use: { what: 'the tables', variable: 'DYNAMODB_PORT' },
  });
  await createTables(url, tables);
  if (onCall !== undefined) {
    server.on('request', (request) => {
      const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        onCall(operation, Buffer.concat(parts).toString());
      });
    });
  }
  return { url, close };
}

/** Creates the tables that are not there yet. */
export async function createTables(
  url: string,
  tables: readonly CreateTableCommandInput[],
): Promise<void> {
  const client = new DynamoDBClient(embeddedAt(url));
  try {
    for (const table of tables) {
      await client.send(new CreateTableCommand(table)).catch((error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error;
      });
    }
  } finally {
    client.destroy();
  }
}
