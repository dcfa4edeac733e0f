import { type JsonObject } from './json.ts';

/** Fields of tracks, albums and artists that fill an attribute and refer to nothing. */
const OPTIONAL_FIELDS = [
  'name',
  'duration_ms',
  'explicit',
  'disc_number',
  'external_ids',
  'track_number',
  'popularity',
  'album_type',
  'release_date',
  'images',
  'release_date_precision',
  'total_tracks',
];

/** Leaves out every other optional field of a track, an album or an artist: the even ones or the odd ones, as its ID says. */
export function thinOut(id: string, wire: JsonObject): JsonObject {
  const parity = id.charCodeAt(0) % 2;
  return Object.fromEntries(
    Object.entries(wire).filter(([name]) => {
      const place = OPTIONAL_FIELDS.indexOf(name);
      return place === -1 || place % 2 === parity;
    }),
  );
}
