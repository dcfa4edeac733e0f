import * as z from 'zod/mini';

/** A Spotify ID: 22 base-62 characters (Spotify: "Spotify URIs and IDs"). */
export const SPOTIFY_ID_PATTERN = /^[0-9A-Za-z]{22}$/;

const MAX_REF_LENGTH = 512;
const ID = '([0-9A-Za-z]{22})';
const REF_FORMS = [
  new RegExp(`^${ID}$`),
  new RegExp(`^spotify:playlist:${ID}$`),
  new RegExp(`^https://open\\.spotify\\.com/(?:intl-[a-z]{2}/)?playlist/${ID}/?(?:[?#].*)?$`),
];

/**
 * A playlist reference as people paste it (URI, link or bare ID), parsed to the playlist's ID.
 * Anything else fails to parse; the ID that comes out is safe in a URL path.
 */
export const playlistRefSchema = z.pipe(
  z.string().check(z.trim(), z.maxLength(MAX_REF_LENGTH)),
  z.transform((ref, context) => {
    const id = REF_FORMS.map((form) => form.exec(ref)?.[1]).find((found) => found !== undefined);
    if (id !== undefined) return id;
    context.issues.push({ code: 'custom', message: 'not a playlist reference', input: ref });
    return z.NEVER;
  }),
);

/** `spotify:playlist:<id>` of a playlist's ID. */
export function toPlaylistUri(playlistId: string): string {
  return `spotify:playlist:${playlistId}`;
}

/**
 * Whether the ID has the mark of a list that Spotify makes itself (Discover Weekly, Daily Mix, editorial lists). The Web
 * API serves these to no app registered since 2024-11-27.
 */
export function isSpotifyMade(playlistId: string): boolean {
  return playlistId.startsWith('37i9');
}
