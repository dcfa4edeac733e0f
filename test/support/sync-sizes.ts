/** One pair of each mode, from a catalogue's list of this size into a new list: as specified, and for the calls that were planned. */
import { randomUUID } from 'node:crypto';
import { SYNC_MODES, type SyncMode } from '../../etl/model/sync.ts';
import { applyTask } from '../../etl/pipelines/sync.ts';
import type { SyncOutcome } from '../../etl/pipelines/sync-carry-out.ts';
import { planTask } from '../../etl/pipelines/sync-planning.ts';
import { findUndo, toPairTask } from '../../etl/pipelines/sync-tasks.ts';
import { countCalls } from '../../etl/transform/sync-plan.ts';
import { toUri } from '../../local/simulator/writes-api.ts';
import { canCopy, type OracleList } from './sync-oracle.ts';
import { createSyncWorld, type SyncWorld } from './sync-world.ts';

const OPTIONS = { maxRemovals: 1e5, allowEmpty: false, allowRewrite: true, confirmsExact: true };

let pairs = 0;

/** Tests of modes at these sizes. */
export function testSizes(sizes: readonly number[], modes: readonly SyncMode[] = SYNC_MODES): void {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await createSyncWorld();
  });
  afterAll(() => world.close());

  describe.each(modes)('%s', (mode) => {
    test.each(sizes)('%i items, with all oddities', async (size) => {
      const source = world.spotify.catalogue.playlistOfSize(size);
      const uris: OracleList = source.items.map((item) => toUri(item) ?? null);
      const copyable = uris.filter(canCopy);
      const hasRepeats = mode === 'mirror-exact' || mode === 'dated';
      const expected = hasRepeats ? copyable : [...new Set(copyable)];
      const pair = toPair(mode, source.id);

      const first = await apply(world, pair);
      const { targetId } = first;
      if (targetId === undefined) {
        // An empty source creates no list.
        expect([size, first.outcome]).toEqual([0, 'nothing']);
        return;
      }
      expect(world.listOf(targetId)).toEqual(expected);
      expect(first.plan.notCopyable).toHaveLength(uris.length - copyable.length);
      expect((await apply(world, pair)).outcome).toBe('nothing');

      await world.sync(async (ports) => {
        const undo = await findUndo(ports.journal, pair.name, {
          wanted: first.runId,
          allowRewrite: true,
        });
        if (undo === undefined) throw new Error('The run is not in the journal.');
        await applyTask(ports, undo.task, { runId: randomUUID() });
      });
      expect(world.listOf(targetId)).toEqual([]);
    });
  });
}

function toPair(mode: SyncMode, sourceId: string): Parameters<typeof toPairTask>[1] {
  pairs += 1;
  const name = `pair ${pairs}`;
  return { name, mode, sources: [sourceId], target: { key: name, name: `Copy ${pairs}` } };
}

/** Applies, and compares the calls with those of the plan. */
async function apply(
  world: SyncWorld,
  pair: Parameters<typeof toPairTask>[1],
): Promise<SyncOutcome> {
  const { spotify } = world;
  const planned = await world.sync((ports) => planTask(ports, toPairTask(ports, pair, OPTIONS)));
  spotify.clearRequests();
  const outcome = await world.sync((ports) =>
    applyTask(ports, toPairTask(ports, pair, OPTIONS), { runId: randomUUID() }),
  );
  const calls = spotify.requests().filter(({ path }) => path.startsWith('/v1/playlists'));
  const isWrite = ({ method }: { readonly method: string }): boolean => method !== 'GET';
  const checks = calls.slice(calls.findIndex(isWrite)).filter((call) => !isWrite(call));
  const made = { writeCalls: calls.filter(isWrite).length, checkCalls: checks.length };
  if (calls.some(isWrite)) expect(made).toEqual(countCalls(planned.plan));
  return outcome;
}
