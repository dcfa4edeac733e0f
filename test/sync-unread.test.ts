/** Pairs that a run leaves unread, and those that it must read. */
import { randomUUID } from 'node:crypto';
import { findUnread } from '../app/sync-unread.ts';
import { applyPair } from '../etl/pipelines/sync-pair.ts';
import type { SyncPair } from '../etl/pipelines/sync-sources.ts';
import {
  createPairWorld,
  OPTIONS,
  type PairWorld,
  sourceOf,
  targetOf,
} from './support/pair-world.ts';

let world: PairWorld;
let uris: readonly string[];
beforeEach(async () => {
  world = await createPairWorld({ likes: 200 });
  ({ uris } = world);
});
afterEach(() => world.close());

/** As a run of the function goes about a pair. */
const run = async (pair: SyncPair): Promise<string> =>
  await world.sync(async (ports) => {
    const listed = { ...pair, isAuto: true, maxRemovals: undefined };
    const unread = await findUnread(ports, [{ pair: listed, options: OPTIONS, isApplied: true }]);
    if (unread.find(pair.name) !== undefined) return 'unread';
    const { outcome } = await unread.follow(ports, listed, (noting) =>
      applyPair(noting, { pair, options: OPTIONS }, { runId: randomUUID() }),
    );
    return outcome;
  });

const append = (): SyncPair =>
  world.toPair('append', [world.addList(uris.slice(0, 3))], world.addList(uris.slice(10, 12)));

test('a pair that has written is at rest for the next run', async () => {
  const pair = append();
  expect(await run(pair)).toBe('done');
  expect(await run(pair)).toBe('unread');
});

test('and that even where Spotify shows the version of the write late', async () => {
  const pair = append();
  world.spotify.configure({ snapshotDelayMs: 30_000 });
  expect(await run(pair)).toBe('done');
  world.clock.advance(60_000);
  expect(await run(pair)).toBe('unread');
});

test.each([
  ['source', sourceOf],
  ['target', targetOf],
])('a %s that somebody has changed since the write is read again', async (_which, idOf) => {
  const pair = append();
  await run(pair);
  world.spotify.editPlaylist(idOf(pair), (items) => [
    ...items.slice(0, -1),
    world.toItem(uris[20] ?? ''),
  ]);
  expect(await run(pair)).toBe('done');
  expect(await run(pair)).toBe('unread');
  expect((await world.apply(pair)).outcome).toBe('nothing');
});

describe('a long target, of which a write is checked at its end only,', () => {
  const appendToLong = (): SyncPair =>
    world.toPair('append', [world.addList(uris.slice(0, 3))], world.addList(uris.slice(10, 310)));

  test('is read once more after a write, and then at rest', async () => {
    const pair = appendToLong();
    expect([await run(pair), await run(pair), await run(pair)]).toEqual([
      ...['done', 'nothing', 'unread'],
    ]);
  });

  test('so that what somebody changed in its middle as the write was sent is not missed', async () => {
    const pair = appendToLong();
    world.edit(sourceOf(pair), uris.slice(8, 20));
    const unwatch = world.spotify.watch(({ method, path }) => {
      if (method !== 'POST' || !path.includes(targetOf(pair))) return;
      world.spotify.editPlaylist(targetOf(pair), (items) =>
        items.toSpliced(5, 1, world.toItem(uris[400] ?? '')),
      );
    });
    expect(await run(pair)).toBe('done');
    unwatch();

    await run(pair);

    expect((await world.apply(pair)).outcome).toBe('nothing');
  });
});

/** The so-manieth call about the target from its first write on. */
const moments = [
  ['as the write is sent', 0],
  ['as it is checked', 1],
] as const;
const lists = [
  ['source', sourceOf],
  ['target', targetOf],
] as const;

test.each(
  moments.flatMap(([when, call]) =>
    lists.flatMap(([which, idOf]) =>
      [0, 30_000].map((lateMs) => ({ when, call, which, idOf, lateMs })),
    ),
  ),
)(
  'what somebody changes in the $which $when is not missed, with snapshots $lateMs ms late',
  async ({ call, idOf, lateMs }) => {
    const pair = append();
    world.spotify.configure({ snapshotDelayMs: lateMs });
    let calls = -1;
    const unwatch = world.spotify.watch(({ method, path }) => {
      if (!path.includes(targetOf(pair)) || (calls < 0 && method !== 'POST')) return;
      calls += 1;
      if (calls !== call) return;
      world.spotify.editPlaylist(idOf(pair), (items) => [
        ...items.slice(1),
        world.toItem(uris[20] ?? ''),
      ]);
    });
    expect(await run(pair)).toBe('done');
    expect(calls).toBeGreaterThanOrEqual(call);
    unwatch();
    world.clock.advance(60_000);

    await run(pair);

    expect((await world.apply(pair)).outcome).toBe('nothing');
  },
);

test('an inbox that was emptied is read by the next run, and one without songs is at rest', async () => {
  const pair = world.toPair('inbox', [world.addList(uris.slice(0, 3))]);
  expect([await run(pair), await run(pair), await run(pair)]).toEqual([
    ...['done', 'nothing', 'unread'],
  ]);
});

test('Liked Songs are read by each run: a like exchanged behind an equal first page is seen', async () => {
  const pair = world.toPair('append', ['liked']);
  expect([await run(pair), await run(pair), await run(pair)]).toEqual([
    ...['done', 'nothing', 'nothing'],
  ]);
  const { liked } = world.spotify.catalogue;
  const likes = new Set(liked.items.map(({ trackId }) => trackId));
  const trackId = [...world.spotify.catalogue.tracks.keys()].find((id) => !likes.has(id)) ?? '';
  liked.items = liked.items.map((like, at) => (at === 150 ? { ...like, trackId } : like));
  expect(await run(pair)).toBe('done');
  expect(world.listOf(targetOf(pair))).toContain(`spotify:track:${trackId}`);
});
