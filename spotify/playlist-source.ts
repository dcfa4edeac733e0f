import type { ItemPage, ListSource } from '../etl/extract/sources.ts';
import { toPlaylistError } from './errors.ts';
import { countFurtherPages, listItemPages, readItems } from './item-pages.ts';
import { parsePlaylistReply, parseSnapshotReply, refuseOtherPlaylist } from './playlist-replies.ts';
import { notReadable } from './refusals.ts';
import { playlistRequest } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';
import type { Answer } from './transport.ts';

type GoodAnswer = Extract<Answer, { ok: true }>;

/** No playlist needs more, even if Spotify's total is wrong. */
const MOST_PAGES = 500;

/** For a page and its rows, rather too long: a request that runs out of time has spent its calls for nothing. */
const CALL_MS = 500;

/** How far the reading of a list is, its first page included. Wire names. */
export type PageProgress = { readonly pages_done: number; readonly pages_total: number };

/** Spotify as a source of playlists for one run. `onProgress` is called for each page after the first. */
export function createPlaylistSource(
  { calls, quota, session }: SpotifyRun,
  onProgress?: (progress: PageProgress) => void,
): ListSource {
  const { dialect, settings, tokens } = session;
  const callPlaylist = async (playlistId: string, fields?: string): Promise<GoodAnswer> => {
    const request = playlistRequest(settings.apiUrl, playlistId, fields);
    const answer = await calls.call(request);
    if (!answer.ok) {
      throw toPlaylistError(answer.failure, { playlistId, hasUser: tokens.hasUser });
    }
    refuseOtherPlaylist(answer.body, playlistId);
    return answer;
  };
  const paging = (): Parameters<typeof readItems>[0] => {
    const { hasUser } = tokens;
    return { ...settings, calls, dialect, hasUser };
  };
  const countPages = (firstPage: ItemPage): number => {
    dialect.recall(session.quota.state.facts);
    return Math.min(countFurtherPages(firstPage, dialect), MOST_PAGES);
  };
  return {
    isTooLong: (firstPage) =>
      firstPage.hasNext &&
      quota.isTooSlow(countPages(firstPage) + 1, CALL_MS / settings.pagesInFlight),
    getItems: (playlistId, range) => readItems(paging(), playlistId, range),
    getPlaylist: async (playlistId) => {
      const { body, sentAt } = await callPlaylist(playlistId);
      const { appKind, firstPage, leftOut, metadata } = parsePlaylistReply(body);
      dialect.appKind = appKind ?? dialect.appKind;
      const opening = { metadata, leftOut, openedAt: sentAt };
      return firstPage === undefined
        ? { ...opening, itemsError: notReadable(tokens.hasUser) }
        : { ...opening, firstPage };
    },
    getSnapshotId: async (playlistId) =>
      parseSnapshotReply((await callPlaylist(playlistId, 'snapshot_id')).body),
    listFurtherPages: async function* (playlistId, firstPage) {
      // All calls that the run still needs: the pages and the closing check.
      const pages = countPages(firstPage);
      if (pages > 0) await quota.reserveAll(pages + 1);
      let pages_done = 1;
      for await (const page of listItemPages(paging(), playlistId, firstPage)) {
        pages_done += 1;
        onProgress?.({ pages_done, pages_total: Math.max(pages_done, pages + 1) });
        yield page;
      }
    },
  };
}
