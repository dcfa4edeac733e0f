import { exportTables } from '../cli/export/export-tables.ts';
import { summaryTable } from '../cli/export/report.ts';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION } from './dynamodb.ts';
import type { LocalStack } from './stack.ts';

/** Writes the local tables into files of this folder, as `spotify-etl export` does; returns what to show of it. */
export async function exportResults(
  { dynamodbUrl, tableNames }: Pick<LocalStack, 'dynamodbUrl' | 'tableNames'>,
  folder: string,
): Promise<string> {
  const summary = await exportTables({
    tableNames,
    out: folder,
    dynamodb: {
      endpoint: dynamodbUrl,
      region: EMBEDDED_REGION,
      credentials: EMBEDDED_CREDENTIALS,
    },
  });
  return summaryTable(summary);
}
