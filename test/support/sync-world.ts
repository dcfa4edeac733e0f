/** Spotify, a library in a file and a clock of our own, with everything between them that a sync has. */
import { randomUUID } from 'node:crypto';
import { parseSpotifyConfig } from '../../app/config.ts';
import { startSpotify } from '../../app/spotify-session.ts';
import { withSync } from '../../app/sync.ts';
import { spotifyVariables } from '../../cli/shared/simulated-spotify.ts';
import type { SyncPorts } from '../../etl/pipelines/sync-planning.ts';
import type { CatalogueItem } from '../../local/simulator/catalogue-model.ts';
import {
  type SimulatorOptions,
  type SpotifySimulator,
  startSpotifySimulator,
} from '../../local/simulator/simulator.ts';
import { toUri } from '../../local/simulator/writes-api.ts';
import type { Library } from '../../stores/sqlite/library.ts';
import { startFileLibrary } from './libraries.ts';
import { createMemoryStore } from './memory-quota.ts';
import type { OracleList } from './sync-oracle.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const DEADLINE_MS = 3_600_000;

export type SyncWorld = {
  readonly spotify: SpotifySimulator;
  readonly clock: VirtualClock;
  readonly library: Library;
  /** Runs `work` as a process of its own would. */
  sync: <Result>(
    work: (ports: SyncPorts) => Promise<Result>,
    signal?: AbortSignal,
  ) => Promise<Result>;
  /** The URIs of a list, past the program. */
  listOf: (playlistId: string) => OracleList;
  /** An item as the user adds it now. */
  toItem: (uri: string | null) => CatalogueItem;
  close: () => Promise<void>;
};

export async function createSyncWorld(options: SimulatorOptions = {}): Promise<SyncWorld> {
  const clock = createVirtualClock();
  const spotify = await startSpotifySimulator({
    now: clock.now,
    accessTokenSeconds: 1e9,
    ...options,
  });
  const file = await startFileLibrary();
  const library = file.open({ clock });
  const config = parseSpotifyConfig(spotifyVariables(spotify));
  const { session } = startSpotify(
    { ...config, pace: undefined, budget: undefined },
    { quotaStore: createMemoryStore(), clock, aws: {} },
  );
  return {
    spotify,
    clock,
    library,
    sync: (work, signal) => {
      const run = { runId: randomUUID(), deadlineAt: clock.now() + DEADLINE_MS, signal };
      return withSync({ session, memoryMb: 0, library, scopes: [] }, run, work);
    },
    listOf: (playlistId) =>
      (spotify.catalogue.playlists.get(playlistId)?.items ?? []).map((item) => toUri(item) ?? null),
    toItem: (uri) => toItem(uri, clock.now()),
    close: async () => {
      await spotify.close();
      await file.close();
    },
  };
}

function toItem(uri: string | null, nowMs: number): CatalogueItem {
  const addedAt = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const added = { addedAt, addedBy: 'somebody' };
  if (uri === null) return { kind: 'unavailable', ...added };
  const [, kind, id = ''] = uri.split(':');
  if (kind === 'episode') return { kind, episodeId: id, ...added };
  return kind === 'local'
    ? { kind, artistName: 'Me', albumName: 'Tapes', name: id, durationMs: 1000, ...added }
    : { kind: 'track', trackId: id, ...added };
}
