/** What stands in a list, position by position. */
import * as z from 'zod/mini';
import { present } from './omit-absent.ts';
import { type PlaylistRecord, UNKNOWN } from './records.ts';
import type { PlaylistItem } from './spotify-objects.ts';

const text = z.exactOptional(z.string());

/** One position of a list as a library stores it. Wire names. */
export const playlistItemRowSchema = z.object({
  /** Absent where Spotify has withdrawn the item. */
  uri: text,
  /** ISO 8601 in UTC, to the second, as Spotify writes it. */
  added_at: text,
  /** The ID of the user who added it. */
  added_by: text,
});
export type PlaylistItemRow = z.infer<typeof playlistItemRowSchema>;

/** The same with what it is. */
export type ListedItem = PlaylistItemRow & {
  /** Counted from 0. */
  readonly position: number;
  readonly kind: PlaylistItem['kind'];
  /** Of what is not a track. */
  readonly name?: string;
};

/** The attributes of a playlist's row that hold its items. */
export const ITEM_ATTRIBUTES = [
  'playlist_tracks',
  'playlist_others',
  'playlist_added_at',
  'playlist_added_by',
  'playlist_contributors',
] as const satisfies readonly (keyof PlaylistRecord)[];
export type ItemAttributes = Pick<PlaylistRecord, (typeof ITEM_ATTRIBUTES)[number]>;

/** An item as far as it stands in the row of its list. */
type StoredItem = Pick<PlaylistItem, 'addedAt' | 'addedBy'> &
  (
    | { readonly kind: 'track'; readonly track: { readonly id: string } }
    | Exclude<PlaylistItem, { readonly kind: 'track' }>
  );

/** A list's items as attributes of its row; `listItems` makes the list of them again. */
export function toItemAttributes(items: readonly StoredItem[]): ItemAttributes {
  const contributors = [...new Set(items.flatMap(({ addedBy }) => addedBy ?? []))];
  const numbers = new Map(contributors.map((id, number) => [id, number]));
  return {
    playlist_tracks: items.flatMap((item) => (item.kind === 'track' ? [item.track.id] : [])),
    playlist_others: items.flatMap((item, position) => {
      if (item.kind === 'track') return [];
      const { kind, name, uri } = item;
      return [present({ position, kind, uri, name })];
    }),
    playlist_added_at: items.map(({ addedAt }) => addedAt ?? UNKNOWN),
    playlist_added_by: items.map(({ addedBy = '' }) => numbers.get(addedBy) ?? UNKNOWN),
    playlist_contributors: contributors.map((id) => id.toWellFormed()),
  };
}

/** The whole list in its order, every position of it, from the playlist's row. */
export function listItems(row: ItemAttributes): ListedItem[] {
  const others = new Map(row.playlist_others.map((other) => [other.position, other]));
  const tracks = row.playlist_tracks.values();
  return row.playlist_added_at.map((addedAt, position) => {
    const addedBy = row.playlist_contributors[row.playlist_added_by[position] ?? UNKNOWN];
    const { kind, name, uri } = others.get(position) ?? toTrack(tracks.next().value);
    return {
      position,
      kind,
      ...(uri !== undefined && { uri }),
      ...(name !== undefined && { name }),
      ...(addedAt !== UNKNOWN && { added_at: toIsoText(addedAt) }),
      ...(addedBy !== undefined && { added_by: addedBy }),
    };
  });
}

function toTrack(id: string | undefined): Pick<ListedItem, 'kind' | 'name' | 'uri'> {
  return { kind: 'track', uri: `spotify:track:${id}` };
}

/** In UTC, to the second. */
export function toIsoText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
