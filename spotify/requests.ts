/** The requests this project sends to Spotify, as values: built by spotify-web-api-node, sent by our own transport. */
import AuthenticationRequest from 'spotify-web-api-node/src/authentication-request.js';
import type { Body, Builder, Parameters, Request } from 'spotify-web-api-node/src/base-request.js';
import WebApiRequest from 'spotify-web-api-node/src/webapi-request.js';
import type { ItemsWrite } from '../etl/model/sync.ts';

/** The names of the same listing: since 2026, and before. */
export type PlaylistApi = 'items' | 'tracks';

export type PageRange = { readonly offset: number; readonly limit: number };

/** Without this, Spotify disguises an episode as a track. */
const ADDITIONAL_TYPES = { additional_types: 'track,episode' };

/** A request that still lacks its token. */
export type RequestWithToken = (accessToken: string) => Request;

/** `GET /v1/playlists/{id}`; with `fields`, only these. */
export function playlistRequest(
  apiUrl: URL,
  playlistId: string,
  fields?: string,
): RequestWithToken {
  const query = { ...ADDITIONAL_TYPES, ...(fields !== undefined && { fields }) };
  return get(apiUrl, `playlists/${encodeURIComponent(playlistId)}`, query);
}

/** `GET /v1/playlists/{id}/items`, or `/tracks` by its older name. */
export function playlistItemsRequest(
  apiUrl: URL,
  playlistId: string,
  { api, range }: { readonly api: PlaylistApi; readonly range: PageRange },
): RequestWithToken {
  const path = `playlists/${encodeURIComponent(playlistId)}/${api}`;
  return get(apiUrl, path, { ...ADDITIONAL_TYPES, ...range });
}

/** `GET /v1/me/playlists`: owned and followed ones alike. */
export function myPlaylistsRequest(apiUrl: URL, range: PageRange): RequestWithToken {
  return get(apiUrl, 'me/playlists', range);
}

/** `GET /v1/me/tracks`: the user's Liked Songs, newest first. */
export function likedSongsRequest(apiUrl: URL, range: PageRange): RequestWithToken {
  return get(apiUrl, 'me/tracks', range);
}

/**
 * `GET /v1/me/player/recently-played`: the last 50 plays. Without a cursor, because one hides plays that Spotify lists late.
 */
export function recentlyPlayedRequest(apiUrl: URL): RequestWithToken {
  return get(apiUrl, 'me/player/recently-played', { limit: 50 });
}

type MarketRange = { readonly market: string; readonly range: PageRange };

/** `GET /v1/artists/{id}/albums`: no singles, no compilations, nothing that the artist only appears on. */
export function artistAlbumsRequest(
  apiUrl: URL,
  artistId: string,
  { market, range }: MarketRange,
): RequestWithToken {
  const query = { include_groups: 'album', market, ...range };
  return get(apiUrl, `artists/${encodeURIComponent(artistId)}/albums`, query);
}

/** `GET /v1/albums/{id}/tracks`. */
export function albumTracksRequest(
  apiUrl: URL,
  albumId: string,
  { market, range }: MarketRange,
): RequestWithToken {
  return get(apiUrl, `albums/${encodeURIComponent(albumId)}/tracks`, { market, ...range });
}

/** `GET /v1/search`, for artists: the ten best. */
export function artistSearchRequest(apiUrl: URL, name: string): RequestWithToken {
  return get(apiUrl, 'search', { q: name, type: 'artist', limit: 10 });
}

/** `GET /v1/me`. */
export function meRequest(apiUrl: URL): RequestWithToken {
  return get(apiUrl, 'me', {});
}

function get(apiUrl: URL, path: string, query: Parameters): RequestWithToken {
  return (accessToken) =>
    at(apiUrl, WebApiRequest.builder(accessToken))
      .withPath(`/v1/${path}`)
      .withQueryParameters(query)
      .build();
}

/** `POST`, `PUT` or `DELETE /v1/playlists/{id}/items`, or `/tracks`; each name has a body of its own. No positions, no snapshot. */
export function writeItemsRequest(
  apiUrl: URL,
  { api, playlistId }: { readonly api: PlaylistApi; readonly playlistId: string },
  write: ItemsWrite,
): RequestWithToken {
  const path = `playlists/${encodeURIComponent(playlistId)}/${api}`;
  switch (write.kind) {
    case 'add': {
      const { position, uris } = write;
      return send(apiUrl, path, ['POST', { uris, ...(position !== undefined && { position }) }]);
    }
    case 'replace':
      return send(apiUrl, path, ['PUT', { uris: write.uris }]);
    case 'move': {
      const { before, length, start } = write;
      const body = { range_start: start, range_length: length, insert_before: before };
      return send(apiUrl, path, ['PUT', body]);
    }
    case 'remove':
      return send(apiUrl, path, ['DELETE', { [api]: write.uris.map((uri) => ({ uri })) }]);
  }
}

/** `POST /v1/me/playlists`: one for its user alone. Spotify writes `null` where there is no description. */
export function createPlaylistRequest(
  apiUrl: URL,
  playlist: { readonly name: string; readonly description: string },
): RequestWithToken {
  return send(apiUrl, 'me/playlists', ['POST', { ...playlist, public: false }]);
}

/** `PUT /v1/playlists/{id}`. */
export function hidePlaylistRequest(apiUrl: URL, playlistId: string): RequestWithToken {
  return send(apiUrl, `playlists/${encodeURIComponent(playlistId)}`, ['PUT', { public: false }]);
}

function send(
  apiUrl: URL,
  path: string,
  [method, body]: readonly [NonNullable<Request['method']>, Body],
): RequestWithToken {
  return (accessToken) => {
    const builder = at(apiUrl, WebApiRequest.builder(accessToken))
      .withPath(`/v1/${path}`)
      .withHeaders({ 'Content-Type': 'application/json' });
    return Object.assign(builder.withBodyParameters(body).build(), { method });
  };
}

export type AppCredentials = {
  readonly clientId: string;
  /** Needed for the app's own token, or if the refresh token was made with it. */
  readonly clientSecret: string | undefined;
};

/** A refresh token, and whether it was made with the app's secret. */
export type RefreshGrant = { readonly refreshToken: string; readonly needsSecret: boolean };

/**
 * `POST /api/token`: with a refresh token for its account's access token, without one for the app's own. A refresh token from
 * PKCE needs no secret.
 */
export function tokenRequest(
  accountsUrl: URL,
  { clientId, clientSecret }: AppCredentials,
  grant: RefreshGrant | undefined,
): Request {
  const usesSecret = clientSecret !== undefined && (grant?.needsSecret ?? true);
  const basic = Buffer.from(`${clientId}:${clientSecret ?? ''}`).toString('base64');
  return at(accountsUrl, AuthenticationRequest.builder())
    .withPath('/api/token')
    .withHeaders(usesSecret ? { Authorization: `Basic ${basic}` } : {})
    .withBodyParameters({
      ...(grant === undefined
        ? { grant_type: 'client_credentials' }
        : { grant_type: 'refresh_token', refresh_token: grant.refreshToken }),
      ...(usesSecret ? {} : { client_id: clientId }),
    })
    .build();
}

function at(origin: URL, builder: Builder): Builder {
  const scheme = origin.protocol.slice(0, -1);
  const standardPort = scheme === 'https' ? 443 : 80;
  return builder
    .withScheme(scheme)
    .withHost(origin.hostname)
    .withPort(origin.port === '' ? standardPort : Number(origin.port));
}
