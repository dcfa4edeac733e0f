/** What `spotify-etl verify` finds wrong with rows: the command's own code, on rows in hand. */

import type { Finding } from '../../cli/verify/judge.ts';
import { verifyTables } from '../../cli/verify/verify-tables.ts';
import type { Table } from '../../etl/model/records.ts';
import { withoutRun } from './expected-rows.ts';
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

/** What anybody may see before the next run: nothing that is missing, and the playlist as it was or as it is to be. */
export async function expectNoLie(
  rows: Tables,
  { after, before }: { readonly before: Tables; readonly after: Tables },
): Promise<void> {
  expect(await findingsIn(rows)).toEqual([]);
  const [seen] = withoutRun(rows).playlist;
  expect([withoutRun(before).playlist[0], withoutRun(after).playlist[0]]).toContainEqual(seen);
}
