/** Pages through a playlist's items after the first page, which came with the playlist. */
import { pMapIterable } from 'p-map';
import type { ItemPage } from '../etl/extract/sources.ts';
import type { Dialect } from './app-kind.ts';
import type { ApiCalls } from './client.ts';
import { isInvalidLimit, isPlainRefusal, toPlaylistError } from './errors.ts';
import { MAX_PAGE_LIMIT, parseItemPage } from './playlist-replies.ts';
import { type PageRange, playlistItemsRequest } from './requests.ts';
import type { SpotifySettings } from './spotify-run.ts';
import type { Answer } from './transport.ts';

type PagingOptions = Pick<SpotifySettings, 'apiUrl' | 'pagesInFlight'> & {
  readonly calls: ApiCalls;
  readonly dialect: Dialect;
  /** Whether calls use a user's token, or the app's own. */
  readonly hasUser: boolean;
};

type Listing = PagingOptions & {
  readonly playlistId: string;
  readonly progress: { itemsRead: number; readonly total: number };
  /** Aborted when the reading ends or fails, so that no call outlives it. */
  readonly stop: AbortSignal;
};

/** A range of the list, `end` exclusive, read by one request unless the server returns less. */
type Stretch = { readonly start: number; readonly end: number };

/**
 * The pages after `firstPage`, in order, several in flight. The first page's total says where the list ends; its `next` proposes
 * the page size; the server's answer says how many came. Ends at an empty page. After its end, a failure or `return`, it sends
 * nothing more.
 *
 * @throws EtlError of the failed call
 */
export async function* listItemPages(
  options: PagingOptions,
  playlistId: string,
  firstPage: ItemPage,
): AsyncGenerator<ItemPage, void, undefined> {
  const progress = { itemsRead: firstPage.items.length, total: firstPage.total };
  const stop = new AbortController();
  const listing = { ...options, playlistId, progress, stop: stop.signal };
  const read = async (stretch: Stretch): Promise<ItemPage> => {
    try {
      return await readStretch(listing, stretch);
    } catch (error) {
      // The first failure aborts the pages in flight; all fail with it.
      stop.abort(error);
      stop.signal.throwIfAborted();
      throw error;
    }
  };
  try {
    yield* readInTurn(options, firstPage, read);
  } finally {
    stop.abort();
  }
}

async function* readInTurn(
  { dialect, pagesInFlight }: PagingOptions,
  firstPage: ItemPage,
  read: (stretch: Stretch) => Promise<ItemPage>,
): AsyncGenerator<ItemPage, void, undefined> {
  const stretches = toStretches(firstPage, dialect.pageLimit);
  // If the dialect is unknown, one page finds out before several are requested.
  if (dialect.playlistApi === undefined) {
    const probe = stretches.next();
    if (probe.done === true) return;
    const page = await read(probe.value);
    yield page;
    if (page.items.length === 0) return;
  }
  for await (const page of pMapIterable(stretches, read, { concurrency: pagesInFlight })) {
    yield page;
    if (page.items.length === 0) return;
  }
}

/** The number of calls for the pages after the first, if the server keeps to its page size. */
export function countFurtherPages({ items, nextLimit, total }: ItemPage, dialect: Dialect): number {
  const left = Math.max(0, total - items.length);
  return Math.ceil(left / Math.min(nextLimit, dialect.pageLimit));
}

/** A generator, because a wrong `total` can be of any size. */
function* toStretches(
  { items, total, nextLimit }: ItemPage,
  pageLimit: number,
): Generator<Stretch, void, undefined> {
  const size = Math.min(nextLimit, pageLimit);
  for (let start = items.length; start < total; start += size) {
    yield { start, end: Math.min(start + size, total) };
  }
}

/** One page of a range, without its playlist. */
export async function readItems(
  options: PagingOptions,
  playlistId: string,
  range: PageRange,
): Promise<ItemPage> {
  const progress = { itemsRead: range.offset, total: range.offset + range.limit };
  const stop = new AbortController().signal;
  return await readPage({ ...options, playlistId, progress, stop }, range);
}

/** Reads one range completely, in as many requests as the server's page size requires. */
async function readStretch(listing: Listing, { start, end }: Stretch): Promise<ItemPage> {
  let stretch = await readPage(listing, { offset: start, limit: end - start });
  while (stretch.items.length < end - start) {
    const offset = start + stretch.items.length;
    const page = await readPage(listing, { offset, limit: end - offset });
    if (page.items.length === 0) break;
    stretch = { ...page, items: [...stretch.items, ...page.items] };
  }
  const items = stretch.items.slice(0, end - start);
  listing.progress.itemsRead += items.length;
  return { ...stretch, items };
}

async function readPage(listing: Listing, wanted: PageRange): Promise<ItemPage> {
  const { dialect } = listing;
  const limit = Math.min(wanted.limit, dialect.pageLimit);
  const answer = await callListing(listing, { ...wanted, limit });
  if (answer.ok) return parseItemPage(answer.body, { at: 'page', offset: wanted.offset });
  if (isInvalidLimit(answer.failure) && mayAskForLess(dialect, limit)) {
    return readPage(listing, wanted);
  }
  throw toPlaylistError(answer.failure, listing);
}

/** Halves the page size once per process. A page in flight uses the size that another page has learnt. */
function mayAskForLess(dialect: Dialect, refusedLimit: number): boolean {
  if (refusedLimit > dialect.pageLimit) return true;
  if (refusedLimit === 1 || dialect.pageLimit < MAX_PAGE_LIMIT) return false;
  dialect.pageLimit = Math.ceil(refusedLimit / 2);
  return true;
}

/** Uses the known name, else `/items`; after a refusal without a reason, it tries the other once. */
async function callListing(
  { apiUrl, calls, dialect, playlistId, stop }: Listing,
  range: PageRange,
): Promise<Answer> {
  const api = dialect.playlistApi ?? 'items';
  const answer = await calls.call(playlistItemsRequest(apiUrl, playlistId, { api, range }), stop);
  if (answer.ok) dialect.playlistApi = api;
  if (answer.ok || dialect.isFixed || !isPlainRefusal(answer.failure)) return answer;

  const otherApi = api === 'items' ? 'tracks' : 'items';
  const other = await calls.call(
    playlistItemsRequest(apiUrl, playlistId, { api: otherApi, range }),
    stop,
  );
  // If both refuse, the newer name's answer counts; any other failure says more than the refusal before it.
  if (!other.ok) return isPlainRefusal(other.failure) ? answer : other;
  dialect.playlistApi = otherApi;
  return other;
}
