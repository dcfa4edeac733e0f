import type { ItemAttributes } from '../model/playlist-items.ts';
import { UNKNOWN } from '../model/records.ts';
import type { PlaylistItem } from '../model/spotify-objects.ts';
import { present } from './omit-absent.ts';

/** A list's items as attributes of its row; `listItems` makes the list of them again. */
export function toItemAttributes(items: readonly PlaylistItem[]): ItemAttributes {
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
