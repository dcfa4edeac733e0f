/** What happens to one pair when Spotify, the clock or the user does something odd. The histories meet most of it by chance. */
import { randomUUID } from 'node:crypto';
import type { SyncMode } from '../etl/model/sync.ts';
import { applyTask } from '../etl/pipelines/sync.ts';
import type { SyncOutcome } from '../etl/pipelines/sync-carry-out.ts';
import type { SyncPorts, SyncTask } from '../etl/pipelines/sync-planning.ts';
import { findUndo, toPairTask, toRestoreTask } from '../etl/pipelines/sync-tasks.ts';
import { Crash, crashing } from './support/sync-crashes.ts';
import { createSyncWorld, type SyncWorld } from './support/sync-world.ts';

const OPTIONS = { maxRemovals: 1e5, allowEmpty: true, allowRewrite: true, confirmsExact: true };
const DAY_MS = 86_400_000;

let world: SyncWorld;
let uris: readonly string[];
let pairs = 0;
beforeEach(async () => {
  world = await createSyncWorld();
  uris = [...world.spotify.catalogue.tracks.keys()].map((id) => `spotify:track:${id}`);
});
afterEach(() => world.close());

const addList = (list: readonly string[]): string =>
  world.spotify.addPlaylist('List', list.map(world.toItem)).id;

function edit(id: string, list: readonly string[]): void {
  world.spotify.editPlaylist(id, () => list.map(world.toItem));
}

type Pair = Parameters<typeof toPairTask>[1];

function toPair(mode: SyncMode, sourceId: string, target: Pair['target'] = addList([])): Pair {
  pairs += 1;
  return { name: `pair ${pairs}`, mode, sources: [sourceId], target };
}

type Options = Partial<typeof OPTIONS>;

const apply = async (pair: Pair, options: Options = {}): Promise<SyncOutcome> =>
  await world.sync((ports) =>
    applyTask(ports, toPairTask(ports, pair, { ...OPTIONS, ...options }), {
      runId: randomUUID(),
    }),
  );

/** Undoes the last run; stops after the so-manieth write. */
async function undo(pair: Pair, stopAt?: number): Promise<SyncOutcome> {
  const found = await world.sync(({ journal }) =>
    findUndo(journal, pair.name, { allowRewrite: true }),
  );
  if (found === undefined) throw new Error('Nothing to undo.');
  return await stoppable(() => found.task, stopAt);
}

async function stoppable(
  toTask: (ports: SyncPorts) => SyncTask,
  stopAt: number | undefined,
): Promise<SyncOutcome> {
  const stop = new AbortController();
  const onProgress: SyncPorts['onProgress'] = (progress) => {
    if (progress.kind === 'write' && progress.write === stopAt) stop.abort();
  };
  return await world.sync((ports) => {
    const stopping = { ...ports, signal: stop.signal, onProgress };
    return applyTask(stopping, toTask(ports), { runId: randomUUID() });
  });
}

const numbersOf = (listId: string): number[] =>
  world.listOf(listId).map((uri) => uris.indexOf(uri ?? ''));
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_none, at) => from + at);

test('a copy too many of what Spotify no longer takes is kept, and no other copy is lost', async () => {
  const [dead = '', local = 'spotify:local:demo', other = ''] = [uris[0], undefined, uris[1]];
  const target = addList([dead, other, dead, local, dead]);
  const pair = toPair('mirror-exact', addList([dead, dead, other]), target);
  world.spotify.configure({ dead: [dead] });
  const outcome = await apply(pair);
  expect(outcome.notAddable).toEqual([dead]);
  expect(world.listOf(target).filter((uri) => uri === dead)).toHaveLength(3);
  expect((await apply(pair)).outcome).toBe('nothing');
});

