import type { ListedPlaylist, PlaylistListing } from '../model/playlist-listing.ts';
import type { MyPlaylistsPage, MyPlaylistsSource } from './sources.ts';

/** More than a user can fill (11,000 playlists), so that reading a wrong list ends. */
const MAX_LIST_PAGES = 300;

export type MyPlaylistsExtract = Pick<PlaylistListing, 'total' | 'complete'> & {
  /** Without duplicates, in the user's order. */
  readonly playlists: readonly ListedPlaylist[];
  /** Entries that are null. */
  readonly empty: number;
};

export type ListLimits = {
  /** Pages to read at most. */
  readonly maxPages?: number | undefined;
  /** Called after each page with the number of entries so far, and the total. */
  readonly onPage?: ((read: number, total: number) => void) | undefined;
};

/**
 * Reads the list of the user's playlists page by page. The newest page says where the list ends; an empty page always ends it. If
 * the list moves meanwhile, a playlist can appear twice; it counts once.
 */
export async function extractMyPlaylists(
  source: Pick<MyPlaylistsSource, 'getPage' | 'expectPages'>,
  { maxPages = MAX_LIST_PAGES, onPage }: ListLimits = {},
): Promise<MyPlaylistsExtract> {
  const entries: MyPlaylistsPage['entries'][number][] = [];
  for (let pages = 1; ; pages += 1) {
    const page = await source.getPage(entries.length);
    entries.push(...page.entries);
    onPage?.(entries.length, page.total);
    const isEnd = !page.hasNext && entries.length >= page.total;
    if (isEnd || page.entries.length === 0 || pages >= maxPages) {
      return { ...sort(entries), total: page.total, complete: isEnd };
    }
    if (pages === 1) await source.expectPages(countPages(page, maxPages) - 1);
  }
}

/** The number of further pages of the first page's size, within the limit. */
function countPages({ entries, total }: MyPlaylistsPage, maxPages: number): number {
  return Math.min(maxPages, MAX_LIST_PAGES, Math.max(2, Math.ceil(total / entries.length)));
}

function sort(
  entries: MyPlaylistsPage['entries'],
): Pick<MyPlaylistsExtract, 'playlists' | 'empty'> {
  const listed = entries.filter((entry) => entry !== undefined);
  const playlists = new Map<string, ListedPlaylist>();
  for (const entry of listed) if (!playlists.has(entry.id)) playlists.set(entry.id, entry);
  return { playlists: [...playlists.values()], empty: entries.length - listed.length };
}
