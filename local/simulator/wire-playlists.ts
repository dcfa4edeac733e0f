import { type Catalogue, type CataloguePlaylist } from './catalogue-model.ts';
import { type Json, type JsonObject } from './json.ts';
import { toWireLink, toWireUserLink, type WireStyle } from './wire-links.ts';

/** The key under which a playlist holds its page, and the last part of its listing's path. */
export function findPagingKey(style: Pick<WireStyle, 'appKind'>): 'items' | 'tracks' {
  return style.appKind === 'C' ? 'items' : 'tracks';
}

/** Spotify: playlist object, without its page of items. */
export function toWirePlaylist(playlist: CataloguePlaylist, style: WireStyle): JsonObject {
  return {
    collaborative: playlist.isCollaborative,
    description: playlist.description,
    ...(style.appKind === 'C' ? {} : { followers: { href: null, total: 0 } }),
    ...toWireLink('playlist', playlist.id, style),
    images: toPlaylistImages(playlist),
    name: playlist.name,
    owner: { ...toWireUserLink(playlist.ownerId, style), display_name: playlist.ownerName },
    primary_color: null,
    public: playlist.isPublic,
    snapshot_id: playlist.snapshotId,
  };
}

/** Spotify: simplified playlist object, as `GET /me/playlists` lists it. */
export function toSimplifiedPlaylist(playlist: CataloguePlaylist, style: WireStyle): JsonObject {
  const key = findPagingKey(style);
  return {
    ...toWirePlaylist(playlist, style),
    [key]: {
      href: `${style.apiUrl}/v1/playlists/${playlist.id}/${key}`,
      total: playlist.items.length,
    },
  };
}

/** Spotify: private user object. */
export function toWireMe({ user }: Catalogue, style: WireStyle): JsonObject {
  return {
    account_id: user.accountId,
    display_name: user.displayName,
    ...toWireUserLink(user.id, style),
    images: [],
    ...(style.appKind === 'C'
      ? {}
      : {
          country: 'DE',
          email: 'listener@example.com',
          explicit_content: { filter_enabled: false, filter_locked: false },
          followers: { href: null, total: 0 },
          product: 'premium',
        }),
  };
}

/** Spotify sends null, not an empty list, for a playlist nobody has put anything into. */
function toPlaylistImages({ imageUrl, items }: CataloguePlaylist): Json {
  if (imageUrl !== null) return [{ height: null, url: imageUrl, width: null }];
  return items.length === 0 ? null : [];
}
