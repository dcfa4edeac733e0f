import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../lib/clock.ts';
import type { QuotaStore } from '../spotify/quota/store.ts';
import { createQuotaStore } from '../stores/dynamodb/quota-store.ts';
import { createFileDatabase } from '../stores/sqlite/file-database.ts';
import { Library } from '../stores/sqlite/library.ts';
import { createLibraryQuotaStore } from '../stores/sqlite/quota-store.ts';
import type { Config } from './config.ts';

/** The ledger of calls that all processes with this configuration share. */
export function openQuotaStore(
  { quotaLibrary, spotify, stateTable }: Config,
  client: DynamoDBDocumentClient,
  clock: Clock,
): QuotaStore {
  const { clientId } = spotify.credentials;
  if (quotaLibrary === undefined) {
    return createQuotaStore(client, { tableName: stateTable, clientId, clock });
  }
  const library = new Library(createFileDatabase(quotaLibrary), clock);
  return createLibraryQuotaStore(library, { clientId, clock });
}