test('one copy of several goes, and a stop never leaves what is owed', async () => {
  const [twice = '', other = ''] = uris;
  const list = [twice, other, 'spotify:local:demo', twice, twice];
  for (let stopAt = 1; stopAt <= 4; stopAt += 1) {
    const target = addList(list);
    const pair = toPair('mirror-exact', addList([twice, other, twice]), target);
    await stoppable((ports) => toPairTask(ports, pair, OPTIONS), stopAt);
    const copies = world.listOf(target).filter((uri) => uri === twice).length;
    expect(copies).toBeGreaterThanOrEqual(2);
    await apply(pair);
    expect(world.listOf(target).filter((uri) => uri === twice)).toHaveLength(2);
  }
});

test('newest first stays in order though the search for what is dead is stopped', async () => {
  const target = addList(uris.slice(500, 503));
  const pair = toPair('append-newest-first', addList(uris.slice(0, 8)), target);
  world.spotify.configure({ dead: uris.slice(7, 8) });
  await stoppable((ports) => toPairTask(ports, pair, OPTIONS), 4);
  await apply(pair);
  expect(numbersOf(target)).toEqual([...numbers(0, 7), ...numbers(500, 503)]);
});

test('a sole item that Spotify does not take is named, though the list is empty', async () => {
  const pair = toPair('append', addList(uris.slice(0, 1)));
  world.spotify.configure({ poison: uris.slice(0, 1) });
  expect(await apply(pair)).toMatchObject({ outcome: 'done', notAddable: uris.slice(0, 1) });
});

test('what was set aside no longer keeps an exact mirror from one replace', async () => {
  const twenty = uris.slice(0, 20);
  const target = addList([...twenty, ...twenty, ...twenty]);
  const source = addList([...twenty, ...uris.slice(50, 51), ...twenty]);
  world.spotify.configure({ dead: uris.slice(50, 51) });
  expect((await apply(toPair('mirror-exact', source, target))).outcome).toBe('done');
  expect(world.listOf(target)).toEqual([...twenty, ...twenty]);
});

test('a source that is torn while its snapshot lags is read again', async () => {
  const sourceId = addList(uris.slice(0, 250));
  const pair = toPair('append', sourceId);
  const source = world.spotify.catalogue.playlists.get(sourceId);
  let reads = 0;
  const unwatch = world.spotify.watch(({ path }) => {
    if (!path.includes(sourceId)) return;
    reads += 1;
    const moved = source?.items[120];
    if (reads !== 2 || source === undefined || moved === undefined) return;
    Object.assign(source, { items: [moved, ...source.items.toSpliced(120, 1)] });
  });
  const { targetId = '' } = await apply(pair);
  unwatch();
  expect(world.listOf(targetId)).toEqual(world.listOf(sourceId));
});

test('a laptop that sleeps right before the first write plans again', async () => {
  const target = addList(uris.slice(500, 503));
  const pair = toPair('append', addList(uris.slice(0, 3)), target);
  await world.sync((ports) => {
    const { journal } = ports;
    const begin = async (...run: Parameters<typeof journal.begin>): Promise<number> => {
      world.clock.advance(600_000);
      await apply(pair);
      return await journal.begin(...run);
    };
    const asleep = new Proxy(journal, {
      get: (port, name) => {
        const method: unknown = name === 'begin' ? begin : Reflect.get(port, name, port);
        return typeof method === 'function' ? method.bind(port) : method;
      },
    });
    const task = toPairTask(ports, pair, OPTIONS);
    return applyTask({ ...ports, journal: asleep }, task, { runId: randomUUID() });
  });
  expect(numbersOf(target)).toEqual([...numbers(500, 503), ...numbers(0, 3)]);
});

test('what survives its removal stays the pair’s, and goes when Spotify lets it', async () => {
  const [kept = '', stuck = '', mine = ''] = uris;
  const source = addList([kept, stuck]);
  const target = addList([mine]);
  const pair = toPair('mirror', source, target);
  await apply(pair);
  world.spotify.configure({ undeletable: [stuck] });
  edit(source, [kept]);
  const outcome = await apply(pair);
  expect({ ...outcome, list: undefined }).toMatchObject({ outcome: 'done', notRemovable: [stuck] });
  expect((await apply(pair)).outcome).toBe('nothing');
  world.spotify.configure({ undeletable: [] });
  world.clock.advance(31 * DAY_MS);
  await apply(pair);
  expect(world.listOf(target)).toEqual([mine, kept]);
});

