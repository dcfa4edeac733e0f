import * as z from 'zod/mini';

/** A Spotify ID: 22 base-62 characters (Spotify: "Spotify URIs and IDs"). */
export const SPOTIFY_ID_PATTERN = /^[0-9A-Za-z]{22}$/;

const MAX_REF_LENGTH = 512;
const ID = '(?<id>[0-9A-Za-z]{22})';
const KIND = '(?<kind>playlist|album|artist|track|episode|show|audiobook)';
const QUERY = '(?:[?#].*)?';
const HOST = '(?:https?://)?(?:open|play)\\.spotify\\.com';
const REF_FORMS = [
  new RegExp(`^${ID}$`),
  new RegExp(`^spotify:(?:user:[^:]+:)?${KIND}:${ID}${QUERY}$`, 'i'),
  new RegExp(
    `^${HOST}/(?:intl-[a-z]{2}/)?(?:embed/)?(?:user/[^/]+/)?${KIND}/${ID}/?${QUERY}$`,
    'i',
  ),
];
/** Characters that are copied with a link from a chat or a document: spaces, zero-width characters, brackets. */
const AROUND = /^[\s\p{Cf}<]+|[\s\p{Cf}>]+$/gu;

const WITH_ARTICLE = { playlist: 'a playlist', artist: 'an artist' } as const;
type RefKind = keyof typeof WITH_ARTICLE;

/**
 * A reference as people paste it (URI, link, embed link or bare ID), parsed to the ID. Anything else fails with a message that
 * says what to do. The parsed ID is safe in a URL path.
 */
const createRefSchema = (wanted: RefKind) =>
  z.pipe(
    z
      .string()
      .check(z.maxLength(MAX_REF_LENGTH, `It is too long for ${WITH_ARTICLE[wanted]} link.`)),
    z.transform((ref, context) => {
      const text = ref.replaceAll(AROUND, '');
      const found = REF_FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups);
      const { id, kind = wanted } = found ?? {};
      if (id !== undefined && kind.toLowerCase() === wanted) return id;
      const named = id === undefined ? undefined : kind.toLowerCase();
      context.issues.push({
        code: 'custom',
        message: describeFault(text, wanted, named),
        input: ref,
      });
      return z.NEVER;
    }),
  );

export const playlistRefSchema = createRefSchema('playlist');
export const artistRefSchema = createRefSchema('artist');

function describeFault(text: string, wanted: RefKind, kind: string | undefined): string {
  if (kind !== undefined) return `It names a Spotify ${kind}, not ${WITH_ARTICLE[wanted]}.`;
  if (/^(?:https?:\/\/)?(?:spotify\.link|spotify\.app\.link)\//i.test(text)) {
    return 'It is a short link: open it in a browser and copy the long one.';
  }
  return `It must be spotify:${wanted}:<id>, a link such as https://open.spotify.com/${wanted}/<id>, or the 22-character ID.`;
}

/** Liked Songs are read and stored like a playlist, but have no ID at Spotify. This one means those of the user who logged in. */
export const LIKED_SONGS = 'liked';
const LIKED_PREFIX = `${LIKED_SONGS}:`;

/** The ID under which a user's Liked Songs are stored. */
export function toLikedSongsId(userId: string): string {
  return `${LIKED_PREFIX}${userId}`;
}

export function isLikedSongs(playlistId: string): boolean {
  return playlistId === LIKED_SONGS || playlistId.startsWith(LIKED_PREFIX);
}

/** Spotify's URI of a playlist, or of a user's Liked Songs. */
export function toPlaylistUri(playlistId: string): string {
  return playlistId.startsWith(LIKED_PREFIX)
    ? `spotify:user:${playlistId.slice(LIKED_PREFIX.length)}:collection`
    : `spotify:playlist:${playlistId}`;
}

/**
 * Whether the ID has the mark of a list that Spotify makes itself (Discover Weekly, Daily Mix, editorial lists). The Web
 * API serves these to no app registered since 2024-11-27.
 */
export function isSpotifyMade(playlistId: string): boolean {
  return playlistId.startsWith('37i9');
}
