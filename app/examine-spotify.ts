import { EtlError } from '../etl/errors.ts';
import { isSpotifyMade } from '../etl/model/ids.ts';
import type { ListedPlaylist } from '../etl/model/playlist-listing.ts';
import type { Run } from '../etl/model/summaries.ts';
import { type Result, settle } from '../lib/result.ts';
import { requestToken } from '../spotify/login/token-replies.ts';
import { createMyPlaylistsSource } from '../spotify/my-playlists.ts';
import { createPlaylistSource } from '../spotify/playlist-source.ts';
import type { SpotifyRun } from '../spotify/spotify-run.ts';

/** A playlist that was tried, and whether its items could be read. */
export type TriedList = { readonly name: string; readonly isReadable: boolean };

export type SpotifyFindings = {
  /** Undefined if no client secret is set. */
  readonly secret: Result<unknown> | undefined;
  readonly token: Result<unknown>;
  /** How many playlists the user has; undefined if they were not listed. */
  readonly lists?: Result<number> | undefined;
  readonly own?: Result<TriedList> | undefined;
  readonly others?: Result<TriedList> | undefined;
  readonly appKind: 'A or B' | 'C' | undefined;
  /** This machine's clock minus Spotify's. */
  readonly clockSkewMs: number | undefined;
};

type ExamineOptions = {
  readonly run: Pick<Run, 'deadlineAt'>;
  /** The user's ID as playlists name their owner. */
  readonly userId: string | undefined;
};

/** A page of lists, a list of the user and one of somebody else. */
const CALLS = 3;

/**
 * Tests this app and its login at Spotify, with at most one request each for a token, the secret, the user's lists, one list of
 * their own and one of somebody else. Stops at the first refusal that also applies to the rest.
 *
 * @throws EtlError if the quota refuses the calls; then nothing was sent
 */
export async function examineSpotify(
  spotify: SpotifyRun,
  { run, userId }: ExamineOptions,
): Promise<SpotifyFindings> {
  const { quota, session } = spotify;
  const { dialect, tokens } = session;
  await quota.reserveAll(CALLS);
  dialect.recall(session.quota.state.facts);
  const token = await settle(() => renewToken(session, run));
  const [secret, lists] = await Promise.all([
    examineSecret(spotify, token),
    token.ok && tokens.hasUser ? examineLists(spotify, userId) : {},
  ]);
  return { secret, token, ...lists, appKind: dialect.appKind, clockSkewMs: session.clockSkewMs };
}

/** An access token works for up to an hour after its login has ended, so only a refresh tests the login. */
async function renewToken(
  session: SpotifyRun['session'],
  run: Pick<Run, 'deadlineAt'>,
): Promise<void> {
  const before = session.requests;
  const token = await session.tokens.get(run);
  if (session.requests === before) await session.tokens.get(run, token);
}

/** Only the app's own token needs the secret; without a user, `token` is that one. */
async function examineSecret(
  { session }: SpotifyRun,
  token: Result<unknown>,
): Promise<Result<unknown> | undefined> {
  const { clock, exchange, settings, tokens } = session;
  if (settings.credentials.clientSecret === undefined) return undefined;
  // A service that has just not answered would make us wait again.
  const isUnanswered = !token.ok && token.error instanceof EtlError && token.error.isRetryable;
  if (!tokens.hasUser || isUnanswered) return token;
  return settle(() => requestToken({ ...settings, exchange, clock, isRepeating: false }));
}

async function examineLists(
  spotify: SpotifyRun,
  userId: string | undefined,
): Promise<Pick<SpotifyFindings, 'lists' | 'own' | 'others'>> {
  const page = await settle(() => createMyPlaylistsSource(spotify).getPage(0));
  if (!page.ok) return { lists: page };
  const listed = page.value.entries.filter((entry) => entry !== undefined);
  const own = listed.find(({ owner }) => userId === undefined || owner?.id === userId);
  const others = listed.find(
    ({ collaborative, id, owner }) =>
      userId !== undefined && owner?.id !== userId && collaborative !== true && !isSpotifyMade(id),
  );
  return {
    lists: { ok: true, value: page.value.total },
    own: own && (await settle(() => tryList(spotify, own))),
    others: others && (await settle(() => tryList(spotify, others))),
  };
}

async function tryList(spotify: SpotifyRun, { id, ...listed }: ListedPlaylist): Promise<TriedList> {
  const name = listed.name ?? id;
  try {
    const { firstPage } = await createPlaylistSource(spotify).getPlaylist(id);
    return { name, isReadable: firstPage !== undefined };
  } catch (error) {
    const isWithheld = error instanceof EtlError && error.code === 'PLAYLIST_NOT_READABLE';
    if (!isWithheld) throw error;
    return { name, isReadable: false };
  }
}
