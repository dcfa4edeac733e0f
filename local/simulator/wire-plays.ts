import { type Catalogue } from './catalogue-model.ts';
import { type JsonObject } from './json.ts';
import { type SimulatedPlay } from './plays.ts';
import { toWireLink, type WireStyle } from './wire-links.ts';
import { getById, toWireTrack } from './wire-shapes.ts';

/** Spotify: play history object; its content is under `track` in every kind. */
export function toWirePlay(
  { context, playedAtMs, trackId }: SimulatedPlay,
  catalogue: Catalogue,
  style: WireStyle,
): JsonObject {
  return {
    track: toWireTrack(getById(catalogue.tracks, trackId), catalogue, style),
    played_at: new Date(playedAtMs).toISOString(),
    context: context === null ? null : toWireContext(context, style),
  };
}

/** Spotify: context object; unlike every other link it has no `id`. What is left are the Liked Songs. */
function toWireContext(uri: string, style: WireStyle): JsonObject {
  const [, type, contextId = ''] = uri.split(':');
  if (type === 'album' || type === 'artist' || type === 'playlist') {
    const { id, ...context } = toWireLink(type, contextId, style);
    return context;
  }
  const external_urls = { spotify: 'https://open.spotify.com/collection' };
  return { type: 'collection', uri, href: `${style.apiUrl}/v1/me/tracks`, external_urls };
}
