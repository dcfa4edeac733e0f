/** Paging through a playlist's items after the first page, which came with the playlist itself. */
import { pMapIterable } from 'p-map';
import type { ItemPage } from '../etl/extract/sources.ts';
import type { Dialect } from './app-kind.ts';
import type { ApiCalls } from './client.ts';
import { isInvalidLimit, isPlainRefusal, toPlaylistError } from './errors.ts';
import { MAX_PAGE_LIMIT, parseItemPage } from './playlist-replies.ts';
import { type PageRange, playlistItemsRequest } from './requests.ts';
import type { Answer } from './transport.ts';

type PagingOptions = {
  readonly apiUrl: URL;
  readonly calls: ApiCalls;
  readonly dialect: Dialect;
  /** Pages asked for at the same time. */
  readonly pagesInFlight: number;
  /** Whether calls are made for a user, or the app speaks for itself. */
  readonly hasUser: boolean;
};

/** One reading of one list. */
type Listing = PagingOptions & {
  readonly playlistId: string;
  readonly progress: { itemsRead: number; readonly total: number };
  /** Given when the reading ends, well or not: no call outlives it. */
  readonly stop: AbortSignal;
};

/** A stretch of the list, `end` exclusive, read by one request unless the server answers with less. */
type Stretch = { readonly start: number; readonly end: number };

/**
 * The pages after `firstPage`, in order, several in flight. How far to go is the first page's total; how much to ask for
 * is what its `next` proposes; how much came is what the server answered. Ends at an empty page. Once it has ended, failed or
 * been abandoned, nothing more is sent for it.
 *
 * @throws EtlError whatever the failed call means
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
      // The first failure stops the pages in flight, and is what each of them then fails with.
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
  // While it is not known how this app is served, one page finds out before several ask at once.
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

/** How many calls the pages after the first take, if the server serves as much at a time as it offers. */
export function countFurtherPages({ items, nextLimit, total }: ItemPage, dialect: Dialect): number {
  const left = Math.max(0, total - items.length);
  return Math.ceil(left / Math.min(nextLimit, dialect.pageLimit));
}

/** One at a time, because `total` is only what Spotify says: a false one may be of any size. */
function* toStretches(
  { items, total, nextLimit }: ItemPage,
  pageLimit: number,
): Generator<Stretch, void, undefined> {
  const size = Math.min(nextLimit, pageLimit);
  for (let start = items.length; start < total; start += size) {
    yield { start, end: Math.min(start + size, total) };
  }
}

/** One stretch whole, in as many requests as the server's page size makes it. */
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

/** Halves the page once per process. A page that was in flight meanwhile takes the size learnt from another's refusal. */
function mayAskForLess(dialect: Dialect, refusedLimit: number): boolean {
  if (refusedLimit > dialect.pageLimit) return true;
  if (refusedLimit === 1 || dialect.pageLimit < MAX_PAGE_LIMIT) return false;
  dialect.pageLimit = Math.ceil(refusedLimit / 2);
  return true;
}

/** Asks under the name that is known to answer, else `/items`; on a refusal without a reason, once under the other. */
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
  // Refused under both, the newer name's answer counts; any other failure says more than the refusal before it.
  if (!other.ok) return isPlainRefusal(other.failure) ? answer : other;
  dialect.playlistApi = otherApi;
  return other;
}
