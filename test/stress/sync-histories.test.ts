/**
 * Thousands of histories of pairs, with crashes after every call, lost answers, poison and a user who edits in between. Prints how
 * often each event occurred. SYNC_HISTORIES=10000 is the whole, a quarter of an hour on a quiet machine; another SYNC_SEED gives
 * others. Each wrong rule of ownership must be found out.
 */
import fc from 'fast-check';
import type { SyncJournal } from '../../etl/load/sinks.ts';
import type { SyncPorts } from '../../etl/pipelines/sync-planning.ts';
import * as ownership from '../../etl/transform/sync-ownership.ts';
import type * as smallWrites from '../support/small-writes.ts';
import { type Events, histories, liveThrough, type Planting } from '../support/sync-histories.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-world.ts';

const HISTORIES = Number(process.env.SYNC_HISTORIES ?? '1000');
/** The library is replaced by a new one after so many. */
const PER_WORLD = 500;
const MAX_CAUSE = 300;
const HOURS_MS = 4 * 3_600_000;
const MIN_EVENTS = Math.floor(HISTORIES / 20);

const OFTEN = [
  'crash',
  'applied, answered 503',
  'applied, connection reset',
  'not applied, answered 504',
  'poison or dead URI met',
  'snapshots late',
  'snapshots foreign',
  'user edit',
  'user edit between two pages',
  'user edit between two starts of an undo',
  'crash of an undo',
  'a second pair on the target',
  'undo of an untouched list',
  'undo of a list that was edited',
];

const seed = Number(process.env.SYNC_SEED ?? '1');

jest.mock('../../etl/model/sync.ts', () =>
  jest
    .requireActual<typeof smallWrites>('../support/small-writes.ts')
    .withSmallWrites(jest.requireActual('../../etl/model/sync.ts')),
);

jest.mock('../../etl/transform/sync-ownership.ts', () => {
  const real = jest.requireActual<typeof ownership>('../../etl/transform/sync-ownership.ts');
  return { ...real, findOwned: jest.fn(real.findOwned) };
});

async function withWorld(
  work: (world: SyncWorld) => Promise<void>,
  options?: Parameters<typeof createSyncWorld>[0],
): Promise<void> {
  const world = await createSyncWorld(options);
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

test(
  `${HISTORIES} histories keep every promise`,
  async () => {
    const events: Events = {};
    try {
      for (let from = 0; from < HISTORIES; from += PER_WORLD) {
        const numRuns = Math.min(PER_WORLD, HISTORIES - from);
        await withWorld((world) =>
          fc.assert(
            fc.asyncProperty(histories, (history) => liveThrough(world, history, { events })),
            { numRuns, seed: seed + from, endOnFailure: true },
          ),
        );
      }
    } finally {
      process.stdout.write(`${JSON.stringify({ seed, histories: HISTORIES, ...events })}\n`);
    }
    expect(OFTEN.filter((event) => (events[event] ?? 0) < MIN_EVENTS)).toEqual([]);
  },
  HOURS_MS,
);

test(
  'with the journal in the state table too',
  async () => {
    const events: Events = {};
    const numRuns = Math.ceil(HISTORIES / 40);
    await withWorld(
      (world) =>
        fc.assert(
          fc.asyncProperty(histories, (history) => liveThrough(world, history, { events })),
          { numRuns, seed, endOnFailure: true },
        ),
      { journalIn: 'the state table' },
    );
    process.stdout.write(`${JSON.stringify({ seed, histories: numRuns, ...events })}\n`);
  },
  HOURS_MS,
);

/** Puts another journal in the place of the real one. Claims without a date: with it, most wrong rules do no harm. */
const withJournal =
  (change: (journal: SyncJournal) => Partial<SyncJournal>): Planting =>
  (ports: SyncPorts) => {
    const { journal } = ports;
    const changed: Partial<SyncJournal> = {
      claim: (place, items, runId) =>
        journal.claim(
          place,
          items.map(({ uri = '' }) => ({ uri })),
          runId,
        ),
      ...change(journal),
    };
    return {
      ...ports,
      journal: new Proxy(journal, {
        get: (target, name) => {
          const method: unknown = Reflect.get(name in changed ? changed : target, name);
          return typeof method === 'function' ? method.bind(target) : method;
        },
      }),
    };
  };

const WRONG: readonly (readonly [string, Planting])[] = [
  ['owned copies are counted', (ports) => ports],
  [
    'claimed as it is intended',
    withJournal((journal) => ({
      intend: async (step) => {
        const { place, runId, write } = step;
        const givenUp = await journal.intend(step);
        if (write.kind !== 'add') return givenUp;
        await journal.claim(
          place,
          write.uris.map((uri) => ({ uri })),
          runId,
        );
        return givenUp;
      },
    })),
  ],
  [
    'given up after the removal',
    withJournal((journal) => {
      let leaving: Parameters<SyncJournal['intend']>[0] | undefined;
      return {
        intend: async (step) => {
          leaving = step;
          return await journal.intend({ ...step, disclaimed: [] });
        },
        noteAnswer: async (step, answer) => {
          await journal.noteAnswer(step, answer);
          if (leaving && answer === 'done') {
            await journal.disclaim(leaving.place, leaving.disclaimed);
          }
        },
      };
    }),
  ],
  ['kept though the user took it out', withJournal(() => ({ disclaim: () => Promise.resolve() }))],
];

test.each(WRONG)(
  'a wrong rule is found out: %s',
  async (what, plant) => {
    if (what.includes('counted')) {
      jest
        .mocked(ownership.findOwned)
        .mockImplementation(
          (target, claims) =>
            new Set([...claims.keys()].filter((key) => target.some(({ uri }) => uri === key))),
        );
    }
    let found: unknown;
    for (let from = 0; from < 10_000 && found === undefined; from += PER_WORLD) {
      await withWorld((world) =>
        fc
          .assert(
            // Only a mirror asks who owns an item.
            fc.asyncProperty(histories, (history) =>
              liveThrough(world, { ...history, mode: 'mirror' }, { events: {}, plant }),
            ),
            { numRuns: PER_WORLD, seed: seed + from, endOnFailure: true },
          )
          .catch((error: unknown) => {
            found = error;
          }),
      );
    }
    const real = jest.requireActual<typeof ownership>('../../etl/transform/sync-ownership.ts');
    jest.mocked(ownership.findOwned).mockImplementation(real.findOwned);
    const cause = found instanceof Error ? String(found.cause) : 'nothing';
    process.stdout.write(`${what}: ${cause.slice(0, MAX_CAUSE)}\n`);
    expect(found).toBeDefined();
  },
  HOURS_MS,
);
