/** The lists of a library with what is in them, and how large their versions are. */
import pMap from 'p-map';
import * as z from 'zod/mini';
import { findChanges } from '../../etl/model/playlist-changes.ts';
import type { PlaylistVersion } from '../../etl/model/playlist-difference.ts';
import { jsonOf } from './json-pages.ts';
import type { Library } from './library.ts';
import { type DatedVersion, listVersions } from './playlist-history.ts';

const ITEMS_PER_PAGE = 20_000;
/** Each is a request to a server. */
const READ_AT_ONCE = 4;

const ITEMS = `SELECT json_group_array(json_array(item_id, day, added_by)) FROM (
    SELECT item_id, coalesce(unixepoch(added_at) / 86400, 0) AS day, added_by
    FROM playlist_item LEFT JOIN item USING (uri)
    WHERE playlist_item.playlist_id = playlist.playlist_id
    ORDER BY position
  )`;

const LISTS = `SELECT playlist_id AS id, playlist_name AS name, playlist_owner_name AS owner, playlist_url AS url, extracted_at, seen_at, (${ITEMS}) AS items,
    EXISTS (SELECT 1 FROM playlist_version WHERE playlist_version.playlist_id = playlist.playlist_id) AS has_versions
  FROM playlist WHERE playlist_id IN (SELECT value FROM json_each(:ids)) ORDER BY playlist_name, playlist_id`;

const text = z.nullable(z.string());
const listSchema = z.object({
  id: z.string(),
  name: text,
  owner: text,
  url: text,
  extracted_at: z.string(),
  seen_at: z.string(),
  items: jsonOf(z.array(z.tuple([z.nullable(z.number()), z.number(), text]))),
  has_versions: z.literal([0, 1]),
});

export type VersionSize = {
  /** ISO 8601. */
  readonly seenAt: string;
  readonly size: number;
  /** Against the version before; 0 for the oldest. */
  readonly added: number;
  readonly removed: number;
};

type List = z.infer<typeof listSchema>;

export type ListWithVersions = List & {
  /** The oldest first. */
  readonly versions: readonly VersionSize[];
};

/** Every list once, a page at a time. */
export async function* listWithVersions(library: Library): AsyncGenerator<ListWithVersions[]> {
  for (const ids of await pageLists(library)) {
    const [rows = []] = await library.run([{ sql: LISTS, args: { ids: JSON.stringify(ids) } }]);
    const lists = z.array(listSchema).parse(rows);
    yield await pMap(lists, (list) => addVersions(library, list), { concurrency: READ_AT_ONCE });
  }
}

async function addVersions(library: Library, list: List): Promise<ListWithVersions> {
  const newest = { seenAt: list.seen_at, size: list.items.length, added: 0, removed: 0 };
  const versions = list.has_versions === 1 ? await measureVersions(library, list.id) : [newest];
  return { ...list, versions };
}

/** The IDs of all lists, so many together as have the items of a page. */
async function pageLists(library: Library): Promise<string[][]> {
  const sql =
    'SELECT playlist_id AS id, playlist_num_items AS size FROM playlist ORDER BY playlist_name, playlist_id';
  const [rows = []] = await library.run([{ sql }]);
  const pages: string[][] = [];
  let room = 0;
  for (const { id, size } of rows) {
    if (room < Number(size)) pages.push([]);
    room = (room < Number(size) ? ITEMS_PER_PAGE : room) - Number(size);
    pages.at(-1)?.push(String(id));
  }
  return pages;
}

async function measureVersions(library: Library, id: string): Promise<VersionSize[]> {
  const sizes: VersionSize[] = [];
  let newer: DatedVersion | undefined;
  for await (const version of listVersions(library, id)) {
    if (newer !== undefined) sizes.push(toSize(newer, version));
    newer = version;
  }
  if (newer !== undefined) sizes.push(toSize(newer, newer));
  return sizes.reverse();
}

function toSize(version: DatedVersion, before: DatedVersion): VersionSize {
  const { items, seenAt } = version;
  const { came, went } = findChanges(...cutSameEnds(before, version));
  return { seenAt, size: items.length, added: came.length, removed: went.length };
}

/** Without the items that both have at their beginnings and at their ends: a list of thousands changes in a few places. */
function cutSameEnds(
  one: PlaylistVersion,
  other: PlaylistVersion,
): [PlaylistVersion, PlaylistVersion] {
  const shorter = Math.min(one.items.length, other.items.length);
  let start = 0;
  while (start < shorter && one.items[start]?.uri === other.items[start]?.uri) start += 1;
  let end = 0;
  while (end < shorter - start && one.items.at(-1 - end)?.uri === other.items.at(-1 - end)?.uri)
    end += 1;
  const cut = ({ items }: PlaylistVersion): PlaylistVersion => ({
    attributes: {},
    items: items.slice(start, items.length - end),
  });
  return [cut(one), cut(other)];
}