test('a slow read keeps the target locked; a run that slept through its lock plans again', async () => {
  const list = uris.slice(0, 300);
  const target = addList(list);
  const pair = toPair('append', addList(uris.slice(400, 401)), target);
  const others: unknown[] = [];
  let waiting: Promise<unknown> = Promise.resolve();
  const unwatch = world.spotify.watch(({ method, path }) => {
    if (!path.includes(target) || method !== 'GET') return;
    world.clock.advance(100_000);
    if (others.length > 0) return;
    others.push(path);
    waiting = apply(pair).then(
      (outcome) => others.push(outcome.outcome),
      (error: unknown) => others.push(error),
    );
  });
  await apply(pair);
  unwatch();
  await waiting;
  expect(others[1]).toMatchObject({ code: 'TARGET_BUSY' });
  expect(world.listOf(target)).toHaveLength(301);
});

test('a new list whose creation was not answered is found again, and no second one made', async () => {
  const { spotify } = world;
  const created = (): number =>
    [...spotify.catalogue.playlists.values()].filter(({ name }) => name === 'Copy').length;
  const lost = { match: { method: 'POST', path: /me\/playlists/ } };
  const pair = toPair('append', addList(uris.slice(0, 3)), { key: 'new:Copy', name: 'Copy' });
  spotify.addFault({ ...lost, action: { type: 'applied-but', status: 503 } });
  const { targetId = '' } = await apply(pair);
  expect([created(), world.listOf(targetId)]).toEqual([1, uris.slice(0, 3)]);
});

