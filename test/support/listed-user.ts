/** A user whose playlists are all their own, loaded or not. */
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { SpotifySimulator } from '../../local/simulator/simulator.ts';
import { NO_ROWS, type World } from './world.ts';

export const EXTRACTED_AT = '2026-11-19T00:00:00.000Z';

/** Leaves a simulated user just so many playlists, the smallest ones. */
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

/** As if these had been loaded. */
export async function storeAsLoaded(
  world: World,
  playlists: readonly CataloguePlaylist[],
): Promise<void> {
  const playlist = playlists.map(({ id, items, snapshotId }) => ({
    playlist_id: id,
    playlist_snapshot_id: snapshotId,
    playlist_num_items: items.length,
    playlist_contributors: [],
    extracted_at: EXTRACTED_AT,
  }));
  await world.replaceRows({ ...NO_ROWS, playlist });
}
