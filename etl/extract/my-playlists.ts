import type { ListedPlaylist } from '../model/playlist-listing.ts';
import type { MyPlaylistsPage, MyPlaylistsSource } from './sources.ts';

/** More pages than Spotify lets a user fill (11,000 playlists): a list that goes on beyond them is not followed for ever. */
const MAX_LIST_PAGES = 300;

export type MyPlaylistsExtract = {
  /** Each once, in the user's order. */
  readonly playlists: readonly ListedPlaylist[];
  /** Entries that are null. */
  readonly empty: number;
  readonly total: number;
  /** Whether the source says that nothing more follows, and as many entries came as it counts. */
  readonly complete: boolean;
};

export type ListLimits = {
  /** Pages to read at most. */
  readonly maxPages?: number | undefined;
  /** Told after each page how many entries there are so far, of how many. */
  readonly onPage?: ((read: number, total: number) => void) | undefined;
};

/**
 * Reads the list of the user's playlists page by page. How far to go is what the newest page says; an empty page ends it in
 * any case. A list that moves while it is read may show a playlist twice: it counts once.
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

/** As many as the first page's size makes of the total, and no more than may be read. */
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
