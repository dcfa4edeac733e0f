import { type Answer, toErrorAnswer, toJsonAnswer } from './answers.ts';
import { type ApiRequest, findMaximumLimit, type World } from './api-request.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { type PageWindow, toPage } from './paging.ts';
import { type RecordedPlaylist } from './recorded.ts';
import { toWireLink } from './wire-links.ts';

const EMBEDDED_LIMIT = 100;

/**
 * A recorded playlist object as it stands, but for its page: addresses lead to this simulator, and
 * `total` and `next` say where the recording ends.
 */
export function answerRecordedPlaylist(
  recorded: RecordedPlaylist,
  world: World,
  { forced }: ApiRequest,
): JsonObject {
  const head = recorded.head ?? createHead(recorded.id, world);
  const { tracks, items, ...rest } = head;
  const whole = { ...rest, snapshot_id: recorded.snapshotId };
  const { entries } = recorded;
  if (entries === undefined) return whole;
  const pages = {
    ...toRecordedPage('tracks', tracks, { entries, world, forced }),
    ...toRecordedPage('items', items, { entries, world, forced }),
  };
  if (Object.keys(pages).length > 0) return { ...whole, ...pages };
  const window = { offset: 0, limit: EMBEDDED_LIMIT, ...forced };
  return { ...whole, items: toEntriesPage(recorded, world, { family: 'items', window }) };
}

type RecordedPageContext = {
  readonly entries: readonly Json[];
  readonly world: World;
  readonly forced: Partial<PageWindow>;
};

/** The page inside a recorded playlist object, under its own key; nothing where there is none. */
function toRecordedPage(
  key: 'items' | 'tracks',
  page: Json | undefined,
  { entries, world, forced }: RecordedPageContext,
): JsonObject {
  if (!isJsonObject(page) || !isJsonArray(page.items) || typeof page.href !== 'string') return {};
  const { pathname, search } = new URL(page.href);
  const items = page.items.slice(0, forced.limit);
  const isWhole = items.length === entries.length;
  const window = {
    offset: 0,
    limit: isWhole && typeof page.limit === 'number' ? page.limit : items.length,
    nextLimit: findMaximumLimit(world),
  };
  const url = `${world.apiUrl}${pathname}${search}`;
  return { [key]: { ...page, ...toPage(items, { url, total: entries.length, ...window }) } };
}

/** The recorded entries as they stand, in pages of the size asked for. */
export function answerRecordedListing(
  recorded: RecordedPlaylist,
  world: World,
  place: { readonly family: string; readonly window: PageWindow },
): Answer {
  if (recorded.entries === undefined) return toErrorAnswer(403, 'Forbidden');
  return toJsonAnswer(toEntriesPage(recorded, world, place));
}

function toEntriesPage(
  { id, entries = [] }: RecordedPlaylist,
  { apiUrl }: World,
  { family, window }: { readonly family: string; readonly window: PageWindow },
): JsonObject {
  const { offset, limit } = window;
  const url = `${apiUrl}/v1/playlists/${id}/${family}`;
  return toPage(entries.slice(offset, offset + limit), { url, total: entries.length, ...window });
}

function createHead(id: string, world: World): JsonObject {
  return {
    ...toWireLink('playlist', id, world),
    collaborative: false,
    description: null,
    images: [],
    name: id,
    owner: { ...toWireLink('user', 'recorded', world), display_name: null },
    public: null,
  };
}
