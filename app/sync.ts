/** Backup and sync of playlists: Spotify's lists, and a journal. */
import { EtlError } from '../etl/errors.ts';
import type { ListSource, PlaylistSource } from '../etl/extract/sources.ts';
import type { SyncJournal } from '../etl/load/sinks.ts';
import { isLikedSongs } from '../etl/model/ids.ts';
import type { Run } from '../etl/model/summaries.ts';
import type { SyncPorts } from '../etl/pipelines/sync-planning.ts';
import { createLikedSongsSource } from '../spotify/liked-songs.ts';
import { createMyPlaylistsSource } from '../spotify/my-playlists.ts';
import { createPlaylistSource } from '../spotify/playlist-source.ts';
import { createPlaylistWriter } from '../spotify/playlist-writer.ts';
import type { SpotifySession } from '../spotify/spotify-run.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { LibrarySyncJournal } from '../stores/sqlite/sync-journal.ts';
import { meteredRun, warn } from './metered-run.ts';

export { applyTask } from '../etl/pipelines/sync.ts';
export type { SyncOutcome } from '../etl/pipelines/sync-carry-out.ts';
export { applyPair, type PairOutcome } from '../etl/pipelines/sync-pair.ts';
export {
  findCleared,
  type PlannedSync,
  planTask,
  type SyncPorts,
  type SyncProgress,
  type SyncTask,
  sourceOf,
} from '../etl/pipelines/sync-planning.ts';
export { findSettled, noteVersions } from '../etl/pipelines/sync-settled.ts';
export type { SyncPair } from '../etl/pipelines/sync-sources.ts';
export {
  findUndo,
  toPairTask,
  toRestoreTask,
} from '../etl/pipelines/sync-tasks.ts';
export { countCalls } from '../etl/transform/sync-plan.ts';

const SCOPES = ['playlist-modify-public', 'playlist-modify-private'];

export type SyncParts = {
  readonly session: SpotifySession;
  readonly memoryMb: number;
  readonly journal: SyncJournal;
  /** Of the login; none where nobody knows. */
  readonly scopes: readonly string[];
  /** In which a week begins. */
  readonly timeZone?: string | undefined;
};

export type SyncRunOptions = Run & { readonly signal?: AbortSignal | undefined };

/**
 * Runs `work` with what a sync needs.
 *
 * @throws EtlError `SCOPE_MISSING` where the login is known not to allow it
 */
export function withSync<Result>(
  { journal, memoryMb, scopes, session, timeZone }: SyncParts,
  { signal, ...run }: SyncRunOptions,
  work: (ports: SyncPorts) => Promise<Result>,
): Promise<Result> {
  const missing = SCOPES.filter((scope) => !scopes.includes(scope));
  if (scopes.length > 0 && missing.length > 0) {
    throw new EtlError(
      'SCOPE_MISSING',
      `The login lacks ${missing.join(' and ')}, which changing playlists needs. Run: npx spotify-etl login --for sync`,
    );
  }
  const { clock } = session;
  return meteredRun({ session, memoryMb, run }, (spotify) =>
    work({
      source: withLikedSongs(createPlaylistSource(spotify), createLikedSongsSource(spotify)),
      // Each call is reserved by itself: that the listing is, must not admit the reads that follow.
      myLists: { ...createMyPlaylistsSource(spotify), expectPages: () => Promise.resolve() },
      writer: createPlaylistWriter(spotify, warn),
      journal,
      clock,
      timeZone,
      signal,
    }),
  );
}

/** Liked Songs are a source like a playlist. */
function withLikedSongs(lists: ListSource, liked: PlaylistSource): ListSource {
  const of = (id: string): PlaylistSource => (isLikedSongs(id) ? liked : lists);
  return {
    ...lists,
    getPlaylist: (id) => of(id).getPlaylist(id),
    getSnapshotId: (id) => of(id).getSnapshotId(id),
    listFurtherPages: (id, firstPage) => of(id).listFurtherPages(id, firstPage),
  };
}

export function openSyncJournal(library: Library): SyncJournal {
  return new LibrarySyncJournal(library);
}
