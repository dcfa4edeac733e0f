/** The requests this project sends to Spotify, as values: built by spotify-web-api-node, sent by our own transport. */
import AuthenticationRequest from 'spotify-web-api-node/src/authentication-request.js';
import type { Builder, Request } from 'spotify-web-api-node/src/base-request.js';
import WebApiRequest from 'spotify-web-api-node/src/webapi-request.js';

/** The same listing under its name of 2026 and under its older one. */
export type PlaylistApi = 'items' | 'tracks';

export type PageRange = { readonly offset: number; readonly limit: number };

/** Without this, Spotify disguises an episode as a track. */
const ADDITIONAL_TYPES = { additional_types: 'track,episode' };

/** `GET /v1/playlists/{id}`; with `fields`, only these. */
export function playlistRequest(
  apiUrl: URL,
  playlistId: string,
  fields?: string,
): (accessToken: string) => Request {
  return (accessToken) =>
    at(apiUrl, WebApiRequest.builder(accessToken))
      .withPath(`/v1/playlists/${encodeURIComponent(playlistId)}`)
      .withQueryParameters({ ...ADDITIONAL_TYPES, ...(fields === undefined ? {} : { fields }) })
      .build();
}

/** `GET /v1/playlists/{id}/items`, or `/tracks` by its older name. */
export function playlistItemsRequest(
  apiUrl: URL,
  playlistId: string,
  { api, range }: { readonly api: PlaylistApi; readonly range: PageRange },
): (accessToken: string) => Request {
  return (accessToken) =>
    at(apiUrl, WebApiRequest.builder(accessToken))
      .withPath(`/v1/playlists/${encodeURIComponent(playlistId)}/${api}`)
      .withQueryParameters({ ...ADDITIONAL_TYPES, ...range })
      .build();
}

/** `GET /v1/me/playlists`: owned and followed ones alike. */
export function myPlaylistsRequest(
  apiUrl: URL,
  range: PageRange,
): (accessToken: string) => Request {
  return (accessToken) =>
    at(apiUrl, WebApiRequest.builder(accessToken))
      .withPath('/v1/me/playlists')
      .withQueryParameters(range)
      .build();
}

/** `GET /v1/me`. */
export function meRequest(apiUrl: URL): (accessToken: string) => Request {
  return (accessToken) => at(apiUrl, WebApiRequest.builder(accessToken)).withPath('/v1/me').build();
}

export type AppCredentials = {
  readonly clientId: string;
  /** Needed where the app speaks for itself, or where the refresh token was got with it. */
  readonly clientSecret: string | undefined;
};

/** A refresh token, and whether it was got with the app's secret. */
export type RefreshGrant = { readonly refreshToken: string; readonly needsSecret: boolean };

/**
 * `POST /api/token`: with a refresh token for its account's access token, without one for the app's own. One that was got by
 * PKCE is refreshed without the secret.
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
