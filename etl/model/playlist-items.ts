/** What stands in a list, position by position, as a library stores it. */
import * as z from 'zod/mini';
import type { PlaylistRecord } from './records.ts';

const text = z.exactOptional(z.string());

export const playlistItemRowSchema = z.object({
  /** Absent where Spotify does not say what stands there. */
  uri: text,
  /** ISO 8601. */
  added_at: text,
  /** The user's ID. */
  added_by: text,
});
export type PlaylistItemRow = z.infer<typeof playlistItemRowSchema>;

/** Attributes of a playlist's record that `toItemRows` makes rows of. */
export const ITEM_ATTRIBUTES = ['playlist_tracks'] as const;

/** In the list's order. */
export function toItemRows({ playlist_tracks }: PlaylistRecord): PlaylistItemRow[] {
  return playlist_tracks.map((id) => ({ uri: toTrackUri(id) }));
}

/** `spotify:track:<id>` of a track's ID. */
function toTrackUri(trackId: string): string {
  return `spotify:track:${trackId}`;
}
