import * as z from 'zod/mini';
import { EtlError } from '../etl/errors.ts';
import type { RecentPlaysSource } from '../etl/extract/sources.ts';
import type { Play } from '../etl/model/plays.ts';
import { trackSchema } from '../etl/model/spotify-objects.ts';
import { optional } from '../lib/optional-values.ts';
import { toUserError } from './errors.ts';
import { parseReply } from './parse-reply.ts';
import { recentlyPlayedRequest } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';
import { createUserCalls } from './user-pages.ts';

/** More than Spotify lists. */
const MAX_ENTRIES = 1_000;
const MAX_URI_LENGTH = 512;
/** Clocks differ; what is later than this has a wrong date. */
const LATEST_AHEAD_MS = 86_400_000;

const pageSchema = z.object({
  items: z.array(z.unknown()).check(z.maxLength(MAX_ENTRIES)),
});

const playSchema = z.pipe(
  z.object({
    track: trackSchema,
    played_at: z.iso.datetime({ offset: true }),
    context: optional(z.object({ uri: optional(z.string().check(z.maxLength(MAX_URI_LENGTH))) })),
  }),
  z.transform(
    ({ context, played_at, track }): Play => ({
      track,
      endedAtMs: Date.parse(played_at),
      contextUri: context?.uri ?? undefined,
    }),
  ),
);

/** Spotify as the source of what the user has played last. */
export function createRecentPlaysSource(spotify: SpotifyRun): RecentPlaysSource {
  const { calls, session } = spotify;
  const { getUserId, requireUser } = createUserCalls(spotify, withoutUser);
  return {
    getUserId,
    getRecentPlays: async () => {
      await requireUser();
      const askedAtMs = session.clock.now();
      const answer = await calls.call(recentlyPlayedRequest(session.settings.apiUrl));
      if (!answer.ok) throw nameScope(toUserError(answer.failure));
      const { items } = parseReply(pageSchema, answer.body, 'recently-played');
      const plays = items.flatMap((item) => {
        const { data } = playSchema.safeParse(item);
        const isPlay = data !== undefined && data.endedAtMs < askedAtMs + LATEST_AHEAD_MS;
        return isPlay ? [data] : [];
      });
      return { plays, returned: items.length, askedAtMs };
    },
  };
}

const LOG_IN = 'npx spotify-etl login --for listening';

function withoutUser(): EtlError {
  return new EtlError(
    'REAUTH_REQUIRED',
    `The listening history needs a user's login. Log in: ${LOG_IN}.`,
  );
}

function nameScope(error: EtlError): EtlError {
  if (error.code !== 'SCOPE_MISSING') return error;
  const message = `The login lacks the scope user-read-recently-played, which the listening history needs. Log in again: ${LOG_IN}.`;
  return new EtlError('SCOPE_MISSING', message, { cause: error });
}
