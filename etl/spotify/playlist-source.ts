import type { ItemPage, PlaylistSource } from '../extract/sources.ts';
import type { LoginAge } from '../gate/announcements.ts';
import type { Gate } from '../gate/gate.ts';
import { Pass } from '../gate/pass.ts';
import type { Clock } from '../model/clock.ts';
import type { Run } from '../model/summaries.ts';
import { AccessTokens } from './access-tokens.ts';
import { createApiCalls } from './api-calls.ts';
import { Dialect } from './dialect.ts';
import { notReadable, toPlaylistError } from './failures.ts';
import { countFurtherPages, listItemPages } from './item-pages.ts';
import { parsePlaylistReply, parseSnapshotReply, refuseOtherPlaylist } from './playlist-replies.ts';
import { type AppCredentials, type PlaylistApi, playlistRequest } from './requests.ts';
import { type Answer, createTransport, type Exchange } from './transport.ts';

/** Where Spotify is and who asks. */
export type SpotifySettings = {
  readonly apiUrl: URL;
  readonly accountsUrl: URL;
  readonly credentials: AppCredentials;
  readonly refreshToken: string | undefined;
  readonly pagesInFlight: number;
  /** Undefined: found out from replies. */
  readonly playlistApi: PlaylistApi | undefined;
};

/** What a process keeps between runs: connections, tokens, and what it learnt about the app. */
export type SpotifySession = {
  readonly settings: SpotifySettings;
  readonly clock: Clock;
  readonly exchange: Exchange;
  readonly tokens: AccessTokens;
  readonly dialect: Dialect;
  readonly gate: Gate;
};

type GoodAnswer = Extract<Answer, { ok: true }>;

/** A source of playlists for one run, which must be left when the run ends, well or not. */
export type RunPlaylistSource = PlaylistSource & {
  /** Calls to the Web API so far. */
  readonly requestCount: () => number;
  /** Gives back calls that were leased and not made; returns the mark of days left that this run announces. */
  readonly leave: (loginAge?: LoginAge) => Promise<number | undefined>;
};

export function createSpotifySession(
  settings: SpotifySettings,
  { clock, gate }: { readonly clock: Clock; readonly gate: Gate },
): SpotifySession {
  const exchange = createTransport(clock.now);
  return {
    settings,
    clock,
    exchange,
    gate,
    tokens: new AccessTokens({ ...settings, exchange, clock }),
    dialect: new Dialect(settings.playlistApi),
  };
}

/** Spotify as a source of playlists for one run; counts the calls of that run. */
export function createPlaylistSource(
  session: SpotifySession,
  run: Pick<Run, 'deadlineAt'>,
): RunPlaylistSource {
  const { clock, dialect, gate } = session;
  const { apiUrl, pagesInFlight, refreshToken } = session.settings;
  const hasUser = refreshToken !== undefined;
  const pass = new Pass({ gate, clock, run });
  const calls = createApiCalls({ ...session, pass }, run);
  const callPlaylist = async (playlistId: string, fields?: string): Promise<GoodAnswer> => {
    const request = playlistRequest(apiUrl, playlistId, fields);
    const answer = await calls.call('playlist', request);
    if (!answer.ok) throw toPlaylistError(answer.failure, { playlistId, hasUser });
    refuseOtherPlaylist(answer.body, playlistId);
    return answer;
  };
  return {
    getPlaylist: async (playlistId) => {
      const { body, sentAt } = await callPlaylist(playlistId);
      const { appKind, firstPage, metadata } = parsePlaylistReply(body);
      dialect.appKind = appKind ?? dialect.appKind;
      const opening = { metadata, openedAt: sentAt };
      return firstPage === undefined
        ? { ...opening, itemsError: notReadable(hasUser) }
        : { ...opening, firstPage };
    },
    getSnapshotId: async (playlistId) =>
      parseSnapshotReply((await callPlaylist(playlistId, 'snapshot_id')).body),
    listFurtherPages: async function* (playlistId, firstPage) {
      dialect.recall(pass.facts);
      await admitFurtherPages(pass, firstPage, dialect);
      yield* listItemPages(
        { apiUrl, calls, dialect, pagesInFlight, hasUser },
        playlistId,
        firstPage,
      );
    },
    requestCount: calls.count,
    leave: (loginAge) => pass.leave(dialect.toFacts(), loginAge),
  };
}

/** No playlist takes more, however many items Spotify says it has. */
const MOST_PAGES = 500;

/** All that a run still needs is leased before its first page: the pages and the closing check. */
async function admitFurtherPages(pass: Pass, firstPage: ItemPage, dialect: Dialect): Promise<void> {
  const pages = Math.min(countFurtherPages(firstPage, dialect), MOST_PAGES);
  if (pages > 0) await pass.admit({ 'playlist-items': pages, playlist: 1 });
}
