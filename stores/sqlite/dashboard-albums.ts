import type { Library } from './library.ts';

/** Artists whose albums were listed in one market. */
export type ListedArtists = { readonly market: string; readonly artistIds: readonly string[] };

const ARTISTS = `SELECT artist_id, market FROM artist_listing
  WHERE market = (SELECT market FROM artist_listing ORDER BY checked_at DESC, market LIMIT 1)
  ORDER BY artist_id`;

/** Those of the market that was asked for last; undefined without any. */
export async function findListedArtists(library: Library): Promise<ListedArtists | undefined> {
  const [rows = []] = await library.run([{ sql: ARTISTS }]);
  const [first] = rows;
  if (first === undefined) return undefined;
  const artistIds = rows.map(({ artist_id }) => String(artist_id));
  return { market: String(first.market), artistIds };
}
