import { type Json, type JsonObject } from './json.ts';

/** Kind of a Spotify app: A extended quota, B older development mode, C development mode since February 2026. */
export type AppKind = 'A' | 'B' | 'C';

/** What decides how one catalogue value looks in a reply. */
export type WireStyle = {
  readonly appKind: AppKind;
  /** Base of every `href` and `next`. */
  readonly apiUrl: string;
  readonly market: string | undefined;
  /** Tracks, albums and artists lack half of their optional fields. */
  readonly isSparse: boolean;
  /** False: the caller did not ask for episodes, so they are dressed up as tracks. */
  readonly showsEpisodes: boolean;
};

/** Height and width, and the part of the address that says so; the largest comes first. */
const IMAGE_SIZES = [
  [640, '0000b273'],
  [300, '00001e02'],
  [64, '00004851'],
] as const;

/** The five fields by which every Spotify object names itself. */
export function toWireLink(
  type: 'track' | 'album' | 'artist' | 'episode' | 'show' | 'user' | 'playlist',
  id: string,
  { apiUrl }: Pick<WireStyle, 'apiUrl'>,
): JsonObject {
  return {
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
    href: `${apiUrl}/v1/${type}s/${id}`,
    id,
    type,
    uri: `spotify:${type}:${id}`,
  };
}

/** Spotify: user object, as short as it gets. */
export function toWireUserLink(id: string, style: WireStyle): JsonObject {
  return toWireLink('user', id, style);
}

/** Spotify: image objects, largest first; empty where there is no image. */
export function toWireImages(url: string | null): Json {
  if (url === null) return [];
  return IMAGE_SIZES.map(([size, mark]) => ({
    url: url.replace('0000b273', mark),
    height: size,
    width: size,
  }));
}
