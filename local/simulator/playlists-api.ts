import { type Answer, toErrorAnswer, toJsonAnswer } from './answers.ts';
import {
  type ApiRequest,
  findMaximumLimit,
  parseWindow,
  toStyle,
  type World,
} from './api-request.ts';
import { type CataloguePlaylist } from './catalogue-model.ts';
import { selectFields } from './fields-filter.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { toPage } from './paging.ts';
import { hasScopeFor } from './playlist-scopes.ts';
import { answerRecordedListing, answerRecordedPlaylist } from './recorded-api.ts';
import { BASE62 } from './seeded-random.ts';
import { findPagingKey, toWirePlaylist } from './wire-playlists.ts';
import { toWireItem } from './wire-shapes.ts';

/** A listing of a playlist's items has two paths: today's and the one before 2026. */
type ListingFamily = 'items' | 'tracks';

const DEFAULT_LIMIT = 20;
const ID_LENGTH = 22;
/** An ID is 16 bytes; 22 digits of base 62 can hold more. */
const ID_END = 2n ** 128n;
const KEPT_IN_NEXT = ['additional_types', 'market'];

/** Spotify: `GET /playlists/{id}`. */
export function answerPlaylist(world: World, id: string, request: ApiRequest): Answer {
  const recorded = world.recorded.get(id);
  if (recorded !== undefined) {
    return filterFields(request, toJsonAnswer(answerRecordedPlaylist(recorded, world, request)));
  }
  const playlist = findPlaylist(world, id, request);
  if ('status' in playlist) return playlist;
  const style = toStyle(world, request);
  const head = toWirePlaylist(playlist, style);
  if (!readsContents(world, playlist, request)) return filterFields(request, toJsonAnswer(head));
  const window = { offset: 0, limit: world.firstPageItems };
  const page = toItemsPage(world, playlist, {
    request,
    window,
    nextLimit: findMaximumLimit(world),
  });
  return filterFields(request, toJsonAnswer({ ...head, [findPagingKey(style)]: page }));
}

type Listing = { readonly id: string; readonly family: ListingFamily };

/** Spotify: `GET /playlists/{id}/items`, and `/tracks` as it was called before February 2026. */
export function answerListing(world: World, listing: Listing, request: ApiRequest): Answer {
  const recorded = world.recorded.get(listing.id);
  const playlist = recorded ?? findListed(world, listing, request);
  if ('status' in playlist) return playlist;
  const window = parseWindow(request.query, {
    defaultLimit: DEFAULT_LIMIT,
    maximum: findMaximumLimit(world),
  });
  if ('status' in window) return window;
  if ('entries' in playlist) {
    const place = { family: listing.family, window: { ...window, ...request.forced } };
    return filterFields(request, answerRecordedListing(playlist, world, place));
  }
  const { family } = listing;
  const page = toItemsPage(world, playlist, { request, window, family, nextLimit: window.limit });
  return filterFields(request, toJsonAnswer(page));
}

/** The playlist, if this caller may list its items by this path. */
function findListed(
  world: World,
  { id, family }: Listing,
  request: ApiRequest,
): CataloguePlaylist | Answer {
  if (world.appKind === 'C' && family === 'tracks') return toErrorAnswer(403, 'Forbidden');
  const playlist = findPlaylist(world, id, request);
  if ('status' in playlist) return playlist;
  const isRefused = world.appKind === 'B' && family === 'items' && playlist.access === 'foreign';
  return isRefused || !readsContents(world, playlist, request)
    ? toErrorAnswer(403, 'Forbidden')
    : playlist;
}

/** The playlist, with the snapshot that is shown of it, or the answer that refuses it. */
export function findPlaylist(
  world: World,
  id: string,
  request: ApiRequest,
): CataloguePlaylist | Answer {
  const found = world.catalogue.playlists.get(id);
  const playlist = found && withShownSnapshot(world, found);
  // The catalogue draws its IDs from all 22 digits, so only an unknown one can be malformed.
  if (playlist === undefined && !isDecodable(id)) return toErrorAnswer(400, 'Invalid base62 id');
  if (playlist === undefined || !isVisible(world, playlist, request)) {
    return toErrorAnswer(404, 'Resource not found');
  }
  return request.token.kind === 'user' && !hasScopeFor(playlist, request.token)
    ? toErrorAnswer(403, 'Insufficient client scope')
    : playlist;
}

/** For a while after a write the snapshot is the old one, or one that nobody knows. */
function withShownSnapshot(world: World, playlist: CataloguePlaylist): CataloguePlaylist {
  const echo = world.echoes.get(playlist.id);
  const ageMs = world.nowMs - (echo?.writtenAtMs ?? 0);
  if (echo === undefined || ageMs >= world.snapshotDelayMs) return playlist;
  const isForeign = world.foreignSnapshot && ageMs * 2 >= world.snapshotDelayMs;
  return { ...playlist, snapshotId: isForeign ? echo.foreignId : echo.snapshotId };
}

function isDecodable(id: string): boolean {
  const digits = Array.from(id, (character) => BASE62.indexOf(character));
  if (digits.length !== ID_LENGTH || digits.includes(-1)) return false;
  return digits.reduce((value, digit) => value * 62n + BigInt(digit), 0n) < ID_END;
}

/** What is Spotify-made or somebody's secret looks as if it did not exist. */
function isVisible(world: World, playlist: CataloguePlaylist, { token }: ApiRequest): boolean {
  if (playlist.access === 'foreign-private' || playlist.access === 'spotify-made') return false;
  return world.appKind === 'C' || token.kind === 'user' || playlist.isPublic === true;
}

/** Since 2026 only owner and collaborators read what is inside, and the app alone is neither. */
function readsContents(world: World, playlist: CataloguePlaylist, { token }: ApiRequest): boolean {
  return world.appKind !== 'C' || (token.kind === 'user' && playlist.access !== 'foreign');
}

type PageWanted = {
  readonly request: ApiRequest;
  readonly window: { readonly offset: number; readonly limit: number };
  readonly nextLimit: number;
  readonly family?: ListingFamily;
};

function toItemsPage(world: World, playlist: CataloguePlaylist, wanted: PageWanted): JsonObject {
  const style = toStyle(world, wanted.request);
  const { offset, limit } = { ...wanted.window, ...wanted.request.forced };
  const family = wanted.family ?? findPagingKey(style);
  const url = new URL(`${world.apiUrl}/v1/playlists/${playlist.id}/${family}`);
  for (const name of KEPT_IN_NEXT) {
    const value = wanted.request.query[name];
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const items = playlist.items
    .slice(offset, offset + limit)
    .map((item) => toWireItem(item, world.catalogue, style));
  const total = playlist.items.length;
  return toPage(items, { url: url.href, total, offset, limit, nextLimit: wanted.nextLimit });
}

function filterFields({ query }: ApiRequest, answer: Answer): Answer {
  if (query.fields === undefined || answer.status !== 200 || !('json' in answer.body))
    return answer;
  const { json } = answer.body;
  return isJsonObject(json) ? toJsonAnswer(selectFields(json, query.fields)) : answer;
}
