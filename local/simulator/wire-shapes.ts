import {
  type Catalogue,
  type CatalogueAlbum,
  type CatalogueItem,
  type CatalogueLike,
  type CatalogueTrack,
} from './catalogue-model.ts';
import { type Json, type JsonObject } from './json.ts';
import { MARKETS } from './markets.ts';
import { thinOut } from './sparse.ts';
import { toDisguisedEpisode, toWireEpisode } from './wire-episodes.ts';
import { toWireImages, toWireLink, toWireUserLink, type WireStyle } from './wire-links.ts';

/** Spotify: playlist track object; under `item` in kind C, under `track` before. */
export function toWireItem(
  item: CatalogueItem,
  catalogue: Catalogue,
  style: WireStyle,
): JsonObject {
  return {
    added_at: item.addedAt,
    added_by: item.addedBy === null ? null : toWireUserLink(item.addedBy, style),
    is_local: item.kind === 'local',
    primary_color: null,
    video_thumbnail: { url: null },
    [style.appKind === 'C' ? 'item' : 'track']: toWireThing(item, catalogue, style),
  };
}

/** Spotify: saved track object; its content is under `track` in every kind. */
export function toWireLike(
  { addedAt, trackId }: CatalogueLike,
  catalogue: Catalogue,
  style: WireStyle,
): JsonObject {
  const track = toWireTrack(getById(catalogue.tracks, trackId), catalogue, style);
  return { added_at: addedAt, track };
}

function toWireThing(
  item: CatalogueItem,
  catalogue: Catalogue,
  style: WireStyle,
): JsonObject | null {
  switch (item.kind) {
    case 'track':
      return toWireTrack(getById(catalogue.tracks, item.trackId), catalogue, style);
    case 'episode': {
      const episode = getById(catalogue.episodes, item.episodeId);
      return style.showsEpisodes
        ? toWireEpisode(episode, style)
        : toDisguisedEpisode(episode, style);
    }
    case 'local':
      return toWireLocalFile(item, style);
    case 'unavailable':
      return null;
  }
}

/** Spotify: full track object. */
export function toWireTrack(
  track: CatalogueTrack,
  catalogue: Catalogue,
  style: WireStyle,
): JsonObject {
  const wire = {
    preview_url: null,
    explicit: track.isExplicit,
    type: 'track',
    episode: false,
    track: true,
    album: toWireAlbum(getById(catalogue.albums, track.albumId), catalogue, style),
    artists: toWireArtists(track.artistIds, catalogue, style),
    disc_number: track.discNumber,
    track_number: track.trackNumber,
    duration_ms: track.durationMs,
    external_ids: track.isrc === null ? {} : { isrc: track.isrc },
    ...toWireLink('track', track.id, style),
    name: track.name,
    is_local: false,
    ...(style.market === undefined ? {} : { is_playable: true }),
    ...(style.appKind === 'C' ? {} : { popularity: track.popularity, available_markets: MARKETS }),
  };
  return style.isSparse ? thinOut(track.id, wire) : wire;
}

/** Spotify: simplified track object. */
export function toWireAlbumTrack(
  track: CatalogueTrack,
  catalogue: Catalogue,
  style: WireStyle,
): JsonObject {
  const wire = {
    artists: toWireArtists(track.artistIds, catalogue, style),
    disc_number: track.discNumber,
    track_number: track.trackNumber,
    duration_ms: track.durationMs,
    explicit: track.isExplicit,
    ...toWireLink('track', track.id, style),
    name: track.name,
    is_local: false,
    preview_url: null,
    ...(style.market === undefined ? {} : { is_playable: true }),
    ...(style.appKind === 'C' ? {} : { available_markets: MARKETS }),
  };
  return style.isSparse ? thinOut(track.id, wire) : wire;
}

/** Spotify: simplified album object. */
export function toWireAlbum(
  album: CatalogueAlbum,
  catalogue: Catalogue,
  style: WireStyle,
): JsonObject {
  const wire = {
    ...toWireLink('album', album.id, style),
    album_type: album.type,
    name: album.name,
    images: toWireImages(album.imageUrl),
    release_date: album.releaseDate,
    release_date_precision: album.releaseDatePrecision,
    total_tracks: album.totalTracks,
    artists: toWireArtists(album.artistIds, catalogue, style),
    ...(style.appKind === 'C' ? {} : { available_markets: MARKETS }),
  };
  return style.isSparse ? thinOut(album.id, wire) : wire;
}

function toWireArtists(ids: readonly string[], catalogue: Catalogue, style: WireStyle): Json {
  return ids.map((id) => toWireArtist(id, catalogue, style));
}

/** Spotify: simplified artist object. */
export function toWireArtist(id: string, catalogue: Catalogue, style: WireStyle): JsonObject {
  const wire = {
    ...toWireLink('artist', id, style),
    name: getById(catalogue.artists, id).name,
  };
  return style.isSparse ? thinOut(id, wire) : wire;
}

/** A file of the owner's disk: it has no ids, and its facts stand in its URI. */
function toWireLocalFile(
  file: Extract<CatalogueItem, { kind: 'local' }>,
  style: WireStyle,
): JsonObject {
  const nowhere = { external_urls: {}, href: null, id: null };
  const markets: JsonObject = style.appKind === 'C' ? {} : { available_markets: [] };
  return {
    ...nowhere,
    ...markets,
    ...(style.appKind === 'C' ? {} : { popularity: 0 }),
    album: {
      ...nowhere,
      ...markets,
      album_type: null,
      artists: [],
      images: [],
      name: file.albumName,
      release_date: null,
      release_date_precision: null,
      type: 'album',
      uri: null,
    },
    artists: [{ ...nowhere, name: file.artistName, type: 'artist', uri: null }],
    disc_number: 0,
    track_number: 0,
    duration_ms: file.durationMs,
    explicit: false,
    external_ids: {},
    is_local: true,
    name: file.name,
    preview_url: null,
    type: 'track',
    uri: toLocalUri(file),
  };
}

export function toLocalUri(file: Extract<CatalogueItem, { kind: 'local' }>): string {
  const parts = [file.artistName, file.albumName, file.name].map(encodeURIComponent).join(':');
  return `spotify:local:${parts.replaceAll('%20', '+')}:${Math.round(file.durationMs / 1000)}`;
}

/** Throws where the catalogue has none of this ID. */
export function getById<T>(values: ReadonlyMap<string, T>, id: string): T {
  const value = values.get(id);
  if (value === undefined)
    throw new Error(`The catalogue refers to ${id}, which it does not hold.`);
  return value;
}
