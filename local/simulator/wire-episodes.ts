import { type CatalogueEpisode } from './catalogue-model.ts';
import { type JsonObject } from './json.ts';
import { toWireImages, toWireLink, type WireStyle } from './wire-links.ts';

/** Spotify: episode object. */
export function toWireEpisode(episode: CatalogueEpisode, style: WireStyle): JsonObject {
  return {
    ...toEpisodeFacts(episode, style),
    audio_preview_url: null,
    description: `About ${episode.name}.`,
    html_description: `<p>About ${episode.name}.</p>`,
    images: toWireImages(episode.imageUrl),
    is_externally_hosted: false,
    language: 'en',
    languages: ['en'],
    release_date: episode.releaseDate,
    release_date_precision: 'day',
    show: {
      ...toWireLink('show', episode.showId, style),
      name: episode.showName,
      publisher: episode.showName,
      images: toWireImages(episode.imageUrl),
      media_type: 'audio',
    },
  };
}

/**
 * What a caller gets who did not ask for episodes: an album and an artist of type `show` stand
 * where a track has its own.
 */
export function toDisguisedEpisode(episode: CatalogueEpisode, style: WireStyle): JsonObject {
  const show = { ...toWireLink('show', episode.showId, style), name: episode.showName };
  return {
    ...toEpisodeFacts(episode, style),
    album: {
      ...show,
      album_type: 'compilation',
      images: toWireImages(episode.imageUrl),
      release_date: episode.releaseDate,
      release_date_precision: 'day',
      total_tracks: 1,
      artists: [show],
    },
    artists: [show],
    disc_number: 0,
    track_number: 0,
    external_ids: {},
    is_local: false,
    preview_url: null,
  };
}

function toEpisodeFacts(episode: CatalogueEpisode, style: WireStyle): JsonObject {
  return {
    ...toWireLink('episode', episode.id, style),
    name: episode.name,
    duration_ms: episode.durationMs,
    explicit: episode.isExplicit,
    episode: true,
    track: false,
  };
}
