/** A dated pair: a new list for each ISO week. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlanned, readPlanFile, toPlanFile } from '../cli/sync/plan-file.ts';
import { planTask, type SyncPorts } from '../etl/pipelines/sync-planning.ts';
import type { SyncPair } from '../etl/pipelines/sync-sources.ts';
import { toPairTask } from '../etl/pipelines/sync-tasks.ts';
import {
  createPairWorld,
  DAY_MS,
  OPTIONS,
  type PairWorld,
  sourceOf,
  WEEK_MS,
} from './support/pair-world.ts';

let world: PairWorld;
let uris: readonly string[];

async function start(timeZone?: string): Promise<void> {
  world = await createPairWorld({ ...(timeZone !== undefined && { timeZone }) });
  ({ uris } = world);
}
afterEach(() => world.close());

const toWeekly = (songs: readonly string[]): SyncPair =>
  world.toPair('dated', [world.addList(songs)], { key: 'dated:weekly', name: 'Weekly' });

/** By their names, the numbers of their tracks. */
const listWeeks = (): Record<string, number[]> =>
  Object.fromEntries(
    [...world.spotify.catalogue.playlists.values()]
      .filter(({ name }) => name.startsWith('Weekly'))
      .map(({ id, name }) => [name.replace('Weekly ', ''), world.numbersOf(id)]),
  );

const addTo = (pair: SyncPair, songs: readonly string[]): void => {
  world.spotify.editPlaylist(sourceOf(pair), (items) => [...items, ...songs.map(world.toItem)]);
};

describe('a dated pair', () => {
  beforeEach(() => start());

  test('makes a list for each ISO week, over the change of a year and a run that was missed', async () => {
    const pair = toWeekly(uris.slice(0, 3));
    for (const [weeks, from] of [
      [1, 0],
      [4, 30],
      [1, 60],
      [1, 90],
    ] as const) {
      world.clock.advance(weeks * WEEK_MS);
      world.edit(sourceOf(pair), [...uris.slice(from, from + 3), ...uris.slice(from, from + 1)]);
      const { targetId = '' } = await world.apply(pair);
      expect(world.numbersOf(targetId)).toEqual([from, from + 1, from + 2, from]);
      world.clock.advance(DAY_MS);
      world.spotify.editPlaylist(targetId, (items) => items.slice(1));
      expect((await world.apply(pair)).outcome).toBe('nothing');
    }
    expect(Object.keys(listWeeks())).toEqual(['2026-W48', '2026-W52', '2026-W53', '2027-W02']);
  });

  test('saves a week of few songs after one of many', async () => {
    const pair = toWeekly(uris.slice(0, 30));
    await world.apply(pair);
    world.clock.advance(WEEK_MS);
    world.edit(sourceOf(pair), uris.slice(40, 42));
    await world.apply(pair);
    expect(listWeeks()['2026-W48']).toEqual([40, 41]);
  });

  test('makes no list of an earlier week when the newest songs are taken out of the source', async () => {
    const pair = toWeekly(uris.slice(0, 3));
    world.clock.advance(WEEK_MS);
    addTo(pair, uris.slice(30, 33));
    await world.apply(pair);
    world.spotify.editPlaylist(sourceOf(pair), (items) => items.slice(0, 3));
    expect((await world.apply(pair)).outcome).toBe('nothing');
    expect(Object.keys(listWeeks())).toEqual(['2026-W48']);
  });

  test('carries out a plan a week later into the list of its own week', async () => {
    const pair = { ...toWeekly(uris.slice(0, 3)), isAuto: false, maxRemovals: undefined };
    const planned = await world.sync((ports) => planTask(ports, toPairTask(ports, pair, OPTIONS)));
    expect(planned.creates).toBe('Weekly 2026-W47');
    world.clock.advance(WEEK_MS);
    world.edit(sourceOf(pair), uris.slice(30, 33));
    const saved = await throughFile((path) =>
      writeFile(path, toPlanFile([{ pair, planned, options: OPTIONS }])),
    );

    const found = findPlanned(saved, pair);
    await world.apply(pair, { ...(found && { planned: found.planned }) });

    expect(listWeeks()).toEqual({ '2026-W47': [0, 1, 2] });
    await world.apply(pair);
    expect(listWeeks()).toEqual({ '2026-W47': [0, 1, 2], '2026-W48': [30, 31, 32] });
  });

  /** 120 songs, of which the last ten are the first ten again, and a run that is stopped after its first write. */
  const startLong = async (): Promise<SyncPair> => {
    const pair = toWeekly([...uris.slice(0, 110), ...uris.slice(0, 10)]);
    const stop = new AbortController();
    const unwatch = world.spotify.watch(({ method, path }) => {
      if (method === 'POST' && path.includes('/items')) stop.abort();
    });
    expect((await world.apply(pair, { signal: stop.signal })).outcome).toBe('stopped');
    unwatch();
    expect(listWeeks()['2026-W47']).toHaveLength(100);
    return pair;
  };

  test('that was stopped between two writes still gets its repeats', async () => {
    const pair = await startLong();
    expect((await world.apply(pair)).outcome).toBe('done');
    expect(listWeeks()['2026-W47']).toHaveLength(120);
  });

  test('that was stopped and then held by the budget still gets its repeats', async () => {
    const pair = await startLong();
    const change = (ports: SyncPorts): SyncPorts => ({
      ...ports,
      writer: { ...ports.writer, callsLeft: () => Promise.resolve(0) },
    });
    expect((await world.apply(pair, { change })).plan.held).toEqual(['quota']);
    await world.apply(pair);
    expect(listWeeks()['2026-W47']).toHaveLength(120);
  });
});

async function throughFile(
  write: (path: string) => Promise<void>,
): ReturnType<typeof readPlanFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sync-dated-'));
  try {
    const path = join(folder, 'plan.json');
    await write(path);
    return await readPlanFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const SUNDAY_NIGHT = '2026-12-06T23:30:00Z';

test.each([
  ['Australia/Sydney', '2026-12-06T21:30:00Z', ['2026-W49', '2026-W50']],
  ['Europe/Berlin', SUNDAY_NIGHT, ['2026-W49', '2026-W50']],
  [undefined, SUNDAY_NIGHT, ['2026-W49']],
])('a week begins in the time zone of the pair: %s', async (timeZone, later, weeks) => {
  await start(timeZone);
  const pair = toWeekly(uris.slice(0, 3));
  for (const [at, iso] of ['2026-12-01T00:00:00Z', later].entries()) {
    world.clock.advance(Date.parse(iso) - world.clock.now());
    world.edit(sourceOf(pair), uris.slice(at * 30, at * 30 + 3));
    await world.apply(pair);
  }
  expect(Object.keys(listWeeks())).toEqual(weeks);
});
