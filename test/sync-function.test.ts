/** The function sync: the pairs of a bucket, the journal in the state table, and who is told. */
import type { SyncReport } from '../handlers/sync.ts';
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
const writesOf = (): string[] =>
  world.spotify
    .requests()
    .filter(({ method, path }) => method !== 'GET' && path.startsWith('/v1'))
    .map(({ method }) => method);

test('applies what may be applied, shows the rest, and tells of it; a second run writes nothing', async () => {
  const auto = [add(0, 30), add(27, 60)] as const;
  const asking = [add(0, 3), add(10, 12)] as const;
  const mirrored = [add(100, 150), add(200, 201)] as const;
  write(
    `Auto,${auto[0]},${auto[1]},append,auto,,,`,
    `Asking,${asking[0]},${asking[1]},append,ask,,,`,
    `Mirror,${mirrored[0]},${mirrored[1]},mirror,auto,,,`,
  );
  await invoke({ pairs: ['Mirror'] });
  const source = world.spotify.catalogue.playlists.get(mirrored[0]);
  world.spotify.catalogue.playlists.set(mirrored[0], {
    ...{ ...source, snapshotId: 'another' },
    items: source?.items.slice(0, 25) ?? [],
  } as NonNullable<typeof source>);
  events.splice(0);
  mails.splice(0);

  const planned = await invoke({ dryRun: true });
  expect(planned).toMatchObject({ status: 'dry-run', added: 0, held: 0 });
  expect(planned.pairs).toMatchObject([
    { name: 'Auto', state: 'planned', add: 27 },
    { name: 'Asking', state: 'planned', add: 3 },
    { name: 'Mirror', state: 'planned', remove: 25, held: ['removals'] },
  ]);
  expect([events, mails]).toEqual([[], []]);

  const report = await invoke();
  expect(report).toMatchObject({
    ...{ status: 'synced', added: 27, removed: 0, held: 1, failed: 0 },
    pairs: [
      { name: 'Auto', state: 'applied', added: 27 },
      { name: 'Asking', state: 'waiting', add: 3, added: 0 },
      { name: 'Mirror', state: 'held', remove: 25, removed: 0, held: ['removals'] },
    ],
  });
  expect(urisOf(auto[1])).toHaveLength(60);
  expect(urisOf(asking[1])).toHaveLength(2);
  expect(urisOf(mirrored[1])).toHaveLength(51);
  expect(read()).toEqual([
    expect.stringMatching(/^Auto,.*,append,auto,,20\S+Z,"27 added, 0 removed, 0 moved\."$/),
    expect.stringMatching(/^Asking,.*"3 to add, 0 to remove, 0 to move: it asks first\."$/),
    expect.stringMatching(/^Mirror,.*,Nothing done\. Held: removals\.$/),
  ]);
  expect(typesOf()).toEqual(['sync.applied', 'sync.waiting', 'sync.held', 'sync.finished']);
  expect(events[0]?.detail).toMatchObject({
    ...{ version: 1, stage: 'test', pair: 'Auto', added: 27 },
    text: 'Auto: 27 added, 0 removed, 0 moved.',
  });
  expect(mails).toMatchObject([
    { topic: 'alarms', subject: 'spotify-etl test: the sync Mirror is held' },
    { topic: 'digest', subject: 'spotify-etl test: 77 saved, 28 already there, 0 not copyable' },
  ]);

  world.spotify.clearRequests();
  expect(await invoke()).toMatchObject({ added: 0, removed: 0, held: 1 });
  expect(writesOf()).toEqual([]);
  // What is held is told once a week.
  expect(mails).toHaveLength(2);

  expect(await invoke({ pairs: ['Mirror'], allowRemovals: 25 })).toMatchObject({ removed: 25 });
  expect(await invoke({ pairs: ['Asking'], yes: true })).toMatchObject({ added: 3 });
  expect(urisOf(mirrored[1])).toHaveLength(26);
  expect(await invoke({ undo: 'Mirror' })).toMatchObject({ status: 'synced', added: 25 });
  expect(urisOf(mirrored[1])).toHaveLength(51);
});

