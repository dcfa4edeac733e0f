import { EtlError } from '../errors.ts';
import { type Found, found, type SpotifyFindings, type TriedList } from '../model/examination.ts';
import { isSpotifyMade } from '../model/ids.ts';
import type { ListedPlaylist } from '../model/playlist-listing.ts';
import type { Run } from '../model/summaries.ts';
import { createMyPlaylistsSource } from './my-playlists.ts';
import { createPlaylistSource } from './playlist-source.ts';
import type { SpotifyRun } from './spotify-run.ts';
import { requestToken } from './token-replies.ts';

type Patient = {
  readonly run: Pick<Run, 'deadlineAt'>;
  /** The user's ID as playlists name their owner. */
  readonly userId: string | undefined;
};

type SpotifyExamination = {
  readonly findings: SpotifyFindings;
  /** Requests sent, for tokens too. */
  readonly requests: number;
};

/**
 * Asks Spotify what it thinks of this app and its login: at most one request each for the secret, a token, the user's lists, one
 * list of their own and one of somebody else. It stops at the first that says that the rest would be refused as well.
 */
export async function examineSpotify(
  spotify: SpotifyRun,
  { run, userId }: Patient,
): Promise<SpotifyExamination> {
  const { pass, session } = spotify;
  const { dialect, heard, settings, tokens } = session;
  const before = heard.requests;
  const hasSecret = settings.credentials.clientSecret !== undefined;
  const admitted = await found(() => pass.admit({ 'my-playlists': 1, playlist: 2 }));
  const secret = hasSecret ? await found(() => askForSecret(spotify)) : undefined;
  const token = admitted.ok ? await found(() => tokens.get(run)) : admitted;
  const lists = token.ok && tokens.hasUser ? await examineLists(spotify, run, userId) : {};
  return {
    findings: {
      ...(secret === undefined ? {} : { secret }),
      token: token.ok ? { ok: true, value: true } : token,
      ...lists,
      appKind: dialect.appKind,
      clockSkewMs: heard.clockSkewMs,
    },
    requests: heard.requests - before,
  };
}

/** The app's own token is the one thing that needs the secret. */
async function askForSecret({ session }: SpotifyRun): Promise<true> {
  const { clock, exchange, settings } = session;
  await requestToken({ ...settings, exchange, clock, isRepeating: false });
  return true;
}

async function examineLists(
  spotify: SpotifyRun,
  run: Pick<Run, 'deadlineAt'>,
  userId: string | undefined,
): Promise<Pick<SpotifyFindings, 'lists' | 'own' | 'foreign'>> {
  const page = await found(() => createMyPlaylistsSource(spotify, run).getPage(0));
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
