/** Spotify, a journal and a clock of our own, with everything between them that a sync has. */
import { randomUUID } from 'node:crypto';
import { parseSpotifyConfig } from '../../app/config.ts';
import { startSpotify } from '../../app/spotify-session.ts';
import { openSyncJournal, withSync } from '../../app/sync.ts';
import { spotifyVariables } from '../../cli/shared/simulated-spotify.ts';
import type { SyncJournal } from '../../etl/load/sinks.ts';
import type { SyncPorts } from '../../etl/pipelines/sync-planning.ts';
import type { Clock } from '../../lib/clock.ts';
import type { CatalogueItem } from '../../local/simulator/catalogue-model.ts';
import {
  type SimulatorOptions,
  type SpotifySimulator,
  startSpotifySimulator,
} from '../../local/simulator/simulator.ts';
import { toUri } from '../../local/simulator/writes-api.ts';
import { TableSyncJournal } from '../../stores/dynamodb/sync-journal.ts';
import { startFileLibrary } from './libraries.ts';
import { createMemoryStore } from './memory-quota.ts';
import type { OracleList } from './sync-oracle.ts';
import { startTestTables } from './test-tables.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const DEADLINE_MS = 3_600_000;

export type SyncWorld = {
  readonly spotify: SpotifySimulator;
  readonly clock: VirtualClock;
  readonly journal: SyncJournal;
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

type SyncWorldOptions = SimulatorOptions & {
  readonly journalIn?: keyof typeof JOURNALS;
  /** In which a week begins. */
  readonly timeZone?: string;
};

type OpenJournal = { readonly journal: SyncJournal; readonly close: () => Promise<void> };

const JOURNALS = { 'a library': openLibraryJournal, 'the state table': openTableJournal };

async function openLibraryJournal(clock: Clock): Promise<OpenJournal> {
  const file = await startFileLibrary();
  return { journal: openSyncJournal(file.open({ clock })), close: () => file.close() };
}

async function openTableJournal(clock: Clock): Promise<OpenJournal> {
  const { client, close } = await startTestTables();
  const limits = {
    clock,
    /** A minute for each call: a world lives for years. */
    get deadlineAt() {
      return clock.now() + 60_000;
    },
  };
  return { journal: new TableSyncJournal(client, 'spotify-etl-test-state', limits), close };
}

export async function createSyncWorld({
  journalIn = 'a library',
  timeZone,
  ...options
}: SyncWorldOptions = {}): Promise<SyncWorld> {
  const clock = createVirtualClock();
  const spotify = await startSpotifySimulator({
    now: clock.now,
    accessTokenSeconds: 1e9,
    ...options,
  });
  const { close, journal } = await JOURNALS[journalIn](clock);
  const config = parseSpotifyConfig(spotifyVariables(spotify));
  const { session } = startSpotify(
    { ...config, pace: undefined, budget: undefined },
    { quotaStore: createMemoryStore(), clock, aws: {} },
  );
  return {
    spotify,
    clock,
    journal,
    sync: (work, signal) => {
      const run = { runId: randomUUID(), deadlineAt: clock.now() + DEADLINE_MS, signal };
      return withSync({ session, memoryMb: 0, journal, scopes: [], timeZone }, run, work);
    },
    listOf: (playlistId) =>
      (spotify.catalogue.playlists.get(playlistId)?.items ?? []).map((item) => toUri(item) ?? null),
    toItem: (uri) => toItem(uri, clock.now()),
    close: async () => {
      await spotify.close();
      await close();
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