test('creates a new list once, writes its link into the file, and sends a digest in the next week', async () => {
  write(`Weekly,${add(0, 15)},new:Archive,append,auto,,,`);
  await invoke();
  const [row = ''] = read();
  const [, id = ''] = /open\.spotify\.com\/playlist\/(\w+)/.exec(row) ?? [];
  expect(urisOf(id)).toHaveLength(15);
  expect(mails).toEqual([]);

  world.clock.jump(WEEK_MS);
  world.restart();
  await invoke();

  const [{ subject, text, topic } = { subject: '', text: '', topic: '' }] = mails;
  expect([topic, subject]).toEqual([
    'digest',
    expect.stringMatching(/^spotify-etl test: \d+ saved, /),
  ]);
  expect(text).toMatch(
    /\n\nWeekly: 15 saved, 15 already there, 0 not copyable\n( {2}.+ – .+\n){10}/,
  );
  expect(text).toMatch(/\n {2}and 5 more\n {2}https:\/\/open\.spotify\.com\/playlist\/\w+$/);

  world.clock.jump(WEEK_MS);
  mails.splice(0);
  await invoke();
  expect(mails).toEqual([]);
  for (let weeks = 0; weeks < 3; weeks += 1) {
    world.clock.jump(WEEK_MS);
    await invoke();
  }
  // Nothing has happened: once in four weeks it says so.
  expect(mails).toMatchObject([{ topic: 'digest', subject: expect.stringContaining('0 saved') }]);
});

test('a pair that fails twice in a row is told, and does not stop the others', async () => {
  const gone = '1234567890123456789012';
  const target = add(5, 6);
  write(`Broken,${gone},${add(0, 1)},append,auto,,,`, `Fine,${add(0, 5)},${target},append,auto,,,`);

  expect(await invoke()).toMatchObject({ status: 'synced', failed: 1, added: 5 });
  expect(mails.filter(({ topic }) => topic === 'alarms')).toEqual([]);
  await invoke();
  await invoke();

  expect(mails.filter(({ topic }) => topic === 'alarms')).toMatchObject([
    { subject: 'spotify-etl test: the sync Broken has failed twice' },
  ]);
  const failed = events.filter(({ type }) => type === 'sync.failed');
  expect(failed.map(({ detail }) => detail)).toMatchObject(
    [1, 2, 3].map((failures) => ({ failures })),
  );
});

test('without a file a plan is empty, and a run fails', async () => {
  s3.write(SYNCS, undefined);

  expect(await invoke({ dryRun: true })).toMatchObject({ status: 'no-file' });
  await expect(invoke()).rejects.toThrow('aws s3 cp syncs.csv s3://bucket/syncs.csv');
});

test('while one run goes on, another ends at once', async () => {
  write(`Twice,${add(0, 4)},${add(4, 5)},append,auto,,,`);

  const statuses = (await Promise.all([invoke(), invoke()])).map(({ status }) => status);

  expect(statuses.sort()).toEqual(['locked', 'synced']);
});

test.each([
  ['a permission for every pair', { confirmExact: true }, /need the names of the pairs/],
  ['a pair that no row has', { pairs: ['Nobody'] }, /No row has the name Nobody/],
  ['an undo of nothing', { undo: 'Nobody' }, /No run of Nobody has written anything/],
])('refuses %s', async (_, event, message) => {
  write(`One,${add(0, 4)},${add(4, 5)},append,auto,,,`);
  await expect(invoke(event)).rejects.toThrow(message);
});

