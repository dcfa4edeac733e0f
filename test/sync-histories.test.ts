/** The ten properties, over a few hundred histories. The stress tier has thousands, with counts. */
import fc from 'fast-check';
import type * as smallWrites from './support/small-writes.ts';
import { type Events, histories, liveThrough } from './support/sync-histories.ts';
import { createSyncWorld, type SyncWorld } from './support/sync-world.ts';

const TIME_MS = Number(process.env.SYNC_HISTORIES_MS ?? '20000');

jest.mock('../etl/model/sync.ts', () =>
  jest
    .requireActual<typeof smallWrites>('./support/small-writes.ts')
    .withSmallWrites(jest.requireActual('../etl/model/sync.ts')),
);

let world: SyncWorld;
beforeAll(async () => {
  world = await createSyncWorld();
});
afterAll(() => world.close());

test('no history of a pair loses anything of the user’s, and a second run writes nothing', async () => {
  const events: Events = {};
  const endsAt = Date.now() + TIME_MS;
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      if (Date.now() < endsAt) await liveThrough(world, history, { events });
    }),
    { numRuns: 2_000, seed: Number(process.env.SYNC_SEED ?? '1') },
  );
  expect(events['judged: nothing of the user’s is lost']).toBeGreaterThan(50);
  if (process.env.SYNC_EVENTS) process.stdout.write(`${JSON.stringify(events)}\n`);
});
