import * as z from 'zod/mini';
import { SkippableError } from '../errors.ts';
import type { MyPlaylistsPage, MyPlaylistsSource } from '../extract/sources.ts';
import { listedPlaylistSchema } from '../model/playlist-listing.ts';
import type { Run } from '../model/summaries.ts';
import { createApiCalls } from './api-calls.ts';
import { isInvalidLimit, toUserError } from './failures.ts';
import { brokenReply, parseReply } from './parse-reply.ts';
import type { SpotifySession } from './playlist-source.ts';
import { meRequest, myPlaylistsRequest } from './requests.ts';

/** Spotify's limit for this list. */
const PAGE_LIMIT = 50;

const userSchema = z.object({ id: z.string().check(z.minLength(1)) });
const pageSchema = z.object({
  items: z.array(z.nullish(listedPlaylistSchema)),
  total: z.number(),
  offset: z.nullish(z.number()),
  /** Read for its presence only: it may name any host. */
  next: z.nullish(z.string()),
});

/**
 * Spotify as the source of the user's lists for one run; counts the calls of that run.
 *
 * @throws SkippableError `PLAYLIST_NOT_READABLE` at the first call where the app speaks for itself
 */
export function createMyPlaylistsSource(
  session: SpotifySession,
  run: Pick<Run, 'deadlineAt'>,
): MyPlaylistsSource & { readonly requestCount: () => number } {
  const { apiUrl, refreshToken } = session.settings;
  const calls = createApiCalls(session, run);
  let limit = PAGE_LIMIT;
  const getPage = async (offset: number): Promise<MyPlaylistsPage> => {
    refuseWithoutUser(refreshToken);
    const answer = await calls.call(myPlaylistsRequest(apiUrl, { offset, limit }));
    if (answer.ok) return parsePage(answer.body, offset);
    if (!isInvalidLimit(answer.failure) || limit === 1) throw toUserError(answer.failure);
    limit = Math.ceil(limit / 2);
    return getPage(offset);
  };
  return {
    getUserId: async () => {
      refuseWithoutUser(refreshToken);
      const answer = await calls.call(meRequest(apiUrl));
      if (!answer.ok) throw toUserError(answer.failure);
      return parseReply(userSchema, answer.body, 'me').id;
    },
    getPage,
    requestCount: calls.count,
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

function refuseWithoutUser(refreshToken: string | undefined): void {
  if (refreshToken !== undefined) return;
  throw new SkippableError(
    'PLAYLIST_NOT_READABLE',
    "A list of playlists is a user's, and this app speaks for itself. Log in, so that calls are made for an account.",
  );
}
