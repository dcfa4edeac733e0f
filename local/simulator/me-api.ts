import { type Answer, toErrorAnswer, toJsonAnswer } from './answers.ts';
import { type ApiRequest, parseWindow, toStyle, type World } from './api-request.ts';
import { toPage } from './paging.ts';
import { hasScopeFor } from './playlist-scopes.ts';
import { toSimplifiedPlaylist, toWireMe } from './wire-playlists.ts';
import { toWireLike } from './wire-shapes.ts';

const LIMITS = { defaultLimit: 20, maximum: 50 };

/** Spotify: `GET /me`. */
export function answerMe(world: World, request: ApiRequest): Answer {
  if (request.token.kind === 'client')
    return toErrorAnswer(401, 'Valid user authentication required');
  return toJsonAnswer(toWireMe(world.catalogue, toStyle(world, request)));
}

/** Spotify: `GET /me/tracks`, newest first. */
export function answerLikedSongs(world: World, request: ApiRequest): Answer {
  const { token } = request;
  if (token.kind === 'client' || !token.scopes.includes('user-library-read')) {
    return toErrorAnswer(403, 'Insufficient client scope');
  }
  const asked = parseWindow(request.query, LIMITS);
  if ('status' in asked) return asked;
  const window = { ...asked, ...request.forced };
  const likes = world.catalogue.liked.items;
  const style = toStyle(world, request);
  const items = likes
    .slice(window.offset, window.offset + window.limit)
    .map((like) => toWireLike(like, world.catalogue, style));
  const url = `${world.apiUrl}/v1/me/tracks`;
  return toJsonAnswer(
    toPage(items, { url, total: likes.length, ...window, nextLimit: asked.limit }),
  );
}

/** Spotify: `GET /me/playlists`. What the API serves to nobody is listed as null, and what the token's scopes do not cover not at all. */
export function answerMyPlaylists(world: World, request: ApiRequest): Answer {
  if (request.token.kind === 'client') return toErrorAnswer(403, 'Insufficient client scope');
  const asked = parseWindow(request.query, LIMITS);
  if ('status' in asked) return asked;
  const window = { ...asked, ...request.forced };
  const listed = [...world.catalogue.playlists.values()].filter(
    (playlist) => playlist.access !== 'foreign-private' && hasScopeFor(playlist, request.token),
  );
  const style = toStyle(world, request);
  const items = listed
    .slice(window.offset, window.offset + window.limit)
    .map((playlist) =>
      playlist.access === 'spotify-made' ? null : toSimplifiedPlaylist(playlist, style),
    );
  const url = `${world.apiUrl}/v1/me/playlists`;
  return toJsonAnswer(
    toPage(items, { url, total: listed.length, ...window, nextLimit: asked.limit }),
  );
}
