import { EtlError } from '../errors.ts';
import type { PlaylistItem, PlaylistMetadata } from '../model/spotify-objects.ts';
import { PAGE_ITEMS } from '../model/sync.ts';
import { MAX_READS } from './playlist.ts';
import type { ItemPage, ListSource } from './sources.ts';

export type ListRead = {
  readonly metadata: PlaylistMetadata;
  readonly items: readonly PlaylistItem[];
  /** Whether one call has read it, so that nothing can have moved meanwhile. */
  readonly isOnePage: boolean;
};

/**
 * Reads a list that is written to, to its end: each page must tell the same total, and the items must be as many. What moves from
 * one page to another meanwhile goes unseen.
 *
 * @throws EtlError the opening's, if Spotify does not serve the items; `PLAYLIST_KEEPS_CHANGING` after three reads
 */
export async function extractList(source: ListSource, playlistId: string): Promise<ListRead> {
  for (let read = 1; read <= MAX_READS; read += 1) {
    const opening = await source.getPlaylist(playlistId);
    if (opening.firstPage === undefined) throw opening.itemsError;
    const { firstPage, metadata } = opening;
    const pages: ItemPage[] = [firstPage];
    if (firstPage.hasNext) {
      for await (const page of source.listFurtherPages(playlistId, firstPage)) pages.push(page);
    }
    const items = pages.flatMap((page) => page.items);
    const isWhole = pages.every(({ total }) => total === items.length);
    if (isWhole) return { metadata, items, isOnePage: pages.length === 1 };
  }
  throw keepsChanging('target');
}

export function keepsChanging(list: 'source' | 'target'): EtlError {
  return new EtlError(
    'PLAYLIST_KEEPS_CHANGING',
    `The ${list} changed during each of ${MAX_READS} reads. Try again when it is quieter.`,
  );
}

/**
 * So many items at one end of a list that should have `total` by now; undefined if it has not.
 */
export async function extractEnd(
  source: ListSource,
  playlistId: string,
  {
    count,
    end,
    total,
  }: { readonly count: number; readonly end: 'start' | 'end'; readonly total: number },
): Promise<PlaylistItem[] | undefined> {
  const first = end === 'start' ? 0 : total - count;
  const items: PlaylistItem[] = [];
  for (let offset = first; offset < first + count; offset += PAGE_ITEMS) {
    const limit = Math.min(PAGE_ITEMS, first + count - offset);
    const page = await source.getItems(playlistId, { offset, limit });
    if (page.total !== total || page.items.length !== limit) return undefined;
    items.push(...page.items);
  }
  return items;
}