describe('an undo', () => {
  const appended = async (mine: number, count: number): Promise<[string, Pair, string]> => {
    const source = addList(uris.slice(0, count));
    const target = addList(uris.slice(500, 500 + mine));
    const pair = toPair('append', source, target);
    await apply(pair);
    return [target, pair, source];
  };

  test('that was stopped goes on, and its own undo gives back all', async () => {
    const [target, pair] = await appended(3, 250);
    expect((await undo(pair, 1)).outcome).toBe('stopped');
    await undo(pair);
    expect(numbersOf(target)).toEqual(numbers(500, 503));
    await undo(pair);
    expect(numbersOf(target)).toEqual([...numbers(500, 503), ...numbers(0, 250)]);
  });

  test('that was stopped leaves what you have changed since', async () => {
    const [target, pair] = await appended(10, 250);
    await undo(pair, 1);
    world.clock.advance(5 * DAY_MS);
    world.spotify.editPlaylist(target, (items) => [
      ...items.slice(1, 10).toReversed(),
      ...items.slice(10),
    ]);
    await undo(pair);
    expect(numbersOf(target)).toEqual(numbers(501, 510).toReversed());
  });

  test('of which only the last check failed is over, whatever you change then', async () => {
    const [target, pair] = await appended(10, 3);
    const unwatch = world.spotify.watch(({ method }) => {
      if (method !== 'DELETE') return;
      const action = { type: 'status', status: 404, body: 'json' } as const;
      world.spotify.addFault({ match: { method: 'GET', path: /playlists/ }, action });
    });
    await expect(undo(pair)).rejects.toThrow();
    unwatch();
    world.spotify.clearFaults();
    world.spotify.editPlaylist(target, (items) => items.slice(1).toReversed());
    await undo(pair);
    expect(numbersOf(target)).toEqual(numbers(501, 510).toReversed());
  });

  test('by rewriting loses nothing, though it is stopped and you edit', async () => {
    const before = uris.slice(0, 250);
    const target = addList(before);
    const pair = toPair('mirror-exact', addList(before.toReversed()), target);
    await apply(pair);
    await undo(pair, 1);
    world.spotify.editPlaylist(target, (items) => [
      ...items,
      ...uris.slice(900, 901).map(world.toItem),
    ]);
    await undo(pair);
    expect(before.filter((uri) => !world.listOf(target).includes(uri))).toEqual([]);
  });

  test('leaves what you put back while it is at work', async () => {
    const [target, pair] = await appended(3, 203);
    world.spotify.editPlaylist(target, (items) => [
      ...uris.slice(900, 901).map(world.toItem),
      ...items,
    ]);
    world.clock.advance(60_000);
    const unwatch = world.spotify.watch(({ method }) => {
      if (method !== 'DELETE') return;
      unwatch();
      world.spotify.editPlaylist(target, (items) => [
        ...items.slice(0, -1),
        ...uris.slice(202, 203).map(world.toItem),
      ]);
    });
    await undo(pair);
    expect(numbersOf(target)).toEqual([900, ...numbers(500, 503), 202]);
  });

  test('of a stopped append brings nothing back that you have taken out', async () => {
    const target = addList(uris.slice(500, 505));
    const pair = toPair('append', addList(uris.slice(0, 250)), target);
    await stoppable((ports) => toPairTask(ports, pair, OPTIONS), 1);
    world.spotify.editPlaylist(target, (items) => items.slice(2));
    await undo(pair);
    expect(numbersOf(target)).toEqual(numbers(502, 505));
  });

  test('is of the last run that has changed something, whatever the clock says', async () => {
    const [target, pair, source] = await appended(1, 2);
    world.clock.advance(-7_200_000);
    edit(source, uris.slice(0, 4));
    await apply(pair);
    edit(source, uris.slice(0, 5));
    const action = { type: 'status', status: 403, body: 'json', message: 'Forbidden' } as const;
    world.spotify.addFault({ match: { method: 'POST', path: /items/ }, action });
    await expect(apply(pair)).rejects.toThrow('Forbidden');
    await undo(pair);
    expect(numbersOf(target)).toEqual([500, 0, 1]);
  });

  test('that came to nothing takes nothing of yours, however often it is asked for', async () => {
    const [target, pair] = await appended(3, 3);
    const dying = world.sync(async (ports) => {
      const found = await findUndo(ports.journal, pair.name, { allowRewrite: true });
      const write = (): Promise<never> => Promise.reject(new Crash());
      const writer = { ...ports.writer, write };
      return found && applyTask({ ...ports, writer }, found.task, { runId: randomUUID() });
    });
    await expect(dying).rejects.toThrow(Crash);
    world.clock.advance(180_000);
    world.spotify.editPlaylist(target, (items) => [...items, world.toItem(uris[500] ?? '')]);
    const items = world.spotify.catalogue.playlists.get(target)?.items;
    await undo(pair);
    await undo(pair);
    expect(world.spotify.catalogue.playlists.get(target)?.items).toEqual(items);
  });

  test('gives back an order whose replace was not answered', async () => {
    const [one = '', two = '', three = ''] = uris;
    const target = addList([one, two, three, one]);
    const pair = toPair('mirror-exact', addList([three, one, two]), target);
    const action = { type: 'applied-but', status: 503 } as const;
    world.spotify.addFault({ match: { method: 'PUT', path: /items/ }, action });
    await apply(pair);
    await undo(pair);
    expect(world.listOf(target)).toEqual([one, two, three, one]);
  });
});

