import { EtlError } from '../errors.ts';
import type { Playlist, PlaylistItem } from '../model/spotify-objects.ts';
import type { ItemPage, PlaylistOpening, PlaylistSource } from './sources.ts';

/** Gives up on a list that changes during each of this many reads. */
export const MAX_READS = 3;

/** The extracted playlist. */
export type PlaylistExtract = Playlist & Pick<PlaylistOpening, 'openedAt' | 'leftOut'>;

/**
 * Reads a playlist to its end, complete or not at all: the number of items equals Spotify's total, and the snapshot is the same
 * before and after. Starts from an opening, so a list that fits its first page costs no further call; a longer one costs its
 * further pages and one closing check. The result has the date of the opening it was read from; if the list changed meanwhile,
 * that is not the first.
 *
 * @throws EtlError the opening's, if Spotify does not serve the items
 * @throws EtlError `PLAYLIST_KEEPS_CHANGING` after three reads; `SPOTIFY_RESPONSE_INVALID` if the count is not the total
 */
export async function extractPlaylist(
  source: PlaylistSource,
  opening: PlaylistOpening,
): Promise<PlaylistExtract> {
  const playlistId = opening.metadata.id;
  let current = opening;
  for (let read = 1; ; read += 1) {
    const firstPage = readablePage(current);
    if (!firstPage.hasNext) return complete(current, [firstPage]);

    const pages = await readPages(source, playlistId, firstPage);
    const closingSnapshotId = await source.getSnapshotId(playlistId);
    if (closingSnapshotId === current.metadata.snapshot_id) return complete(current, pages);
    if (read === MAX_READS) throw keepsChanging();
    current = await source.getPlaylist(playlistId);
  }
}

function readablePage(opening: PlaylistOpening): ItemPage {
  if (opening.firstPage === undefined) throw opening.itemsError;
  return opening.firstPage;
}

async function readPages(
  source: PlaylistSource,
  playlistId: string,
  firstPage: ItemPage,
): Promise<[ItemPage, ...ItemPage[]]> {
  const pages: [ItemPage, ...ItemPage[]] = [firstPage];
  for await (const page of source.listFurtherPages(playlistId, firstPage)) pages.push(page);
  return pages;
}

function complete(
  { metadata, openedAt, ...opening }: PlaylistOpening,
  pages: readonly [ItemPage, ...ItemPage[]],
): PlaylistExtract {
  const [{ total }] = pages;
  const items: PlaylistItem[] = pages.flatMap((page) => page.items);
  const endsHere = pages.at(-1)?.hasNext === false;
  const leftOut = pages.reduce((sum, page) => sum + (page.leftOut ?? 0), opening.leftOut ?? 0);
  if (items.length === total && endsHere) return { metadata, openedAt, items, leftOut };
  throw new EtlError(
    'SPOTIFY_RESPONSE_INVALID',
    `Spotify says that the playlist has ${total} items but served ${items.length}${endsHere ? '' : ' and says that more follow'}. Nothing was written; try again later.`,
    { facts: { total, items_read: items.length } },
  );
}

function keepsChanging(): EtlError {
  return new EtlError(
    'PLAYLIST_KEEPS_CHANGING',
    `The playlist changed during each of ${MAX_READS} reads. Nothing was written; try again when it is quieter.`,
    { facts: { reads: MAX_READS } },
  );
}
