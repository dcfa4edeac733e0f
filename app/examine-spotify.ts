import { EtlError } from '../etl/errors.ts';
import { isSpotifyMade } from '../etl/model/ids.ts';
import type { ListedPlaylist } from '../etl/model/playlist-listing.ts';
import type { Run } from '../etl/model/summaries.ts';
import { requestToken } from '../spotify/login/token-replies.ts';
import { createMyPlaylistsSource } from '../spotify/my-playlists.ts';
import { createPlaylistSource } from '../spotify/playlist-source.ts';
import type { SpotifyRun } from '../spotify/spotify-run.ts';
import { type Found, found, type SpotifyFindings, type TriedList } from './examination.ts';

type Patient = {
  readonly run: Pick<Run, 'deadlineAt'>;
  /** The user's ID as playlists name their owner. */
  readonly userId: string | undefined;
};

type SpotifyExamination = {
  /** Not ok where the quota allows no calls right now: nothing was sent then. */
  readonly findings: Found<SpotifyFindings>;
  /** Requests sent, for tokens too. */
  readonly requests: number;
};

/** A page of lists, a list of the user's own and one of somebody else. */
const CALLS = 3;

/**
 * Asks Spotify what it thinks of this app and its login: at most one request each for a token, the secret, the user's lists, one
 * list of their own and one of somebody else. It stops at the first that says that the rest would be refused as well.
 */
export async function examineSpotify(
  spotify: SpotifyRun,
  { run, userId }: Patient,
): Promise<SpotifyExamination> {
  const { quota, session } = spotify;
  const { dialect, heard, tokens } = session;
  const before = heard.requests;
  const reserved = await found(() => quota.reserveAll(CALLS));
  if (!reserved.ok) return { findings: reserved, requests: 0 };
  dialect.recall(session.quota.state.facts);
  const token = await found(() => renewToken(session, run));
  const [secret, lists] = await Promise.all([
    examineSecret(spotify, token),
    token.ok && tokens.hasUser ? examineLists(spotify, userId) : {},
  ]);
  const value = {
    ...(secret === undefined ? {} : { secret }),
    token,
    ...lists,
    appKind: dialect.appKind,
    clockSkewMs: heard.clockSkewMs,
  };
  return { findings: { ok: true, value }, requests: heard.requests - before };
}

/** An access token lives on for up to an hour after its login is void: only a refresh shows what the login is worth. */
async function renewToken(
  { heard, tokens }: SpotifyRun['session'],
  run: Pick<Run, 'deadlineAt'>,
): Promise<true> {
  const before = heard.requests;
  const token = await tokens.get(run);
  if (heard.requests === before) await tokens.get(run, token);
  return true;
}

/** The app's own token is the one thing that needs the secret; without a user it is the token there is. */
async function examineSecret(
  { session }: SpotifyRun,
  token: Found<true>,
): Promise<Found<true> | undefined> {
  const { clock, exchange, settings, tokens } = session;
  if (settings.credentials.clientSecret === undefined) return undefined;
  // A service that has just not answered would keep us waiting once more.
  const isUnanswered = !token.ok && token.error instanceof EtlError && token.error.isRetryable;
  if (!tokens.hasUser || isUnanswered) return token;
  return found(async () => {
    await requestToken({ ...settings, exchange, clock, isRepeating: false });
    return true as const;
  });
}

async function examineLists(
  spotify: SpotifyRun,
  userId: string | undefined,
): Promise<Pick<SpotifyFindings, 'lists' | 'own' | 'foreign'>> {
  const page = await found(() => createMyPlaylistsSource(spotify).getPage(0));
  if (!page.ok) return { lists: page };
  const listed = page.value.entries.filter((entry) => entry !== undefined);
  const own = listed.find(({ owner }) => userId === undefined || owner?.id === userId);
  const foreign = listed.find(
    ({ collaborative, id, owner }) =>
      userId !== undefined && owner?.id !== userId && collaborative !== true && !isSpotifyMade(id),
  );
  return {
    lists: { ok: true, value: page.value.total },
    ...(own === undefined ? {} : { own: await tryList(spotify, own) }),
    ...(foreign === undefined ? {} : { foreign: await tryList(spotify, foreign) }),
  };
}

/** That it is kept back is an answer too. */
async function tryList(
  spotify: SpotifyRun,
  { id, name }: ListedPlaylist,
): Promise<Found<TriedList>> {
  const label = name ?? id;
  const opened = await found(() => createPlaylistSource(spotify).getPlaylist(id));
  if (opened.ok) {
    return { ok: true, value: { name: label, isReadable: opened.value.firstPage !== undefined } };
  }
  const isKept = opened.error instanceof EtlError && opened.error.code === 'PLAYLIST_NOT_READABLE';
  return isKept ? { ok: true, value: { name: label, isReadable: false } } : opened;
}
