import type * as z from 'zod/mini';
import { isLikedSongs, SPOTIFY_ID_PATTERN } from './ids.ts';
import {
  albumRecordSchema,
  artistRecordSchema,
  type PlaylistRecord,
  playlistRecordSchema,
  TABLE_KEYS,
  type Table,
  trackRecordSchema,
} from './records.ts';

/** A fault of one attribute of a stored row. */
export type RowFault = { readonly attribute: string; readonly problem: string };

/** The form of a row of each table. */
export const RECORD_SCHEMAS = {
  playlist: playlistRecordSchema.check(checkPositions),
  track: trackRecordSchema,
  album: albumRecordSchema,
  artist: artistRecordSchema,
} as const satisfies Record<Table, unknown>;

export const NOT_AN_ID = 'is not a Spotify ID';

/** What is malformed in a stored row, in words; undefined where nothing is. */
export function describeRowFaults(
  table: Table,
  row: Readonly<Record<string, unknown>>,
): string | undefined {
  const faults = findRowFaults(table, row).map(
    ({ attribute, problem }) => `${attribute} ${problem}`,
  );
  if (!isRowId(table, String(row[TABLE_KEYS[table]]))) {
    faults.unshift(`${TABLE_KEYS[table]} ${NOT_AN_ID}`);
  }
  return faults.length === 0 ? undefined : faults.join(', ');
}

/** Liked Songs are stored like a playlist, under an ID of ours. */
function isRowId(table: Table, id: string): boolean {
  return SPOTIFY_ID_PATTERN.test(id) || (table === 'playlist' && isLikedSongs(id));
}

type Row = Readonly<Record<string, unknown>>;

/** What of a row is well-formed. */
export function withoutFaults(table: Table, row: Row): Row {
  const faults = new Set(findRowFaults(table, row).map(({ attribute }) => attribute));
  return Object.fromEntries(Object.entries(row).filter(([name]) => !faults.has(name)));
}

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

/**
 * Every position has its date and its adder, and is either a track's or named by `playlist_others`. A row whose own count is wrong
 * is not compared with it: that is another finding.
 */
function checkPositions({ issues, value: row }: z.core.ParsePayload<PlaylistRecord>): void {
  const items = row.playlist_num_items;
  const { episode, local, unavailable } = row.playlist_skipped;
  const skipped = episode + local + unavailable;
  if (row.playlist_tracks.length + skipped !== items) return;
  const report = (attribute: string, message: string): void => {
    issues.push({ code: 'custom', path: [attribute], message, input: row });
  };
  for (const name of ['playlist_added_at', 'playlist_added_by'] as const) {
    const { length } = row[name];
    if (length !== items) report(name, `has ${length} entries for ${items} items`);
  }
  const { playlist_contributors: contributors, playlist_others: others } = row;
  if (row.playlist_added_by.some((number) => number >= contributors.length)) {
    report('playlist_added_by', 'has a number beyond playlist_contributors');
  }
  const positions = new Set(others.map(({ position }) => position).filter((at) => at < items));
  if (others.length !== skipped || positions.size !== skipped) {
    report('playlist_others', `has ${positions.size} positions for ${skipped} items`);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.length > 1 ? `at ${issue.path.slice(1).join('.')} ` : '';
  if (issue.code === 'custom') return issue.message;
  if (issue.code !== 'invalid_type') return `${where}has another form`;
  if (issue.expected === 'int') return `${where}is not a whole number`;
  return `${where}is not ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
}
