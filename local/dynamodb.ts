/** The embedded DynamoDB: dynalite, on disk or in memory. */
import type { Server } from 'node:http';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { LoopbackServer } from '../lib/loopback-server.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { listen } from './listen.ts';

export type EmbeddedDynamodb = Pick<LoopbackServer, 'url' | 'close'>;

export type EmbeddedOptions = {
  /** 0 for any free port. */
  readonly port: number;
  /** Folder of the data; in memory without one. */
  readonly path?: string;
  readonly tables: readonly CreateTableCommandInput[];
};

/** The embedded engine accepts any; the SDK requires some. */
export const EMBEDDED_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
export const EMBEDDED_REGION = 'us-east-1';

/** The settings of a client for the engine at this address. */
export const embeddedAt = (
  endpoint: string,
): { endpoint: string; region: string; credentials: typeof EMBEDDED_CREDENTIALS } => ({
  endpoint,
  region: EMBEDDED_REGION,
  credentials: EMBEDDED_CREDENTIALS,
});

/**
 * Starts the engine and creates missing tables.
 *
 * @throws Error if a port is in use
 */
export async function startDynamodb(
  options: EmbeddedOptions,
): Promise<EmbeddedDynamodb & { readonly server: Server }> {
  const { path, tables } = options;
  if (path !== undefined) await makeFolder(path);
  const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
  const { close, url } = await listen(server, {
    port: options.port,
    use: { what: 'the tables', variable: 'DYNAMODB_PORT' },
  });
  await createTables(url, tables);
  return { server, url, close };
}

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
