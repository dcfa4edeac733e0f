import * as z from 'zod/mini';
import { EtlError } from '../etl/errors.ts';
import type { MyPlaylistsPage, MyPlaylistsSource } from '../etl/extract/sources.ts';
import { listedPlaylistSchema } from '../etl/model/playlist-listing.ts';
import { isInvalidLimit, toUserError } from './errors.ts';
import { brokenReply, parseReply } from './parse-reply.ts';
import { meRequest, myPlaylistsRequest } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';

/** Spotify's limit for this list. */
const PAGE_LIMIT = 50;

const userSchema = z.object({ id: z.string().check(z.minLength(1)) });
const pageSchema = z.object({
  /** An entry without a playlist is skipped and counted, like a null. */
  items: z.array(z.catch(z.nullish(listedPlaylistSchema), undefined)),
  total: z.number(),
  offset: z.catch(z.nullish(z.number()), undefined),
  /** Only its presence is read: it can name any host. */
  next: z.catch(z.nullish(z.string()), undefined),
});

/**
 * Spotify as the source of the user's lists for one run.
 *
 * @throws EtlError `PLAYLIST_NOT_READABLE` at the first call without a user's login
 */
export function createMyPlaylistsSource({ calls, quota, session }: SpotifyRun): MyPlaylistsSource {
  const { tokens } = session;
  const { apiUrl } = session.settings;
  let limit = PAGE_LIMIT;
  /** Reserves first, because a cooldown forbids token requests too. */
  const requireUser = async (): Promise<void> => {
    await quota.reserve();
    await calls.obtainToken();
    if (!tokens.hasUser) throw withoutUser();
  };
  const getPage = async (offset: number): Promise<MyPlaylistsPage> => {
    await requireUser();
    const answer = await calls.call(myPlaylistsRequest(apiUrl, { offset, limit }));
    if (answer.ok) return parsePage(answer.body, offset);
    const isFinal = !session.isRepeating || limit === 1;
    if (isFinal || !isInvalidLimit(answer.failure)) throw toUserError(answer.failure);
    limit = Math.ceil(limit / 2);
    return getPage(offset);
  };
  return {
    getUserId: async () => {
      await requireUser();
      const known = tokens.userId ?? session.cachedUserId;
      if (known !== undefined) return known;
      const answer = await calls.call(meRequest(apiUrl));
      if (!answer.ok) throw toUserError(answer.failure);
      session.cachedUserId = parseReply(userSchema, answer.body, 'me').id;
      return session.cachedUserId;
    },
    getPage,
    expectPages: (count) => quota.reserveAll(count),
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

function withoutUser(): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_READABLE',
    "A list of playlists needs a user's login. Log in: npx spotify-etl login.",
  );
}
