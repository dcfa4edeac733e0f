/** Leaves a simulated user just so many playlists, the smallest ones, all of their own. */
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { SpotifySimulator } from '../../local/simulator/simulator.ts';

export function keepOwnPlaylists(
  { catalogue }: SpotifySimulator,
  count: number,
): CataloguePlaylist[] {
  const kept = [...catalogue.playlists.values()]
    .filter(({ access }) => access === 'own')
    .sort((one, other) => one.items.length - other.items.length)
    .slice(0, count);
  catalogue.playlists.clear();
  for (const playlist of kept) catalogue.playlists.set(playlist.id, playlist);
  return kept;
}
