import type * as z from 'zod/mini';
import {
  albumRecordSchema,
  artistRecordSchema,
  playlistRecordSchema,
  type Table,
  trackRecordSchema,
} from './records.ts';

/** A fault of one attribute of a stored row. */
export type RowFault = { readonly attribute: string; readonly problem: string };

/** The form of a row of each table. */
export const RECORD_SCHEMAS = {
  playlist: playlistRecordSchema,
  track: trackRecordSchema,
  album: albumRecordSchema,
  artist: artistRecordSchema,
} as const satisfies Record<Table, unknown>;

/** Compares a stored row with its record, attribute by attribute. Unknown attributes are not a fault. */
export function findRowFaults(table: Table, row: Readonly<Record<string, unknown>>): RowFault[] {
  const issues = RECORD_SCHEMAS[table].safeParse(row).error?.issues ?? [];
  const problems = new Map<string, string>();
  for (const issue of issues) {
    const attribute = String(issue.path[0] ?? '');
    if (problems.has(attribute)) continue;
    problems.set(attribute, row[attribute] === undefined ? 'is missing' : describeIssue(issue));
  }
  return [...problems].map(([attribute, problem]) => ({ attribute, problem }));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.length > 1 ? `at ${issue.path.slice(1).join('.')} ` : '';
  if (issue.code !== 'invalid_type') return `${where}has another form`;
  return `${where}is not ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
}
