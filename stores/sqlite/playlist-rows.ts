/** How a list is stored: its row, a row for each position, and what it was before each change. */
import * as z from 'zod/mini';
import {
  findDifference,
  type PlaylistDifference,
  type PlaylistVersion,
} from '../../etl/model/playlist-difference.ts';
import {
  type ListedItem,
  listItems,
  type PlaylistItemRow,
  playlistItemRowSchema,
} from '../../etl/model/playlist-items.ts';
import type { PlaylistRecord } from '../../etl/model/records.ts';
import { onlyIf, type SqlRow, type Statement } from './database.ts';
import { cutText, toJsonPages } from './json-pages.ts';
import { columnsOf, toAttributes } from './record-rows.ts';

/** A list as the library has it. */
export type StoredList = PlaylistVersion & {
  readonly extractedAt: string;
  readonly runId: string;
  /** When it was first read as it is. */
  readonly seenAt: string;
  /** How many older versions of it there are. */
  readonly olderVersions: number;
};

const COLUMNS = [...columnsOf('playlist'), 'seen_at'];
/** Those of the list itself, apart from the run that read it. */
const ATTRIBUTES = COLUMNS.filter((name) => !['extracted_at', 'run_id', 'seen_at'].includes(name));

export function selectList(playlistId: string): Statement[] {
  const args = { playlist_id: playlistId };
  const older =
    'SELECT coalesce(max(version), 0) FROM playlist_version WHERE playlist_id = :playlist_id';
  return [
    `SELECT ${COLUMNS.join(', ')}, (${older}) AS older_versions FROM playlist WHERE playlist_id = :playlist_id`,
    'SELECT uri, added_at, added_by FROM playlist_item WHERE playlist_id = :playlist_id ORDER BY position',
  ].map((sql) => ({ sql, args }));
}

/** What `selectList` found. */
export function toStoredList([rows = [], items = []]: readonly SqlRow[][]): StoredList | undefined {
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    attributes: pickAttributes(toAttributes(row)),
    items: z.array(playlistItemRowSchema).parse(items.map(toAttributes)),
    extractedAt: String(row.extracted_at),
    runId: String(row.run_id),
    seenAt: String(row.seen_at),
    olderVersions: Number(row.older_versions),
  };
}

/**
 * Replaces a list that is still as it was seen, `before`, and keeps what it was where it changed: all in one transaction. What
 * the record lacks stays as it is stored; only positions that differ are written, and nothing where the same run is stored.
 */
export function replaceList(before: StoredList | undefined, record: PlaylistRecord): Statement[] {
  const { playlist_id } = record;
  const listed = listItems(record);
  const after: PlaylistVersion = {
    attributes: { ...before?.attributes, ...pickAttributes(record) },
    items: listed.map(toRow),
  };
  const difference = before && findDifference(after, before);
  const same = difference === undefined ? before : undefined;
  if (same && isOfRun(same, record)) return [];
  const row = JSON.stringify([{ ...after.attributes, ...toSighting(record, same) }]);
  return [
    onlyIfSeen(playlist_id, before),
    { sql: UPSERT_LIST, args: { row } },
    ...(before && difference ? insertVersion(playlist_id, before, difference) : []),
    ...toJsonPages(findOthers(listed)).map((others) => ({ sql: UPSERT_OTHERS, args: { others } })),
    { sql: CUT_LIST, args: { playlist_id, length: after.items.length } },
    ...toJsonPages(findChangedItems(before?.items ?? [], after.items)).map((items) => ({
      sql: UPSERT_ITEMS,
      args: { playlist_id, items },
    })),
  ];
}

/** When the list was read, and when it was first read as it is. */
function toSighting(
  { extracted_at, run_id }: PlaylistRecord,
  same: StoredList | undefined,
): object {
  return { extracted_at, run_id, seen_at: same?.seenAt ?? extracted_at };
}

function onlyIfSeen(playlist_id: string, before: StoredList | undefined): Statement {
  return onlyIf(
    "(SELECT extracted_at || ' ' || run_id FROM playlist WHERE playlist_id = :playlist_id) IS :seen",
    { playlist_id, seen: before === undefined ? null : `${before.extractedAt} ${before.runId}` },
  );
}

function isOfRun(list: StoredList, { extracted_at, run_id }: PlaylistRecord): boolean {
  return list.extractedAt === extracted_at && list.runId === run_id;
}

/** The row is whole: what the record lacks is in it as it was stored. */
const UPSERT_LIST = `INSERT INTO playlist (${COLUMNS.join(', ')}) SELECT ${COLUMNS.map((name) => `value->>'${name}'`).join(', ')} FROM json_each(:row) WHERE true ON CONFLICT (playlist_id) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`;

const INSERT_VERSION =
  'INSERT INTO playlist_version (playlist_id, version, part, seen_at, difference) VALUES (:playlist_id, :version, :part, :seen_at, :difference)';

const CUT_LIST =
  'DELETE FROM playlist_item WHERE playlist_id = :playlist_id AND position >= :length';

const UPSERT_ITEMS =
  "INSERT INTO playlist_item (playlist_id, position, uri, added_at, added_by) SELECT :playlist_id, value->>'position', value->>'uri', value->>'added_at', value->>'added_by' FROM json_each(:items) WHERE true ON CONFLICT (playlist_id, position) DO UPDATE SET uri = excluded.uri, added_at = excluded.added_at, added_by = excluded.added_by";

/** Tracks have their items already. */
const UPSERT_OTHERS =
  "INSERT INTO item (uri, kind, name) SELECT value->>'uri', value->>'kind', value->>'name' FROM json_each(:others) WHERE true ON CONFLICT (uri) DO UPDATE SET name = excluded.name WHERE excluded.name IS NOT name AND excluded.name IS NOT NULL";

function findOthers(listed: readonly ListedItem[]): object[] {
  return listed.flatMap(({ kind, name, uri }) => {
    if (kind === 'track' || uri === undefined) return [];
    return [{ uri, name, kind: kind === 'unavailable' ? 'unknown' : kind }];
  });
}

function toRow({ added_at, added_by, uri }: ListedItem): PlaylistItemRow {
  return {
    ...(uri !== undefined && { uri }),
    ...(added_at !== undefined && { added_at }),
    ...(added_by !== undefined && { added_by }),
  };
}

function insertVersion(
  playlist_id: string,
  { olderVersions, seenAt: seen_at }: StoredList,
  difference: PlaylistDifference,
): Statement[] {
  const version = olderVersions + 1;
  return cutText(JSON.stringify(difference)).map((text, part) => ({
    sql: INSERT_VERSION,
    args: { playlist_id, version, part, seen_at, difference: text },
  }));
}

function findChangedItems(
  before: readonly PlaylistItemRow[],
  after: readonly PlaylistItemRow[],
): object[] {
  return after.flatMap((item, position) => {
    const { added_at, added_by, uri }: PlaylistItemRow = before[position] ?? {};
    const isStored = position < before.length;
    const isSame = item.uri === uri && item.added_at === added_at && item.added_by === added_by;
    return isStored && isSame ? [] : [{ position, ...item }];
  });
}

function pickAttributes(row: Readonly<Record<string, unknown>>): PlaylistVersion['attributes'] {
  return Object.fromEntries(Object.entries(row).filter(([name]) => ATTRIBUTES.includes(name)));
}
