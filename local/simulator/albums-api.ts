import { type Answer, toErrorAnswer, toJsonAnswer } from './answers.ts';
import { type ApiRequest, parseWindow, toStyle, type World } from './api-request.ts';
import { type CatalogueAlbum, type ReleasedAlbum } from './catalogue-model.ts';
import { type Json, type JsonObject } from './json.ts';
import { type PageWindow, toPage } from './paging.ts';
import { toWireAlbum, toWireAlbumTrack, toWireArtist } from './wire-shapes.ts';

const TRACK_LIMITS = { defaultLimit: 20, maximum: 50 };
const GROUPS = ['album', 'single', 'compilation', 'appears_on'];
/** Where the simulated user lives: with their token, `market` is not looked at. */
const USER_COUNTRY = 'US';

/** Spotify: `GET /artists/{id}/albums`, newest first in each group. At most 10 a page since 2026. */
export function answerArtistAlbums(world: World, id: string, request: ApiRequest): Answer {
  const limits = world.appKind === 'C' ? [5, 10] : [20, 50];
  const [defaultLimit = 5, maximum = 10] = limits;
  const groups = (request.query.include_groups ?? GROUPS.join()).split(',');
  if (!groups.every((group) => GROUPS.includes(group))) {
    return toErrorAnswer(400, 'Invalid include_groups');
  }
  const asked = parseWindow(request.query, { defaultLimit, maximum });
  if ('status' in asked) return asked;
  const released = world.catalogue.discographies.of(id);
  if (released === undefined) return refuseId(id);
  const albums = groups
    .flatMap((group) => released.filter(({ album }) => album.type === group))
    .filter((each) => isOffered(each, findMarket(request)))
    .map(({ album }) => toListed(album, world, request));
  return toJsonAnswer(toWindow(albums, { world, request, asked, path: `artists/${id}/albums` }));
}

/** Spotify: `GET /albums/{id}`, with its first 50 tracks. */
export function answerAlbum(world: World, id: string, request: ApiRequest): Answer {
  const released = world.catalogue.discographies.find(id);
  if (released === undefined) return refuseId(id);
  const asked = { offset: 0, limit: TRACK_LIMITS.maximum };
  const tracks = toTracksPage(released, world, { request, asked });
  return toJsonAnswer({ ...toListed(released.album, world, request), genres: [], tracks });
}

/** Spotify: `GET /albums/{id}/tracks`. */
export function answerAlbumTracks(world: World, id: string, request: ApiRequest): Answer {
  const asked = parseWindow(request.query, TRACK_LIMITS);
  if ('status' in asked) return asked;
  const released = world.catalogue.discographies.find(id);
  if (released === undefined) return refuseId(id);
  return toJsonAnswer(toTracksPage(released, world, { request, asked }));
}

/** Spotify: `GET /search?type=artist`: no identity, only names that are alike. */
export function answerSearch(world: World, request: ApiRequest): Answer {
  const { q = '', type } = request.query;
  if (q === '') return toErrorAnswer(400, 'No search query');
  if (type !== 'artist') return toErrorAnswer(400, 'Bad search type field');
  const asked = parseWindow(request.query, { defaultLimit: 5, maximum: 10 });
  if ('status' in asked) return asked;
  const words = q.toLowerCase().split(/\s+/);
  const found = [...world.catalogue.artists.values()]
    .filter(({ name }) => words.some((word) => name.toLowerCase().includes(word)))
    .map(({ id }) => toWireArtist(id, world.catalogue, toStyle(world, request)));
  return toJsonAnswer({ artists: toWindow(found, { world, request, asked, path: 'search' }) });
}

function toListed(album: CatalogueAlbum, world: World, request: ApiRequest): JsonObject {
  const wire = toWireAlbum(album, world.catalogue, toStyle(world, request));
  return world.appKind === 'C' ? wire : { ...wire, album_group: album.type };
}

type Wanted = { readonly request: ApiRequest; readonly asked: PageWindow };

function toTracksPage({ album, tracks }: ReleasedAlbum, world: World, wanted: Wanted): JsonObject {
  const style = toStyle(world, wanted.request);
  const wire = tracks.map((track) => toWireAlbumTrack(track, world.catalogue, style));
  return toWindow(wire, { world, ...wanted, path: `albums/${album.id}/tracks` });
}

function toWindow(
  all: readonly Json[],
  { asked, path, request, world }: Wanted & { readonly world: World; readonly path: string },
): JsonObject {
  const window = { ...asked, ...request.forced };
  const url = new URL(`${world.apiUrl}/v1/${path}`);
  for (const name of ['include_groups', 'market', 'q', 'type']) {
    const value = request.query[name];
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const items = all.slice(window.offset, window.offset + window.limit);
  return toPage(items, { url: url.href, total: all.length, ...window, nextLimit: asked.limit });
}

function findMarket({ query, token }: ApiRequest): string | undefined {
  return token.kind === 'user' ? USER_COUNTRY : query.market;
}

function isOffered({ markets }: ReleasedAlbum, market: string | undefined): boolean {
  return market === undefined || markets === undefined || markets.includes(market);
}

function refuseId(id: string): Answer {
  return /^[0-9A-Za-z]{22}$/.test(id)
    ? toErrorAnswer(404, 'Resource not found')
    : toErrorAnswer(400, 'Invalid base62 id');
}
