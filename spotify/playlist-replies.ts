/** Spotify's playlist replies, in either dialect and of any kind of app, as the model's playlist and items. */
import * as z from 'zod/mini';
import type { ItemPage } from '../etl/extract/sources.ts';
import {
  type PlaylistItem,
  type PlaylistMetadata,
  playlistMetadataSchema,
  trackSchema,
} from '../etl/model/spotify-objects.ts';
import { brokenReply, parseReply } from './parse-reply.ts';
import type { AppFacts } from './quota/store.ts';

/** The largest page any kind of app is served, and the one every kind is. */
export const MAX_PAGE_LIMIT = 100;
const SAFE_PAGE_LIMIT = 50;

const pageSchema = z.object({
  items: z.array(z.unknown()),
  total: z.number(),
  offset: z.nullish(z.number()),
  limit: z.nullish(z.number()),
  next: z.nullish(z.string()),
});

/** `item` in the API of 2026, `track` before; inside an `item`, `track` is a boolean, so the shape decides. */
const entrySchema = z.object({
  is_local: z.nullish(z.boolean()),
  item: z.optional(z.unknown()),
  track: z.optional(z.unknown()),
});

/** Enough of an entry's content to say what it is. */
const contentSchema = z.object({
  id: z.nullish(z.string()),
  type: z.nullish(z.string()),
  is_local: z.nullish(z.boolean()),
});

type PlaylistReply = {
  readonly metadata: PlaylistMetadata;
  /** Absent where this app may see the playlist but not its items. */
  readonly firstPage?: ItemPage;
  /** What the name of that page says of the app. */
  readonly appKind?: AppFacts['app_kind'];
};

/** A reply to `GET /v1/playlists/{id}`. */
export function parsePlaylistReply(body: unknown): PlaylistReply {
  const metadata = parseReply(playlistMetadataSchema, body, 'playlist');
  const [name, page] = isObject(body) ? embeddedPage(body) : [];
  return isMetadataOnly(page)
    ? { metadata }
    : {
        metadata,
        firstPage: parseItemPage(page, { at: `playlist.${name}`, offset: 0 }),
        appKind: name === 'items' ? 'C' : 'A or B',
      };
}

/** A reply to `GET /v1/playlists/{id}/items`, which was asked from `offset` on. */
export function parseItemPage(
  body: unknown,
  { at, offset }: { readonly at: string; readonly offset: number },
): ItemPage {
  const page = parseReply(pageSchema, body, at);
  if ((page.offset ?? offset) !== offset) {
    throw brokenReply(`${at}.offset`, `: asked for ${offset}, answered ${page.offset}`);
  }
  return {
    items: page.items.map((entry, index) => parseEntry(entry, `${at}.items[${index}]`)),
    total: page.total,
    hasNext: typeof page.next === 'string',
    nextLimit: offeredLimit(page.next) ?? toPageLimit(page.limit) ?? SAFE_PAGE_LIMIT,
  };
}

/** A reply that was asked for `fields=snapshot_id`. */
export function parseSnapshotReply(body: unknown): string {
  return parseReply(z.pick(playlistMetadataSchema, { snapshot_id: true }), body, 'playlist')
    .snapshot_id;
}

/**
 * Refuses a reply about another playlist than the one asked for: the stored snapshot was found under one ID, and the row
 * would be written under the other.
 */
export function refuseOtherPlaylist(body: unknown, playlistId: string): void {
  if (isObject(body) && typeof body.id === 'string' && body.id !== playlistId) {
    throw brokenReply('playlist.id', `: asked for ${playlistId}, answered another`);
  }
}

function parseEntry(value: unknown, at: string): PlaylistItem {
  const entry = parseReply(entrySchema, value ?? {}, at);
  const [name, content] = isObject(entry.item) ? ['item', entry.item] : ['track', entry.track];
  if (content === null || content === undefined) {
    return { kind: entry.is_local === true ? 'local' : 'unavailable' };
  }
  const { is_local, ...seen } = parseReply(contentSchema, content, `${at}.${name}`);
  const kind = entry.is_local === true || is_local === true ? 'local' : kindOf(seen);
  return kind === 'track'
    ? { kind, track: parseReply(trackSchema, content, `${at}.${name}`) }
    : { kind };
}

/** Something without an ID, or of a type that is new, has no row of its own. */
function kindOf({
  id,
  type,
}: Omit<z.infer<typeof contentSchema>, 'is_local'>): PlaylistItem['kind'] {
  if (type === 'episode') return 'episode';
  const isTrack = type === 'track' || type === null || type === undefined;
  return isTrack && typeof id === 'string' && id !== '' ? 'track' : 'unavailable';
}

function embeddedPage(playlist: Record<string, unknown>): [string, unknown] {
  const { items, tracks } = playlist;
  return items === null || items === undefined ? ['tracks', tracks] : ['items', items];
}

/** A playlist of others comes without a page, or with one that has only a count. */
function isMetadataOnly(page: unknown): boolean {
  return page === null || page === undefined || (isObject(page) && !('items' in page));
}

/** The page size that a `next` link proposes. Nothing else of the link is used: it may name any host. */
function offeredLimit(next: string | null | undefined): number | undefined {
  if (typeof next !== 'string' || !URL.canParse(next)) return undefined;
  return toPageLimit(Number(new URL(next).searchParams.get('limit')));
}

/** A size that a page can have, or none: a step of 0 would never end a list. */
function toPageLimit(limit: number | null | undefined): number | undefined {
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) return undefined;
  return Math.min(limit, MAX_PAGE_LIMIT);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
