/** What the function sync is asked, answers and tells, whatever fails meanwhile. */
import type { SyncReport } from '../handlers/sync.ts';
import { toUri } from '../local/simulator/writes-api.ts';
import { SYNCS, type SyncFunction, startSyncFunction, WEEK_MS } from './support/sync-function.ts';

let started: SyncFunction;
let add: SyncFunction['add'];
let events: SyncFunction['events'];
let invoke: SyncFunction['invoke'];
let mails: SyncFunction['mails'];
let read: SyncFunction['read'];
let s3: SyncFunction['s3'];
let tracks: SyncFunction['tracks'];
let urisOf: SyncFunction['urisOf'];
let world: SyncFunction['world'];
let write: SyncFunction['write'];
beforeAll(async () => {
  started = await startSyncFunction({ likes: 200 });
  ({ add, events, invoke, mails, read, s3, tracks, urisOf, world, write } = started);
});
afterAll(() => started.close());
beforeEach(() => {
  events.splice(0);
  mails.splice(0);
  started.down = undefined;
});

const typesOf = (): string[] => events.map(({ type }) => type);

test.each([
  [
    'an unknown key',
    { dryrun: true },
    /^The event is wrong: .*dryrun.*docs\/sync\.md shows each\.$/,
  ],
  ['the wrong type', { dryRun: 'yes' }, /^The event is wrong: dryRun: .*boolean.*$/],
  ['a name for a list of names', { pairs: 'One' }, /^The event is wrong: pairs: .*array.*$/],
  ['no object', 'One', /^The event is wrong: .*object.*$/],
])('an event with %s is refused in one line, and nothing is read', async (_, event, message) => {
  write(`One,${add(0, 4)},${add(4, 5)},append,auto,,,`);
  world.spotify.clearRequests();
  s3.requests.splice(0);

  await expect(invoke(event)).rejects.toThrow(message);

  expect([s3.requests, world.spotify.requests(), events, mails]).toEqual([[], [], [], []]);
});

test('what was added before a run failed is counted', async () => {
  const target = add(300, 301);
  write(`Cut short,${add(0, 250)},${target},append,auto,,,`);
  const match = { method: 'POST', path: /items/ };
  const action = { type: 'status', status: 403, body: 'json', message: 'Forbidden' } as const;
  world.spotify.addFault({ match, skip: 1, action });

  expect(await invoke()).toMatchObject({ added: 100, failed: 1 });
  expect(urisOf(target)).toHaveLength(101);
  expect(await invoke()).toMatchObject({ added: 150, failed: 0 });
});

test('a mail that could not be sent is sent by the next run', async () => {
  write(`Late,${add(0, 4)},${add(4, 5)},append,auto,,,`);
  world.clock.jump(WEEK_MS);
  started.down = 'digest';
  expect(await invoke()).toMatchObject({ status: 'synced', added: 4 });
  await invoke();
  expect(mails).toEqual([]);
  started.down = undefined;
  await invoke();
  await invoke();

  expect(mails).toMatchObject([{ topic: 'digest' }]);
  expect(mails[0]?.text).toContain('Late: 4 saved, 4 already there, 0 not copyable');
});

test('events that could not be sent send no mail twice, and count nothing twice', async () => {
  write(`Once,${add(0, 4)},${add(4, 5)},append,auto,,,`);
  world.clock.jump(WEEK_MS);
  started.down = 'events';
  await invoke();
  expect(mails).toMatchObject([{ topic: 'digest', subject: expect.stringContaining(': 4 saved') }]);
  started.down = undefined;
  await invoke();
  expect(mails).toHaveLength(1);
  expect(typesOf()).toEqual(['sync.finished']);

  world.clock.jump(WEEK_MS);
  world.clock.jump(3 * WEEK_MS);
  await invoke();
  expect(mails.at(-1)?.subject).toContain(': 0 saved');
});

