/** What `spotify-etl verify` finds wrong with rows: the command's own code, on rows in hand. */

import type { Finding } from '../../cli/verify/judge.ts';
import { verifyTables } from '../../cli/verify/verify-tables.ts';
import type { Table } from '../../etl/model/records.ts';
import type { Tables } from './world.ts';

const TABLE_NAMES = { playlist: 'playlist', track: 'track', album: 'album', artist: 'artist' };

export async function findingsIn(tables: Tables): Promise<Finding[]> {
  const findings: Finding[] = [];
  const reader = {
    countRowsAbout: (table: string) => Promise.resolve(tables[table as Table].length),
    async *listPages(table: string) {
      yield await Promise.resolve(tables[table as Table]);
    },
  };
  await verifyTables(reader, {
    tableNames: TABLE_NAMES,
    onFinding: (finding) => findings.push(finding),
  });
  return findings;
}
