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

type UserPages = {
  /** The user's ID as playlists name their owner; in one call where the login does not tell it. */
  readonly getUserId: () => Promise<string>;
  /** The page from `offset` on, in one call. */
  readonly getPage: (offset: number) => Promise<Extract<Answer, { ok: true }>>;
};

/** @throws EtlError `PLAYLIST_NOT_READABLE` at the first call without a user's login */
export function createUserPages(
  { calls, quota, session }: Pick<SpotifyRun, 'calls' | 'quota' | 'session'>,
  toRequest: (apiUrl: URL, range: PageRange) => RequestWithToken,
): UserPages {
  const { tokens } = session;
  const { apiUrl } = session.settings;
  let limit = PAGE_LIMIT;
  /** Reserves first: in a cooldown no token is requested either. */
  const requireUser = async (): Promise<void> => {
    await quota.reserve();
    await calls.obtainToken();
    if (!tokens.hasUser) throw withoutUser();
  };
  const getPage: UserPages['getPage'] = async (offset) => {
    await requireUser();
    const answer = await calls.call(toRequest(apiUrl, { offset, limit }));
    if (answer.ok) return answer;
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
  };
}

function withoutUser(): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_READABLE',
    "A list of playlists and Liked Songs need a user's login. Log in: npx spotify-etl login.",
  );
}