test('a pair that fails twice is told though no digest can be sent, and again only where that mail was lost', async () => {
  const alarms = (): unknown[] => mails.filter(({ topic }) => topic === 'alarms');
  write(`Gone,1234567890123456789012,${add(0, 1)},append,auto,,,`);
  world.clock.jump(WEEK_MS);
  started.down = 'digest';
  for (let runs = 0; runs < 4; runs += 1) await invoke();
  expect(alarms()).toMatchObject([{ subject: expect.stringContaining('Gone has failed twice') }]);

  write(`Lost,1234567890123456789012,${add(0, 1)},append,auto,,,`);
  started.down = 'alarms';
  for (let runs = 0; runs < 3; runs += 1) await invoke();
  expect(alarms()).toHaveLength(1);
  expect(mails.filter(({ topic }) => topic === 'digest')).toHaveLength(1);
  started.down = undefined;
  for (let runs = 0; runs < 3; runs += 1) await invoke();
  expect(alarms()).toHaveLength(2);
});

test.each([
  ['is broken', 'nonsense\n1,2\n'],
  ['is gone', undefined],
])('what was done is told though the file %s by then, and the run fails', async (_, content) => {
  const target = add(0, 0);
  write(`Told,${add(0, 3)},${target},append,auto,,,`);
  world.clock.jump(WEEK_MS);
  const unwatch = world.spotify.watch(({ method, path }) => {
    if (method === 'POST' && path.includes(target)) s3.write(SYNCS, content);
  });

  await expect(invoke()).rejects.toThrow();

  unwatch();
  expect(urisOf(target)).toHaveLength(3);
  expect(typesOf()).toEqual(['sync.applied', 'sync.finished']);
  expect(mails).toMatchObject([{ topic: 'digest', subject: expect.stringContaining(': 3 saved') }]);
});

test('answer, events and file have no title of what Spotify does not take', async () => {
  const [dead = ''] = tracks.slice(901, 902).map((track) => toUri(track) ?? '');
  world.spotify.configure({ dead: [dead] });
  write(`Dead,${add(900, 903)},${add(0, 0)},append,auto,,,`);

  const report = await invoke();

  world.spotify.configure({ dead: [] });
  const { tracks: known } = world.spotify.catalogue;
  const title = known.get(dead.replace('spotify:track:', ''))?.name ?? dead;
  const text = '2 added, 0 removed, 0 moved. Not taken by Spotify: 1.';
  expect(report.pairs).toMatchObject([{ message: text }]);
  expect(events[0]?.detail).toMatchObject({ text: `Dead: ${text}` });
  expect(read()[0]).toContain(text);
  for (const place of [report, events, read()]) {
    expect(JSON.stringify(place)).not.toContain(JSON.stringify(title).slice(1, -1));
    expect(JSON.stringify(place)).not.toContain(dead);
  }
});

test('a plan says of an auto pair what would be done and what is held, and of none that it asks first', async () => {
  const mirrored = add(0, 30);
  write(
    `Auto,${add(0, 9)},${add(0, 0)},append,auto,,,`,
    `Asking,${add(0, 9)},${add(0, 0)},append,ask,,,`,
    `Same,${add(0, 9)},${add(0, 9)},append,ask,,,`,
    `Held,${mirrored},${add(0, 0)},mirror,auto,,,`,
  );
  await invoke({ pairs: ['Held'] });
  world.spotify.editPlaylist(mirrored, (items) => items.slice(0, 13));

  const planned = await invoke({ dryRun: true });

  const toAdd = '9 to add, 0 to remove, 0 to move';
  expect(planned.pairs).toMatchObject([
    { name: 'Auto', message: `${toAdd}.` },
    { name: 'Asking', message: `${toAdd}.` },
    { name: 'Same', message: 'No changes.' },
    { name: 'Held', message: '0 to add, 17 to remove, 0 to move. Held: removals.' },
  ]);
  const { pairs } = await invoke();
  expect(pairs).toMatchObject([
    { state: 'applied' },
    { state: 'waiting', message: `${toAdd}: it asks first.` },
    { state: 'unchanged', message: 'No changes.' },
    { state: 'held' },
  ]);
});

