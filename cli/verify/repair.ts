import { randomUUID } from 'node:crypto';
import type { App } from '../../app/app.ts';
import type { AffectedPlaylist } from '../../app/verify.ts';
import { type ErrorCode, EtlError } from '../../etl/errors.ts';

/** The repair of one playlist. */
export type Repair = {
  readonly id: string;
  readonly isLoaded: boolean;
  /** What was loaded; or why not, and what to do. */
  readonly message: string;
  readonly code?: ErrorCode;
};

/** Lets `work` load playlists. */
export type Loads = (work: (app: Loader) => Promise<number>) => Promise<number>;
type Loader = Pick<App, 'ingestPlaylist'>;

/** Enough for the longest playlist, with its waits. */
const RUN_MS = 600_000;

/**
 * Loads these playlists again one by one, even if they are unchanged. Ends after the current one when `signal` is aborted.
 *
 * @throws EtlError that would also stop every further playlist
 */
export async function* repairPlaylists(
  app: Loader,
  playlists: readonly Pick<AffectedPlaylist, 'id'>[],
  signal: AbortSignal,
): AsyncGenerator<Repair> {
  for (const { id } of playlists) {
    if (signal.aborted) return;
    yield await repairPlaylist(app, id);
  }
}

async function repairPlaylist(app: Loader, id: string): Promise<Repair> {
  const run = { runId: randomUUID(), deadlineAt: Date.now() + RUN_MS };
  try {
    const { message } = await app.ingestPlaylist(id, run, { isForced: true });
    return { id, isLoaded: true, message };
  } catch (error) {
    if (!(error instanceof EtlError) || error.kind === 'stop') throw error;
    const isGone = error.code === 'PLAYLIST_NOT_FOUND';
    const message = isGone ? `${error.message} ${ROWS_STAY}` : error.message;
    return { id, isLoaded: false, code: error.code, message };
  }
}

const ROWS_STAY = 'Its rows stay as they are; if it is gone for good, delete its row.';
