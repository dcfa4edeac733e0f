import type { PlaylistItem } from '../../etl/model/spotify-objects.ts';

/** As many items as Spotify lets a list have: an item in forty is an episode or a local file, and nine people added them. */
export function createLargestList(size = 11_000): PlaylistItem[] {
  const id = '3cEYpjA9oz9GiPac4AsH4n';
  return Array.from({ length: size }, (_, index): PlaylistItem => {
    const added = { addedAt: 1_400_000_000 + index * 7_919, addedBy: `${index % 9}`.repeat(25) };
    if (index % 40 !== 0) return { kind: 'track', track: { id }, ...added };
    const name = 'A Name of Some Length';
    return index % 80 === 0
      ? { kind: 'episode', uri: `spotify:episode:${id}`, name, ...added }
      : { kind: 'local', uri: `spotify:local:An+Artist:An+Album:${name}:241`, name, ...added };
  });
}
