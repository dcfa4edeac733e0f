import type { PlaylistSource } from '../extract/sources.ts';
import type { Clock } from '../model/clock.ts';
import type { Run } from '../model/summaries.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { AccessTokens } from './access-tokens.ts';
import { createApiCalls } from './api-calls.ts';
import { notReadable, toPlaylistError } from './failures.ts';
import { Dialect, listItemPages } from './item-pages.ts';
import { parsePlaylistReply, parseSnapshotReply, refuseOtherPlaylist } from './playlist-replies.ts';
import { type AppCredentials, playlistRequest } from './requests.ts';
import { type Answer, createTransport, type Exchange } from './transport.ts';

/** Where Spotify is and who asks. */
export type SpotifySettings = {
  readonly apiUrl: URL;
  readonly accountsUrl: URL;
  readonly credentials: AppCredentials;
  readonly tokenStore: TokenStore;
  /** Told of what went wrong without failing a run. Never a secret. */
  readonly onWarning?: (warning: string) => void;
  readonly pagesInFlight: number;
};

/** What a process keeps between runs: connections, tokens, and what it learnt about the app. */
export type SpotifySession = {
  readonly settings: SpotifySettings;
  readonly clock: Clock;
  readonly exchange: Exchange;
  readonly tokens: AccessTokens;
  readonly dialect: Dialect;
};

type GoodAnswer = Extract<Answer, { ok: true }>;

export function createSpotifySession(settings: SpotifySettings, clock: Clock): SpotifySession {
  const exchange = createTransport(clock.now);
  return {
    settings,
    clock,
    exchange,
    tokens: new AccessTokens({ ...settings, exchange, clock }),
    dialect: new Dialect(),
  };
}

/** Spotify as a source of playlists for one run; counts the calls of that run. */
export function createPlaylistSource(
  session: SpotifySession,
  run: Pick<Run, 'deadlineAt'>,
): PlaylistSource & { readonly requestCount: () => number } {
  const { apiUrl, pagesInFlight } = session.settings;
  const calls = createApiCalls(session, run);
  const callPlaylist = async (playlistId: string, fields?: string): Promise<GoodAnswer> => {
    const answer = await calls.call(playlistRequest(apiUrl, playlistId, fields));
    if (!answer.ok)
      throw toPlaylistError(answer.failure, {
        playlistId,
        hasUser: session.tokens.hasUser,
      });
    refuseOtherPlaylist(answer.body, playlistId);
    return answer;
  };
  return {
    getPlaylist: async (playlistId) => {
      const { body, sentAt } = await callPlaylist(playlistId);
      const { metadata, firstPage } = parsePlaylistReply(body);
      const opening = { metadata, openedAt: sentAt };
      return firstPage === undefined
        ? { ...opening, itemsError: notReadable(session.tokens.hasUser) }
        : { ...opening, firstPage };
    },
    getSnapshotId: async (playlistId) =>
      parseSnapshotReply((await callPlaylist(playlistId, 'snapshot_id')).body),
    listFurtherPages: (playlistId, firstPage) =>
      listItemPages(
        { apiUrl, calls, dialect: session.dialect, pagesInFlight, hasUser: session.tokens.hasUser },
        playlistId,
        firstPage,
      ),
    requestCount: calls.count,
  };
}
