import { type PlaylistRecord, UNKNOWN } from './records.ts';
import type { PlaylistItem } from './spotify-objects.ts';

/** One position of a stored playlist. Wire names. */
export type PlaylistItemRow = {
  /** Counted from 0. */
  readonly position: number;
  readonly kind: PlaylistItem['kind'];
  /** Absent where Spotify names nothing: it has withdrawn the item. */
  readonly uri?: string | undefined;
  /** Of what is not a track. */
  readonly name?: string | undefined;
  /** ISO 8601 in UTC, to the second, as Spotify writes it. */
  readonly added_at?: string;
  /** The ID of the user who added it. */
  readonly added_by?: string;
};

/** The attributes of a playlist's row that hold its items. */
export type ItemAttributes = Pick<
  PlaylistRecord,
  | 'playlist_tracks'
  | 'playlist_others'
  | 'playlist_added_at'
  | 'playlist_added_by'
  | 'playlist_contributors'
>;

/** The whole list, every position of it, from the playlist's row. */
export function toItemRows(row: ItemAttributes): PlaylistItemRow[] {
  const others = new Map(row.playlist_others.map((other) => [other.position, other]));
  const tracks = row.playlist_tracks.values();
  return row.playlist_added_at.map((addedAt, position) => {
    const addedBy = row.playlist_contributors[row.playlist_added_by[position] ?? UNKNOWN];
    const content = others.get(position) ?? toTrack(tracks.next().value);
    return {
      ...content,
      position,
      ...(addedAt !== UNKNOWN && { added_at: toIsoText(addedAt) }),
      ...(addedBy !== undefined && { added_by: addedBy }),
    };
  });
}

function toTrack(id: string | undefined): Pick<PlaylistItemRow, 'kind' | 'uri'> {
  return { kind: 'track', uri: `spotify:track:${id}` };
}

function toIsoText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
