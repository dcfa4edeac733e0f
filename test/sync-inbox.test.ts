/** An inbox: appended, and emptied of what was read back. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describeOutcome } from '../app/sync-report.ts';
import { applyTask } from '../etl/pipelines/sync.ts';
import type { SyncPorts } from '../etl/pipelines/sync-planning.ts';
import { findUndo } from '../etl/pipelines/sync-tasks.ts';
import {
  createPairWorld,
  numbers,
  type PairWorld,
  sourceOf,
  targetOf,
  WEEK_MS,
} from './support/pair-world.ts';
import { Crash, crashing } from './support/sync-crashes.ts';

let world: PairWorld;
let uris: readonly string[];
beforeEach(async () => {
  world = await createPairWorld();
  ({ uris } = world);
});
afterEach(() => world.close());

/** What a user does in a week, and what happens to the run. */
const week = fc.record({
  songs: fc.nat({ max: 30 }),
  copies: fc.constantFrom('once', 'once', 'twice', 'never'),
  removes: fc.nat({ max: 40 }),
  adds: fc.boolean(),
  crash: fc.option(fc.record({ at: fc.nat({ max: 30 }), isAfter: fc.boolean() }), {
    nil: undefined,
  }),
  lost: fc.constantFrom(undefined, undefined, 'POST', 'DELETE'),
});

test('over fifty weeks loses nothing, doubles nothing and keeps the order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(week, { minLength: 50, maxLength: 50 }), async (weeks) => {
      const pair = world.toPair('inbox', [world.addList([])]);
      const [inbox, archive] = [sourceOf(pair), targetOf(pair)];
      for (const [at, { adds, copies, crash, lost, removes, songs }] of weeks.entries()) {
        world.clock.advance(WEEK_MS);
        const from = (at * 30) % 1_500;
        const discovered = uris.slice(from, from + songs);
        const copied = { never: [], once: discovered, twice: [...discovered, ...discovered] };
        world.spotify.editPlaylist(inbox, (items) => [
          ...items,
          ...copied[copies].map(world.toItem),
        ]);
        world.spotify.editPlaylist(archive, (items) => [
          ...items.toSpliced(removes, items.length > removes ? 1 : 0),
          ...(adds ? uris.slice(1_600 + at, 1_601 + at).map(world.toItem) : []),
        ]);
        const expected = [...new Set([...world.listOf(archive), ...world.listOf(inbox)])];
        if (lost !== undefined) loseAnswer(lost);
        if (crash !== undefined) {
          const dying = world.apply(pair, { change: (ports) => crashing(ports, crash) });
          await dying.catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            world.clock.advance(180_000);
          });
        }
        await world.apply(pair);
        world.spotify.clearFaults();
        expect(world.listOf(archive)).toEqual(expected);
        expect(world.listOf(inbox)).toEqual([]);
      }
    }),
    { numRuns: 1, seed: 18 },
  );
}, 120_000);

function loseAnswer(method: string): void {
  world.spotify.addFault({
    match: { method, path: /\/items$/ },
    action: { type: 'applied-but', status: 503 },
  });
}

test('with fewer songs than last week is saved and emptied, and so is one of a single song', async () => {
  const pair = world.toPair('inbox', [world.addList(uris.slice(0, 30))]);
  await world.apply(pair);
  for (const [from, to] of [
    [30, 35],
    [35, 36],
    [36, 66],
  ] as const) {
    world.clock.advance(WEEK_MS);
    world.edit(sourceOf(pair), uris.slice(from, to));
    expect((await world.apply(pair)).plan.held).toEqual([]);
    expect(world.numbersOf(targetOf(pair))).toEqual(numbers(0, to));
    expect(world.listOf(sourceOf(pair))).toEqual([]);
  }
});

test('keeps what came while it was at work, and what Spotify does not take', async () => {
  const [late = '', dead = ''] = uris.slice(50);
  const pair = world.toPair('inbox', [world.addList([...uris.slice(0, 3), dead])]);
  const inbox = sourceOf(pair);
  world.spotify.configure({ dead: [dead] });
  const unwatch = world.spotify.watch(({ method, path }) => {
    if (method !== 'POST' || !path.includes('/items')) return;
    unwatch();
    world.clock.advance(2_000);
    world.spotify.editPlaylist(inbox, (items) => [
      ...items,
      world.toItem(late),
      world.toItem(uris[0] ?? ''),
    ]);
  });
  const outcome = await world.apply(pair);
  expect(outcome).toMatchObject({ outcome: 'done', notAddable: [dead] });
  expect(world.listOf(inbox)).toEqual([uris[0], dead, late, uris[0]]);
  await world.apply(pair);
  expect(world.listOf(inbox)).toEqual([dead]);
  expect(world.listOf(targetOf(pair))).toEqual([...uris.slice(0, 3), late]);
});

test('gets back what was taken out', async () => {
  const pair = world.toPair('inbox', [world.addList(uris.slice(0, 30))]);
  expect((await world.apply(pair)).cleared).toMatchObject({ outcome: 'done', writes: 1 });
  expect(world.listOf(sourceOf(pair))).toEqual([]);
  await world.sync(async (ports) => {
    const undo = await findUndo(ports.journal, pair.name, { allowRewrite: false });
    return undo && applyTask(ports, undo.task, { runId: randomUUID() });
  });
  expect(world.numbersOf(sourceOf(pair))).toEqual(numbers(0, 30));
});

