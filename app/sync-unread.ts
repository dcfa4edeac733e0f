/** Pairs of a run that need not be read: their lists are as they were when there was nothing to do. */
import { isLikedSongs } from '../etl/model/ids.ts';
import type { Settled, SyncOptions } from '../etl/model/sync.ts';
import {
  findSettled,
  noteVersions,
  type PairOutcome,
  type PlannedSync,
  type SyncPorts,
} from './sync.ts';
import type { ListedPair } from './sync-pairs.ts';
import { countPresent, hasChanges } from './sync-report.ts';

export type WantedPair = {
  readonly pair: ListedPair;
  readonly options: SyncOptions;
  readonly isApplied: boolean;
};

export type UnreadPairs = {
  /** What is known of a pair that need not be read; this run has not touched its lists either. */
  readonly find: (name: string) => Settled | undefined;
  /** Does `work`, and remembers of a wanted pair that nothing is left to do. */
  readonly follow: <Result extends PlannedSync | PairOutcome>(
    ports: SyncPorts,
    pair: ListedPair,
    work: (ports: SyncPorts) => Promise<Result>,
  ) => Promise<Result>;
};

export async function findUnread(
  ports: SyncPorts,
  wanted: readonly WantedPair[],
): Promise<UnreadPairs> {
  const abouts = new Map(wanted.map((each) => [each.pair.name, toAbout(each)]));
  const settled = await findSettled(
    ports,
    [...abouts].map(([name, about]) => ({ name, about })),
  );
  /** Lists which may have been written to. */
  const touched = new Set<string>();
  return {
    find: (name) => {
      const known = settled.get(name);
      return known && Object.keys(known.versions).every((id) => !touched.has(id))
        ? known
        : undefined;
    },
    follow: async (given, pair, work) => {
      const { ports: noting, toRead } = noteVersions(given);
      let hasTouched = true;
      try {
        const result = await work(noting);
        hasTouched = hasChanges(result);
        const about = abouts.get(pair.name);
        if (about !== undefined && isSettled(pair, result)) {
          await given.journal.noteSettled(pair.name, { about, ...toRead(), ...toKnown(result) });
        }
        return result;
      } finally {
        if (hasTouched) for (const id of Object.keys(toRead().versions)) touched.add(id);
      }
    },
  };
}

/** Equal as long as the same is wanted of a pair. */
function toAbout({ isApplied, options, pair }: WantedPair): string {
  return JSON.stringify([pair.mode, pair.sources, pair.target, isApplied, options]);
}

/**
 * Liked Songs have no version that shows every change. A list of a week is found by the dates of its items. What an inbox got
 * while it was emptied nobody has read.
 */
function isSettled({ mode, sources }: ListedPair, result: PlannedSync | PairOutcome): boolean {
  const { goal, plan } = result;
  const hasDates = 'source' in goal && goal.source.some(({ added_at }) => added_at !== undefined);
  const isDated = mode !== 'dated' || hasDates;
  const isLiked = sources.some(isLikedSongs);
  return isFinished(result) && plan.held.length === 0 && isDated && !isLiked;
}

function isFinished(result: PlannedSync | PairOutcome): boolean {
  if (!('outcome' in result)) return !hasChanges(result);
  return !result.cleared && !result.notCleared && ['done', 'nothing'].includes(result.outcome);
}

/** As the next run would find it. */
function toKnown(result: PlannedSync | PairOutcome): Pick<Settled, 'present' | 'notCopyable'> {
  const { add, notCopyable } = result.plan;
  const refused = 'outcome' in result ? result.notAddable.length : 0;
  const added = new Set(add.map(({ uri }) => uri)).size - refused;
  return { present: countPresent(result) + added, notCopyable: notCopyable.length + refused };
}
