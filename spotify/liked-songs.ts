import { createHash } from 'node:crypto';
import { EtlError } from '../etl/errors.ts';
import type { ItemPage, PlaylistSource } from '../etl/extract/sources.ts';
import { LIKED_SONGS, toLikedSongsId, toPlaylistUri } from '../etl/model/ids.ts';
import type { PlaylistMetadata } from '../etl/model/spotify-objects.ts';
import { parseItemPage } from './playlist-replies.ts';
import { likedSongsRequest } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';
import type { Answer } from './transport.ts';
import { createUserPages } from './user-pages.ts';

/** What equal first pages do not show, such as a like taken back while an older one came, is found by then. */
const FULL_READ_AFTER_MS = 7 * 86_400_000;
/** More than anybody likes: a false total reserves no more calls. */
const MOST_PAGES = 2_000;

type LikedPage = Pick<Extract<Answer, { ok: true }>, 'sentAt'> & { readonly page: ItemPage };

/**
 * Spotify as a source of the user's Liked Songs, which are read like a playlist, newest first. They have no snapshot:
 * the total and the first page stand for one, for a week. Their ID is `liked`, or `liked:<user id>` of the user who logged in.
 */
export function createLikedSongsSource(spotify: SpotifyRun): PlaylistSource {
  const pages = createUserPages(spotify, likedSongsRequest);
  const readPage = async (offset: number): Promise<LikedPage> => {
    const { body, sentAt } = await pages.getPage(offset).catch(nameScope);
    return { sentAt, page: parseItemPage(body, { at: 'liked-songs', offset }) };
  };
  return {
    getPlaylist: async (playlistId) => {
      const userId = await pages.getUserId();
      const id = toLikedSongsId(userId);
      if (playlistId !== LIKED_SONGS && playlistId !== id) throw ofAnotherUser();
      const { page, sentAt } = await readPage(0);
      return {
        metadata: toMetadata(userId, page),
        firstPage: page,
        openedAt: sentAt,
        snapshotGoodForMs: FULL_READ_AFTER_MS,
      };
    },
    getSnapshotId: async () => toSnapshotId((await readPage(0)).page),
    listFurtherPages: async function* (_playlistId, { items, total }) {
      const further = Math.ceil((total - items.length) / Math.max(1, items.length));
      if (further > 0) await spotify.quota.reserveAll(Math.min(further, MOST_PAGES) + 1);
      for (let read = items.length; read < total; ) {
        const { page } = await readPage(read);
        yield page;
        if (page.items.length === 0) return;
        read += page.items.length;
      }
    },
  };
}

function toMetadata(userId: string, firstPage: ItemPage): PlaylistMetadata {
  const id = toLikedSongsId(userId);
  return {
    id,
    uri: toPlaylistUri(id),
    external_urls: { spotify: 'https://open.spotify.com/collection/tracks' },
    name: 'Liked Songs',
    owner: { id: userId },
    snapshot_id: toSnapshotId(firstPage),
  };
}

/** Equal for the same total and the same first page. */
function toSnapshotId({ items, total }: ItemPage): string {
  const likes = items.map((item) => [
    item.kind === 'track' ? item.track.id : item.uri,
    item.addedAt,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([total, likes]))
    .digest('base64url');
}

/** Other lists are read without this scope: its absence concerns Liked Songs only. */
function nameScope(error: unknown): never {
  if (!(error instanceof EtlError) || error.code !== 'SCOPE_MISSING') throw error;
  throw new EtlError(
    'PLAYLIST_NOT_READABLE',
    'The login lacks the scope user-library-read, which Liked Songs need. Log in again: npx spotify-etl login.',
    { cause: error },
  );
}

function ofAnotherUser(): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_READABLE',
    'These are the Liked Songs of another account than the one that logged in. Spotify shows Liked Songs to their own user only.',
  );
}