const withoutBudget = (ports: SyncPorts): SyncPorts => ({
  ...ports,
  writer: { ...ports.writer, callsLeft: () => Promise.resolve(0) },
});

test('is not emptied while what it would save is held', async () => {
  const songs = uris.slice(0, 5);
  const pair = world.toPair('inbox', [world.addList(songs)], world.addList(uris.slice(0, 2)));

  const outcome = await world.apply(pair, { change: withoutBudget });

  expect(outcome).toMatchObject({ outcome: 'nothing', clears: [], plan: { held: ['quota'] } });
  expect(outcome).not.toHaveProperty('cleared');
  expect(world.listOf(sourceOf(pair))).toEqual(songs);
});

describe('that cannot be emptied', () => {
  test('has saved its songs all the same, and is emptied by the next run', async () => {
    const pair = world.toPair('inbox', [world.addList(uris.slice(0, 30))]);
    world.spotify.addFault({
      times: 'always',
      match: { method: 'DELETE' },
      action: { type: 'status', status: 403, body: 'json' },
    });

    const outcome = await world.apply(pair);

    expect(outcome).toMatchObject({ outcome: 'done', writes: 1 });
    expect(outcome.list).toHaveLength(30);
    expect(outcome.notCleared).toMatchObject({ code: 'TARGET_NOT_WRITABLE' });
    expect(describeOutcome(outcome)).toMatch(/^30 added, .* The inbox was not emptied\. \S/);
    world.spotify.clearFaults();
    expect(await world.apply(pair)).toMatchObject({
      outcome: 'nothing',
      cleared: { outcome: 'done' },
    });
  });

  test('because the run was stopped tells what was saved', async () => {
    const pair = world.toPair('inbox', [world.addList(uris.slice(0, 30))]);
    const stop = new AbortController();
    const unwatch = world.spotify.watch(({ method, path }) => {
      if (method === 'POST' && path.includes('/items')) stop.abort();
    });

    const outcome = await world.apply(pair, { signal: stop.signal });

    unwatch();
    expect(outcome).toMatchObject({ outcome: 'done', notCleared: { code: 'RUN_OUT_OF_TIME' } });
    expect([world.listOf(targetOf(pair)), world.listOf(sourceOf(pair))]).toEqual([
      uris.slice(0, 30),
      uris.slice(0, 30),
    ]);
  });

  test('says so where Spotify takes none of it back', async () => {
    const pair = world.toPair(
      'inbox',
      [world.addList(uris.slice(0, 3))],
      world.addList(uris.slice(0, 3)),
    );
    world.spotify.addFault({
      times: 'always',
      match: { method: 'DELETE' },
      action: { type: 'status', status: 502, body: 'text' },
    });

    const outcome = await world.apply(pair);

    expect(describeOutcome(outcome)).toMatch(/Of the inbox: 0 taken out\. Not taken by Spotify: /);
    expect(describeOutcome(outcome, { hasTitles: false })).toMatch(/Not taken by Spotify: 3\.$/);
  });

  test('as the budget of the day is spent is held', async () => {
    const songs = uris.slice(0, 30);
    const pair = world.toPair('inbox', [world.addList(songs)], world.addList(songs));
    const outcome = await world.apply(pair, { change: withoutBudget });

    expect(describeOutcome(outcome)).toBe('No changes. Of the inbox: 0 taken out. Held: quota.');
    expect(world.listOf(sourceOf(pair))).toEqual(songs);
  });

  test('because it is another user’s is refused before anything is saved', async () => {
    const pair = world.toPair('inbox', [world.addList(uris.slice(0, 3))]);
    const { playlists } = world.spotify.catalogue;
    const inbox = playlists.get(sourceOf(pair));
    if (inbox === undefined) throw new Error('The inbox is gone.');
    playlists.set(inbox.id, { ...inbox, ownerId: 'friend', isCollaborative: true });

    await expect(world.apply(pair)).rejects.toMatchObject({
      code: 'TARGET_NOT_WRITABLE',
      message: expect.stringMatching(/^The inbox belongs to another account/) as unknown,
    });

    expect(world.listOf(targetOf(pair))).toEqual([]);
  });
});

test('keeps its songs while the archive is not among the user’s lists', async () => {
  const pair = world.toPair('inbox', [world.addList(uris.slice(0, 3))]);
  const withoutTarget = (ports: SyncPorts): SyncPorts => ({
    ...ports,
    myLists: {
      ...ports.myLists,
      getPage: async (offset) => {
        const page = await ports.myLists.getPage(offset);
        const isOther = (entry: (typeof page.entries)[number]): boolean =>
          entry?.id !== targetOf(pair);
        return {
          ...page,
          entries: page.entries.map((entry) => (isOther(entry) ? entry : undefined)),
        };
      },
    },
  });

  const outcome = await world.apply(pair, { change: withoutTarget });

  expect(outcome.notCleared?.message).toMatch(/not among your playlists any more/);
  expect(world.numbersOf(sourceOf(pair))).toEqual([0, 1, 2]);
  await world.apply(pair);
  expect(world.listOf(sourceOf(pair))).toEqual([]);
});
