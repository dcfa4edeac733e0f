/** Spotify's playlist replies, in either dialect and of any kind of app, as the model's playlist and items. */
import * as z from 'zod/mini';
import type { ItemPage } from '../etl/extract/sources.ts';
import {
  entrySchema,
  otherContentSchema,
  type PlaylistItem,
  type PlaylistMetadata,
  playlistMetadataSchema,
  trackSchema,
} from '../etl/model/spotify-objects.ts';
import { countLeftOut } from '../lib/optional-values.ts';
import { brokenReply, parseReply } from './parse-reply.ts';
import type { AppFacts } from './quota/store.ts';

/** The largest page any kind of app is served, and the one every kind is. */
export const MAX_PAGE_LIMIT = 100;
const SAFE_PAGE_LIMIT = 50;

/** No page of Spotify's has so many: what goes on is no page. */
const MAX_PAGE_ENTRIES = 1_000;

const pageSchema = z.object({
  items: z.array(z.unknown()).check(z.maxLength(MAX_PAGE_ENTRIES)),
  total: z.number(),
  offset: z.catch(z.nullish(z.number()), undefined),
  limit: z.catch(z.nullish(z.number()), undefined),
  next: z.catch(z.nullish(z.string()), undefined),
});

const trackIdSchema = z.pick(trackSchema, { id: true });

type PlaylistReply = {
  readonly metadata: PlaylistMetadata;
  /** How many of its optional values did not fit. */
  readonly leftOut: number;
  /** Absent where this app may see the playlist but not its items. */
  readonly firstPage?: ItemPage;
  /** What the name of that page says of the app. */
  readonly appKind?: AppFacts['app_kind'];
};

/** A reply to `GET /v1/playlists/{id}`. */
export function parsePlaylistReply(body: unknown): PlaylistReply {
  const [metadata, leftOut] = countLeftOut(() =>
    parseReply(playlistMetadataSchema, body, 'playlist'),
  );
  const [name, page] = isObject(body) ? embeddedPage(body) : [];
  return isMetadataOnly(page)
    ? { metadata, leftOut }
    : {
        metadata,
        leftOut,
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
  const [items, leftOut] = countLeftOut(() => page.items.map(parseEntry));
  return {
    items,
    leftOut,
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

/** `item` in the API of 2026, `track` before; inside an `item`, `track` is a boolean, so the shape decides. */
function parseEntry(entry: unknown): PlaylistItem {
  const parts: Record<string, unknown> = isObject(entry) ? entry : {};
  const { added_at, added_by } = entrySchema.parse(parts);
  const content = [parts.item, parts.track].find(isObject) ?? {};
  const kind = kindOf(content, parts.is_local === true);
  // Lists of years ago have an empty ID where nobody knows who added something.
  const addedBy = added_by?.id === '' ? undefined : added_by?.id;
  const added = { addedAt: added_at ?? undefined, addedBy: addedBy ?? undefined };
  return kind === 'track'
    ? { kind, track: trackSchema.parse(content), ...added }
    : { kind, ...otherContentSchema.parse(content), ...added };
}

function kindOf(content: Record<string, unknown>, isLocal: boolean): PlaylistItem['kind'] {
  if (isLocal || content.is_local === true) return 'local';
  if (content.type === 'episode') return 'episode';
  // Of a type that is new, or without an ID, it has no row of its own.
  const isTrack = ['track', null, undefined].some((type) => type === content.type);
  return isTrack && trackIdSchema.safeParse(content).success ? 'track' : 'unavailable';
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
