/** Lists that belong to the user, in pages of 50. */
import * as z from 'zod/mini';
import { EtlError } from '../etl/errors.ts';
import { isInvalidLimit, toUserError } from './errors.ts';
import { parseReply } from './parse-reply.ts';
import { meRequest, type PageRange, type RequestWithToken } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';
import type { Answer } from './transport.ts';

/** Spotify's limit for these lists. */
const PAGE_LIMIT = 50;

const userSchema = z.object({ id: z.string().check(z.minLength(1)) });

type UserCalls = {
  /**
   * Reserves a call and gets a token for it: in a cooldown no token is requested either.
   *
   * @throws EtlError without a user's login
   */
  readonly requireUser: () => Promise<void>;
  /** The user's ID as playlists name their owner; in one call where the login does not tell it. */
  readonly getUserId: () => Promise<string>;
};

type Spotify = Pick<SpotifyRun, 'calls' | 'quota' | 'session'>;

/** Calls about the user who is logged in. */
export function createUserCalls(
  { calls, quota, session }: Spotify,
  withoutUser: () => EtlError,
): UserCalls {
  const { tokens } = session;
  const requireUser = async (): Promise<void> => {
    await quota.reserve();
    await calls.obtainToken();
    if (!tokens.hasUser) throw withoutUser();
  };
  return {
    requireUser,
    getUserId: async () => {
      await requireUser();
      const known = tokens.userId ?? session.cachedUserId;
      if (known !== undefined) return known;
      const answer = await calls.call(meRequest(session.settings.apiUrl));
      if (!answer.ok) throw toUserError(answer.failure);
      session.cachedUserId = parseReply(userSchema, answer.body, 'me').id;
      return session.cachedUserId;
    },
  };
}

type UserPages = Pick<UserCalls, 'getUserId'> & {
  /** The page from `offset` on, in one call. */
  readonly getPage: (offset: number) => Promise<Extract<Answer, { ok: true }>>;
};

/** @throws EtlError `PLAYLIST_NOT_READABLE` at the first call without a user's login */
export function createUserPages(
  spotify: Spotify,
  toRequest: (apiUrl: URL, range: PageRange) => RequestWithToken,
): UserPages {
  const { calls, session } = spotify;
  const { getUserId, requireUser } = createUserCalls(spotify, withoutUser);
  let limit = PAGE_LIMIT;
  const getPage: UserPages['getPage'] = async (offset) => {
    await requireUser();
    const answer = await calls.call(toRequest(session.settings.apiUrl, { offset, limit }));
    if (answer.ok) return answer;
    const isFinal = !session.isRepeating || limit === 1;
    if (isFinal || !isInvalidLimit(answer.failure)) throw toUserError(answer.failure);
    limit = Math.ceil(limit / 2);
    return getPage(offset);
  };
  return { getUserId, getPage };
}

function withoutUser(): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_READABLE',
    "A list of playlists and Liked Songs need a user's login. Log in: npx spotify-etl login.",
  );
}
