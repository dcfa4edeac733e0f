/** What a plan and a run tell about how far they are. */
import { randomUUID } from 'node:crypto';
import { applyTask, type SyncProgress, sourceOf, toPairTask } from '../app/sync.ts';
import { createSyncWorld, type SyncWorld } from './support/sync-world.ts';

let world: SyncWorld;
beforeAll(async () => {
  world = await createSyncWorld();
});
afterAll(() => world.close());

test('each page and each write is told, with how many there are', async () => {
  const { spotify, sync, toItem } = world;
  const uris = [...spotify.catalogue.tracks.keys()].map((id) => `spotify:track:${id}`);
  const source = spotify.addPlaylist('Source', uris.slice(0, 260).map(toItem));
  const target = spotify.addPlaylist('Target', uris.slice(300, 420).map(toItem));
  const pair = { name: 'P', mode: 'append', sources: [source.id], target: target.id } as const;
  const told: SyncProgress[] = [];
  await sync(async (given) => {
    const ports = { ...given, onProgress: (progress: SyncProgress) => void told.push(progress) };
    const task = toPairTask({ ...ports, source: sourceOf(ports) }, pair, {
      allowEmpty: false,
      allowRewrite: false,
    });
    await applyTask(ports, task, { runId: randomUUID() });
  });
  const read = { kind: 'read', isAgain: false };
  expect(told).toEqual([
    ...[100, 150, 200, 250, 260].map((items) => ({ ...read, list: 'source', items, total: 260 })),
    ...[100, 120].map((items) => ({ ...read, list: 'target', items, total: 120 })),
    ...[100, 120].map((items) => ({ ...read, list: 'target', isAgain: true, items, total: 120 })),
    ...[1, 2, 3].map((write) => ({ kind: 'write', write, writes: 3 })),
    ...[50, 100, 150, 200, 250, 260].map((items) => ({ kind: 'check', items, total: 260 })),
  ]);
});
