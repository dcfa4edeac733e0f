import { randomUUID } from 'node:crypto';
import type { App } from '../../app/app.ts';
import { type ErrorCode, EtlError } from '../../etl/errors.ts';
import type { AffectedPlaylist } from './judge.ts';

/** The repair of one playlist. */
export type Repair = {
  readonly id: string;
  readonly isLoaded: boolean;
  /** What was loaded; or why not, and what to do. */
  readonly message: string;
  readonly code?: ErrorCode;
};

/** Enough for the longest playlist, with its waits. */
const RUN_MS = 600_000;
/** The largest page of items. */
const ITEMS_PER_CALL = 100;

/** The approximate number of calls for a playlist: the first, its further pages and a closing check. */
export function countCallsAbout({ items }: Pick<AffectedPlaylist, 'items'>): number {
  return items <= ITEMS_PER_CALL ? 1 : 1 + Math.ceil(items / ITEMS_PER_CALL);
}

export function countAllCalls(affected: readonly AffectedPlaylist[]): number {
  return affected.reduce((sum, playlist) => sum + countCallsAbout(playlist), 0);
}

/**
 * Loads these playlists again one by one, even if they are unchanged. Ends after the current one when `signal` is aborted.
 *
 * @throws EtlError that would also stop every further playlist
 */
export async function* repairPlaylists(
  app: Pick<App, 'ingestPlaylist'>,
  playlists: readonly AffectedPlaylist[],
  signal: AbortSignal,
): AsyncGenerator<Repair> {
  for (const { id } of playlists) {
    if (signal.aborted) return;
    yield await repairPlaylist(app, id);
  }
}

async function repairPlaylist(app: Pick<App, 'ingestPlaylist'>, id: string): Promise<Repair> {
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
