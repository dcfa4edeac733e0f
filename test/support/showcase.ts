/** Playlists to run, and what happens to them at Spotify. */
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { World } from './world.ts';

/** A list of the showcase of this many items. */
export function showcaseOfSize({ spotify }: World, size: number): CataloguePlaylist {
  const found = spotify.catalogue.showcase
    .map((id) => spotify.catalogue.playlists.get(id))
    .find((playlist) => playlist?.items.length === size);
  if (found === undefined) throw new Error(`The showcase has no list of ${size} items`);
  return found;
}

/** Has Spotify know new names for some of a list's tracks, albums and artists, and new tracks in it. */
export function changeAtSpotify({ spotify }: World, { id, items }: CataloguePlaylist): void {
  const { albums, artists, tracks } = spotify.catalogue;
  for (const item of items.slice(0, 9)) {
    const track = item.kind === 'track' ? tracks.get(item.trackId) : undefined;
    if (track === undefined) continue;
    tracks.set(track.id, { ...track, name: `${track.name} (Remastered)` });
    const album = albums.get(track.albumId);
    if (album !== undefined) albums.set(album.id, { ...album, name: `${album.name} (Deluxe)` });
    const artist = artists.get(track.artistIds[0] ?? '');
    if (artist !== undefined) artists.set(artist.id, { ...artist, name: `${artist.name} & Co.` });
  }
  spotify.appendTracks(id, 3);
}