test('ten pairs of unchanged lists cost the listing and nothing else, and few units, as docs/cost.md says', async () => {
  const sources = Array.from({ length: 10 }, () => add(0, 40));
  write(...sources.map((source, at) => `P${at},${source},${add(0, 40)},append,auto,,,`));
  // The first finds nothing to do, and remembers that.
  const first = await invoke();
  world.spotify.clearRequests();

  const second = await invoke();

  const requests = world.spotify.requests().filter(({ path }) => path.startsWith('/v1'));
  expect(new Set(requests.map(({ path }) => path))).toEqual(new Set(['/v1/me/playlists']));
  const lists = world.spotify.catalogue.playlists.size;
  expect(requests.length).toBeLessThanOrEqual(Math.ceil(lists / 50));
  const pairsOf = ({ pairs }: SyncReport): unknown => pairs;
  expect(pairsOf(second)).toMatchObject(sources.map(() => ({ state: 'unchanged' })));
  expect(Number(first.read_units)).toBeLessThanOrEqual(10 * 12);
  expect(Number(first.write_units)).toBeLessThanOrEqual(10 * 7);
  expect(Number(second.read_units)).toBeLessThanOrEqual(10 * 2);
  expect(Number(second.write_units)).toBeLessThanOrEqual(10);
});

test('a pair is read again once a list of it has changed, other things are wanted of it, or 30 days are over', async () => {
  const [source, target] = [add(0, 4), add(0, 4)];
  const row = `One,${source},${target},append`;
  const countReads = async (event = {}): Promise<number> => {
    world.spotify.clearRequests();
    await invoke(event);
    const isRead = ({ path, query }: ReturnType<typeof world.spotify.requests>[number]): boolean =>
      path.startsWith('/v1/playlists/') && query.fields !== 'snapshot_id';
    return world.spotify.requests().filter(isRead).length;
  };
  write(`${row},auto,,,`);
  expect(await countReads()).toBeGreaterThan(0);
  expect(await countReads()).toBe(0);
  expect(await countReads({ dryRun: true })).toBe(0);
  expect(await countReads({ allowRewrite: true })).toBeGreaterThan(0);
  expect(await countReads()).toBeGreaterThan(0);
  world.spotify.editPlaylist(target, (items) => items.slice(1));
  expect(await countReads()).toBeGreaterThan(0);
  expect(urisOf(target)).toHaveLength(4);
  // What it has written itself it need not read.
  expect(await countReads()).toBe(0);
  world.clock.jump(30 * 86_400_000);
  expect(await countReads()).toBeGreaterThan(0);
  write(`${row},ask,,,`);
  expect(await countReads()).toBeGreaterThan(0);
  expect(await countReads()).toBe(0);
});

test('what one pair writes the next one reads in the same run', async () => {
  const [first, second, third] = [add(0, 4), add(0, 4), add(0, 4)];
  write(`One,${first},${second},append,auto,,,`, `Two,${second},${third},append,auto,,,`);
  await invoke();
  world.spotify.editPlaylist(first, (items) => [...items, ...tracks.slice(4, 5)]);

  await invoke();

  expect([urisOf(second), urisOf(third)].map((uris) => uris.length)).toEqual([5, 5]);
});

test('a wait that Spotify asks for is later, for all pairs; a login that has ended needs a person', async () => {
  const target = add(4, 5);
  write(
    `One,${add(0, 4)},${target},append,auto,,,`,
    `Two,${add(0, 4)},${add(6, 7)},append,auto,,,`,
  );
  world.spotify.addFault({
    times: 'always',
    match: { path: /^\/v1/ },
    action: { type: 'status', status: 429, body: 'text', retryAfter: '7200' },
  });
  expect(await invoke()).toMatchObject({ status: 'later', failed: 2 });
  expect(read()[1]).toMatch(/^Two,.*append,auto,,20\S+Z,/);
  world.spotify.clearFaults();
  world.clock.jump(7_300_000);
  world.spotify.revokeLogins();

  await expect(invoke()).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });
  expect(events.filter(({ type }) => type === 'sync.failed')).toHaveLength(4);
  expect(urisOf(target)).toHaveLength(1);
});
