/** What `spotify-etl verify` finds wrong with rows: the command's own code, on rows in hand. */
import { type Finding, verifyRows } from '../../app/verify.ts';
import { withoutRun } from './expected-rows.ts';
import type { Tables } from './world.ts';

export async function findingsIn(tables: Tables): Promise<Finding[]> {
  const findings: Finding[] = [];
  const source = {
    countRows: () => Promise.resolve(undefined),
    async *listPages(table: keyof Tables) {
      yield await Promise.resolve(tables[table]);
    },
  };
  await verifyRows(source, { onFinding: (finding) => findings.push(finding) });
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