describe('above 100 items', () => {
  test('a list is read once if it is as the last run left it, and else until two reads agree', async () => {
    const sourceId = addList(uris.slice(300, 330));
    const target = addList(uris.slice(0, 300));
    const pair = toPair('append', sourceId, target);
    const readsOf = async (): Promise<number> => {
      world.spotify.clearRequests();
      await apply(pair);
      const requests = world.spotify.requests().filter(({ path }) => path.includes(target));
      const first = requests.findIndex(({ method }) => method === 'POST');
      return first === -1 ? requests.length : first;
    };
    expect(await readsOf()).toBe(2 * 5);
    expect(await readsOf()).toBe(6);
    edit(sourceId, uris.slice(330, 340));
    expect(await readsOf()).toBe(6);
    world.spotify.editPlaylist(target, (items) => items.toReversed());
    expect(await readsOf()).toBe(2 * 6);
  });

  const long = (from: number): string[] => uris.slice(from, from + 250);

  /** Dies at its so-manieth call, and is started again until it ends. */
  async function survive(toTask: () => Promise<SyncTask>, at: number): Promise<number> {
    for (let deaths = 0; ; deaths += 1) {
      const task = await toTask();
      const isDead = await world
        .sync((ports) => {
          const dying = crashing(ports, { at: at + 3 * deaths, isAfter: deaths % 2 === 1 });
          return applyTask(deaths < 3 ? dying : ports, task, { runId: randomUUID() });
        })
        .then(() => false)
        .catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          return true;
        });
      if (!isDead) return deaths;
      world.clock.advance(180_000);
    }
  }

  test.each([4, 9, 12, 15, 18, 21, 24, 27])(
    'an undo that dies at call %i is finished',
    async (at) => {
      const before = [...long(0), uris[3] ?? '', uris[3] ?? ''];
      const target = addList(before);
      const pair = toPair('mirror-exact', addList(uris.slice(600, 603)), target);
      await apply(pair);
      expect(world.listOf(target)).toHaveLength(3);
      await survive(async () => {
        const undo = await world.sync(({ journal }) =>
          findUndo(journal, pair.name, { allowRewrite: true }),
        );
        if (undo === undefined) throw new Error('Nothing to undo.');
        return undo.task;
      }, at);
      expect(world.listOf(target)).toEqual(before);
    },
  );

  test.each([4, 12, 20])('a run that died at call %i is taken back with all copies', async (at) => {
    const before = [...long(0), uris[3] ?? '', uris[3] ?? ''];
    const target = addList(before);
    const pair = toPair('mirror-exact', addList(long(300)), target);
    await world
      .sync((ports) =>
        applyTask(crashing(ports, { at, isAfter: true }), toPairTask(ports, pair, OPTIONS), {
          runId: randomUUID(),
        }),
      )
      .catch(() => undefined);
    world.clock.advance(180_000);
    const undo = await world.sync(({ journal }) =>
      findUndo(journal, pair.name, { allowRewrite: true }),
    );
    if (undo !== undefined) {
      await world.sync((ports) => applyTask(ports, undo.task, { runId: randomUUID() }));
    }
    const now = world.listOf(target);
    expect(before.filter((uri) => !now.includes(uri))).toEqual([]);
    expect(now.filter((uri) => uri === uris[3])).toHaveLength(3);
  });

  test.each([6, 11, 16])('a restore that dies at call %i makes one list', async (at) => {
    const items = long(0).map((uri) => ({ uri, kind: 'track' as const }));
    const target = { key: 'restore', name: 'Restored' };
    const task = toRestoreTask('restore', items, { allowRewrite: true, target });
    expect(await survive(() => Promise.resolve(task), at)).toBeGreaterThan(0);
    const lists = [...world.spotify.catalogue.playlists.values()].filter(
      ({ name }) => name === 'Restored',
    );
    expect(lists.map(({ id }) => world.listOf(id))).toEqual([long(0)]);
  });
});

test('a guard that fires only during a run is reported', async () => {
  const list = uris.slice(0, 300);
  const sourceId = addList(list);
  const target = addList([]);
  const pair = toPair('mirror', sourceId, target);
  await apply(pair);
  edit(sourceId, list.toSpliced(150, 0, ...uris.slice(300, 301)));
  const unwatch = world.spotify.watch(({ method }) => {
    if (method !== 'POST') return;
    unwatch();
    world.spotify.editPlaylist(target, (items) => items.toReversed());
  });
  const outcome = await apply(pair, { allowRewrite: false });
  expect(outcome).toMatchObject({ outcome: 'done', plan: { held: ['rewrite'] } });
});
