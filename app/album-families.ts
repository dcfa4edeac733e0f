/** The albums of artists as reports and the dashboard count them: editions of one album once. */
import type { ListingSink, StoredAlbums } from '../etl/load/sinks.ts';
import { toAlbumFamilies } from '../etl/transform/album-families.ts';
import { type Report, readStates } from './collect-albums.ts';

type StoredFamilies = {
  readonly states: Awaited<ReturnType<typeof readStates>>;
  readonly albums: Parameters<typeof toAlbumFamilies>[0];
  readonly families: ReturnType<typeof toAlbumFamilies>;
  /** Of the artists, by their IDs. */
  readonly names: ReadonlyMap<string, string>;
};

/** An artist without a stored name goes by the ID. */
export async function readFamilies(
  stored: StoredAlbums & ListingSink,
  asked: Report,
): Promise<StoredFamilies> {
  const states = await readStates({ stored }, asked);
  const albums = states.flatMap((state) => state.albums);
  const found = await stored.findNames(asked.artistIds);
  const names = new Map(asked.artistIds.map((id) => [id, found.get(id) ?? id]));
  return { states, albums, names, families: toAlbumFamilies(albums) };
}
