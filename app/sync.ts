/** Backup and sync of playlists: Spotify's lists, and the journal in a library. */
import { EtlError } from '../etl/errors.ts';
import type { SyncJournal } from '../etl/load/sinks.ts';
import type { Run } from '../etl/model/summaries.ts';
import type { SyncPorts } from '../etl/pipelines/sync-planning.ts';
import { createPlaylistSource } from '../spotify/playlist-source.ts';
import { createPlaylistWriter } from '../spotify/playlist-writer.ts';
import type { SpotifySession } from '../spotify/spotify-run.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { LibrarySyncJournal } from '../stores/sqlite/sync-journal.ts';
import { meteredRun, warn } from './metered-run.ts';

export { applyTask } from '../etl/pipelines/sync.ts';
export type { SyncOutcome } from '../etl/pipelines/sync-carry-out.ts';
export {
  type PlannedSync,
  planTask,
  type SyncPorts,
  type SyncProgress,
  type SyncTask,
  sourceOf,
} from '../etl/pipelines/sync-planning.ts';
export {
  findUndo,
  type SyncPair,
  toPairTask,
  toRestoreTask,
} from '../etl/pipelines/sync-tasks.ts';
export { countCalls } from '../etl/transform/sync-plan.ts';

const SCOPES = ['playlist-modify-public', 'playlist-modify-private'];

export type SyncParts = {
  readonly session: SpotifySession;
  readonly memoryMb: number;
  readonly library: Library;
  /** Of the login; none where nobody knows. */
  readonly scopes: readonly string[];
};

export type SyncRunOptions = Run & { readonly signal?: AbortSignal | undefined };

/**
 * Runs `work` with what a sync needs.
 *
 * @throws EtlError `SCOPE_MISSING` where the login is known not to allow it
 */
export function withSync<Result>(
  { library, memoryMb, scopes, session }: SyncParts,
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
      source: createPlaylistSource(spotify),
      writer: createPlaylistWriter(spotify, warn),
      journal: openSyncJournal(library),
      clock,
      signal,
    }),
  );
}

export function openSyncJournal(library: Library): SyncJournal {
  return new LibrarySyncJournal(library);
}
