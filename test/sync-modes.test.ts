/** The modes besides append, inbox and dated, over days of a user's life. */
import {
  createPairWorld,
  DAY_MS,
  numbers,
  OPTIONS,
  type PairWorld,
  sourceOf,
  targetOf,
  WEEK_MS,
} from './support/pair-world.ts';
import { Crash, crashing } from './support/sync-crashes.ts';

let world: PairWorld;
let uris: readonly string[];
beforeEach(async () => {
  world = await createPairWorld({ likes: 3_000 });
  ({ uris } = world);
});
afterEach(() => world.close());

/** Oldest first. */
const likedUris = (): string[] =>
  world.spotify.catalogue.liked.items.map(({ trackId }) => `spotify:track:${trackId}`).toReversed();

test('a mirror whose source has collapsed is held', async () => {
  const pair = world.toPair('mirror', [world.addList(uris.slice(0, 30))]);
  await world.apply(pair);
  world.clock.advance(WEEK_MS);
  world.edit(sourceOf(pair), uris.slice(40, 45));
  expect((await world.apply(pair)).plan.held).toEqual(['collapse']);
  expect(world.numbersOf(targetOf(pair))).toEqual(numbers(0, 30));
});

describe('what was appended once and taken out', () => {
  test('stays out', async () => {
    const pair = world.toPair('append-once', [world.addList(uris.slice(0, 5))]);
    await world.apply(pair);
    world.spotify.editPlaylist(targetOf(pair), (items) => items.toSpliced(2, 1));
    world.edit(sourceOf(pair), uris.slice(0, 7));
    await world.apply(pair);
    expect(world.numbersOf(targetOf(pair))).toEqual([0, 1, 3, 4, 5, 6]);
    expect((await world.apply(pair)).outcome).toBe('nothing');
  });

  test('stays out wherever the run was killed after its write was known to be done', async () => {
    for (let at = 0, isDone = false; !isDone; at += 1) {
      const pair = world.toPair('append-once', [world.addList(uris.slice(0, 3))]);
      const target = targetOf(pair);
      const dying = world.apply(pair, {
        change: (ports) => crashing(ports, { at, isAfter: false }),
      });
      isDone = await dying.then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          return false;
        },
      );
      world.clock.advance(DAY_MS);
      const place = { pair: pair.name, targetId: target };
      const { claims } = await world.journal.findFacts(place, world.clock.now());
      const isKnown = claims.size > 0;
      world.spotify.editPlaylist(target, (items) => items.slice(1));
      await world.apply(pair);
      await world.apply(pair);
      const there = world.numbersOf(target).toSorted((one, other) => one - other);
      expect({ at, there }).toEqual({ at, there: isKnown ? [1, 2] : [0, 1, 2] });
    }
  });
});

test('several sources come one after the other, each song once', async () => {
  const sources = [world.addList(uris.slice(0, 3)), world.addList(uris.slice(2, 6))];
  const pair = world.toPair('append', sources);
  await world.apply(pair);
  expect(world.numbersOf(targetOf(pair))).toEqual(numbers(0, 6));
});

test('the newest like comes first where the newest is wanted first', async () => {
  const pair = world.toPair('append-newest-first', ['liked']);
  await world.apply(pair);
  expect(world.listOf(targetOf(pair))).toEqual([...new Set(likedUris().toReversed())]);
});

test('3,000 Liked Songs become a list, oldest first, and follow what is unliked behind an equal first page', async () => {
  const pair = world.toPair('mirror', ['liked']);
  const target = targetOf(pair);
  await world.apply(pair, { options: { ...OPTIONS, maxRemovals: 100 } });
  expect(world.listOf(target)).toEqual([...new Set(likedUris())]);
  expect(world.listOf(target).length).toBeGreaterThan(2_900);
  const { liked: likes } = world.spotify.catalogue;
  likes.items = likes.items.toSpliced(2_000, 1);
  await world.apply(pair);
  expect(world.listOf(target)).toEqual([...new Set(likedUris())]);
}, 60_000);