test('a run whose time is up while it reads leaves the rest to the next one, and fails nothing', async () => {
  const [long, other] = [add(10, 300), add(0, 0)];
  write(`Long,${add(0, 3)},${long},append,auto,,,`, `Other,${add(0, 3)},${other},append,auto,,,`);
  const ending = new AbortController();
  jest.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(ending.signal);
  const unwatch = world.spotify.watch(({ path }) => {
    if (!path.includes(long)) return;
    unwatch();
    ending.abort();
    // Less is left than a pair needs.
    world.clock.jump(850_000);
  });

  const report = await invoke();

  jest.restoreAllMocks();
  expect(report.pairs).toMatchObject([
    { name: 'Long', state: 'later' },
    { name: 'Other', state: 'later' },
  ]);
  expect(await invoke()).toMatchObject({ status: 'synced', added: 6, failed: 0 });
});

test('a dry run writes no row of a sync, and keeps no run away', async () => {
  write(`Dry,${add(0, 4)},${add(0, 0)},append,auto,,,`);
  const rowsOf = async (): Promise<unknown[]> =>
    (await world.stateRows()).filter(({ state_id }) => String(state_id).startsWith('sync'));
  const before = await rowsOf();
  await invoke({ dryRun: true });
  expect(await rowsOf()).toEqual(before);

  let during: Promise<SyncReport> | undefined;
  const unwatch = world.spotify.watch(() => {
    unwatch();
    during = invoke();
  });
  await invoke({ dryRun: true });
  expect(await during).toMatchObject({ status: 'synced', added: 4 });
});

test('the answer says what an inbox was emptied of, and no other pair has such a figure', async () => {
  const inbox = add(0, 12);
  write(
    `Inbox,${inbox},${add(0, 2)},inbox,auto,,,`,
    `Dated,${add(0, 3)},,dated,auto,,,`,
    `Liked,liked,new:Likes,append,auto,,,`,
  );

  const report = await invoke();

  expect(report).toMatchObject({
    cleared: 12,
    pairs: [
      { name: 'Inbox', state: 'applied', added: 10, cleared: 12 },
      { name: 'Dated', state: 'applied', added: 3 },
      { name: 'Liked', state: 'applied' },
    ],
  });
  const hasFigure = (pair: unknown): boolean => JSON.stringify(pair).includes('"cleared"');
  expect(Array.isArray(report.pairs) && report.pairs.map(hasFigure)).toEqual([true, false, false]);
  expect(urisOf(inbox)).toEqual([]);
  const [liked] = events.filter(({ detail }) => JSON.stringify(detail).includes('"Liked"'));
  expect(liked?.detail).toMatchObject({ cleared: 0, added: expect.any(Number) });
  expect(report.pairs).not.toMatchObject([{}, {}, { added: 0 }]);
});

test('what concerns every pair is told of those that the run was about', async () => {
  write(
    `One,${add(0, 4)},new:One of two,append,auto,,,`,
    `Two,${add(0, 4)},${add(0, 0)},append,auto,,,`,
  );
  const rows = await world.stateRows();
  const broken = { state_id: 'sync-creation#new:One of two', revision: '1', body: '{}' };
  await world.replaceState([...rows, broken]);

  await expect(invoke({ pairs: ['Two'] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });

  await world.replaceState(rows);
  const failed = events.filter(({ type }) => type === 'sync.failed');
  expect(failed.map(({ detail }) => detail)).toMatchObject([{ pair: 'Two' }]);
});

test('an undo that a login which has ended keeps away fails no pair', async () => {
  write(`Undone,${add(0, 4)},${add(0, 0)},append,auto,,,`);
  await invoke();
  events.splice(0);
  world.spotify.revokeLogins();
  world.clock.jump(7_300_000);

  await expect(invoke({ undo: 'Undone' })).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });

  expect(typesOf()).toEqual(['sync.finished']);
});
