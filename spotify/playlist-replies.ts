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

/** The largest page for some kind of app, and for every kind. */
export const MAX_PAGE_LIMIT = 100;
const SAFE_PAGE_LIMIT = 50;

/** More than any page of Spotify has. */
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
  /** How many of its optional values were invalid. */
  readonly leftOut: number;
  /** Absent if this app can read the playlist but not its items. */
  readonly firstPage?: ItemPage;
  /** What the name of that page shows about the app. */
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

/** A reply to `GET /v1/playlists/{id}/items` with this `offset`. */
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

/** A reply to a request with `fields=snapshot_id`. */
export function parseSnapshotReply(body: unknown): string {
  return parseReply(z.pick(playlistMetadataSchema, { snapshot_id: true }), body, 'playlist')
    .snapshot_id;
}

/**
 * Refuses a reply about another playlist than the requested one: the stored snapshot belongs to one ID, and the row would be
 * written under the other.
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
  // An item of a new type or without an ID has no row of its own.
  const isTrack = ['track', null, undefined].some((type) => type === content.type);
  return isTrack && trackIdSchema.safeParse(content).success ? 'track' : 'unavailable';
}

function embeddedPage(playlist: Record<string, unknown>): [string, unknown] {
  const { items, tracks } = playlist;
  return items === null || items === undefined ? ['tracks', tracks] : ['items', items];
}

/** Others' playlists have no page, or one with only a count. */
function isMetadataOnly(page: unknown): boolean {
  return page === null || page === undefined || (isObject(page) && !('items' in page));
}

/** The page size that a `next` link proposes. Nothing else of the link is used: it can name any host. */
function offeredLimit(next: string | null | undefined): number | undefined {
  if (typeof next !== 'string' || !URL.canParse(next)) return undefined;
  return toPageLimit(Number(new URL(next).searchParams.get('limit')));
}

/** A valid page size, or undefined: a step of 0 would never end. */
function toPageLimit(limit: number | null | undefined): number | undefined {
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) return undefined;
  return Math.min(limit, MAX_PAGE_LIMIT);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
