import * as z from 'zod/mini';
import type { MyPlaylistsPage, MyPlaylistsSource } from '../etl/extract/sources.ts';
import { listedPlaylistSchema } from '../etl/model/playlist-listing.ts';
import { brokenReply, parseReply } from './parse-reply.ts';
import { myPlaylistsRequest } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';
import { createUserPages } from './user-pages.ts';

const pageSchema = z.object({
  /** An entry without a playlist is skipped and counted, like a null. */
  items: z.array(z.catch(z.nullish(listedPlaylistSchema), undefined)),
  total: z.number(),
  offset: z.catch(z.nullish(z.number()), undefined),
  /** Only its presence is read: it can name any host. */
  next: z.catch(z.nullish(z.string()), undefined),
});

/** Spotify as the source of the user's lists for one run. */
export function createMyPlaylistsSource(spotify: SpotifyRun): MyPlaylistsSource {
  const { getPage, getUserId } = createUserPages(spotify, myPlaylistsRequest);
  return {
    getUserId,
    getPage: async (offset) => parsePage((await getPage(offset)).body, offset),
    expectPages: (count) => spotify.quota.reserveAll(count),
  };
}

function parsePage(body: unknown, offset: number): MyPlaylistsPage {
  const page = parseReply(pageSchema, body, 'my-playlists');
  if ((page.offset ?? offset) !== offset) {
    throw brokenReply('my-playlists.offset', `: asked for ${offset}, answered ${page.offset}`);
  }
  return {
    entries: page.items.map((entry) => entry ?? undefined),
    total: page.total,
    hasNext: typeof page.next === 'string',
  };
}
