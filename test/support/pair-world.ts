/** A world of syncs with a user's lists, and the pairs between them. */
import { randomUUID } from 'node:crypto';
import type { SyncMode, SyncOptions } from '../../etl/model/sync.ts';
import { applyPair, type PairOutcome } from '../../etl/pipelines/sync-pair.ts';
import type { PlannedSync, SyncPorts } from '../../etl/pipelines/sync-planning.ts';
import type { SyncPair } from '../../etl/pipelines/sync-sources.ts';
import { createSyncWorld, type SyncWorld } from './sync-world.ts';

export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;
export const OPTIONS = { allowEmpty: false, allowRewrite: false };

type Applying = {
  readonly options?: SyncOptions;
  readonly planned?: PlannedSync;
  readonly signal?: AbortSignal;
  /** Puts other ports in the place of the real ones. */
  readonly change?: (ports: SyncPorts) => SyncPorts;
};

export type PairWorld = SyncWorld & {
  /** Of the catalogue's tracks. */
  readonly uris: readonly string[];
  /** Returns its ID. */
  addList: (uris: readonly string[]) => string;
  edit: (listId: string, uris: readonly string[]) => void;
  /** With a new target, unless one is given. */
  toPair: (mode: SyncMode, sources: readonly string[], target?: SyncPair['target']) => SyncPair;
  /** As a process of its own. */
  apply: (pair: SyncPair, applying?: Applying) => Promise<PairOutcome>;
  /** A list by the numbers of its tracks. */
  numbersOf: (listId: string) => number[];
};

export async function createPairWorld(
  options?: Parameters<typeof createSyncWorld>[0],
): Promise<PairWorld> {
  const world = await createSyncWorld(options);
  const uris = [...world.spotify.catalogue.tracks.keys()].map((id) => `spotify:track:${id}`);
  const addList: PairWorld['addList'] = (list) =>
    world.spotify.addPlaylist('List', list.map(world.toItem)).id;
  let pairs = 0;
  return {
    ...world,
    uris,
    addList,
    edit: (id, list) => {
      world.spotify.editPlaylist(id, () => list.map(world.toItem));
    },
    toPair: (mode, sources, target = addList([])) => {
      pairs += 1;
      return { name: `pair ${pairs}`, mode, sources, target };
    },
    apply: async (
      pair,
      { change = (ports: SyncPorts) => ports, options: given = OPTIONS, planned, signal } = {},
    ) =>
      await world.sync(
        (ports) =>
          applyPair(change(ports), { pair, options: given }, { planned, runId: randomUUID() }),
        signal,
      ),
    numbersOf: (listId) => world.listOf(listId).map((uri) => uris.indexOf(uri ?? '')),
  };
}

/** The target of a pair that has a list. */
export const targetOf = ({ target }: SyncPair): string =>
  typeof target === 'string' ? target : '';

/** The one source of a pair. */
export const sourceOf = ({ sources: [source = ''] }: SyncPair): string => source;

export const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_none, at) => from + at);
