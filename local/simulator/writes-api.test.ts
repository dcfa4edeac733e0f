import { type CatalogueItem } from './catalogue-model.ts';
import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type Reply, type TestClient } from './test-client.ts';
import { logInAnew } from './test-login.ts';
import { toUri } from './writes-api.ts';

let nowMs = Date.UTC(2026, 10, 20);
let simulator: SpotifySimulator;
let user: TestClient;
let uris: string[];
let id: string;

const added = { addedAt: '2020-01-01T00:00:00Z', addedBy: null };
const LOCAL: CatalogueItem = {
  kind: 'local',
  ...{ name: 'Demo', artistName: 'Me', albumName: 'Tapes', durationMs: 1000, ...added },
};

beforeAll(async () => {
  simulator = await startSpotifySimulator({ now: () => nowMs });
  user = await logIn(simulator);
  uris = [...simulator.catalogue.tracks.keys()]
    .slice(0, 300)
    .map((each) => `spotify:track:${each}`);
});
afterAll(() => simulator.close());
beforeEach(() => {
  nowMs += 60_000;
  simulator.clearFaults();
  simulator.configure({
    ...{ appKind: 'C', snapshotDelayMs: 0, foreignSnapshot: false, deletesAllCopies: true },
    ...{ poison: [], dead: [], maxItems: 10_000, fullStatus: 403, ignoresPrivate: false },
    ...{ refusesTexts: true, scopeByPublic: true, latencyMs: 0, refusesConcurrentWrites: true },
  });
  ({ id } = simulator.addPlaylist('Mine', [...toItems(uris.slice(0, 10)), LOCAL]));
});

function toItems(given: readonly string[]): CatalogueItem[] {
  return given.map((uri) => ({ kind: 'track', trackId: uri.slice(14), ...added }));
}

const write = (method: string, body: unknown, family = 'items'): Promise<Reply> =>
  user.send(method, `/v1/playlists/${id}/${family}`, body);

function stored(playlistId = id): (string | undefined)[] {
  return (simulator.catalogue.playlists.get(playlistId)?.items ?? []).map(toUri);
}

const message = (reply: Reply): unknown => {
  const { error } = reply.body as { error?: { message: string } };
  return [reply.status, error?.message];
};

describe('adding', () => {
  it('appends, or inserts at a position, and tells a new snapshot', async () => {
    const before = simulator.catalogue.playlists.get(id)?.snapshotId;
    const reply = await write('POST', { uris: [uris[20], uris[21]] });
    await write('POST', { uris: [uris[22]], position: 1 });
    expect(reply.status).toBe(201);
    expect(reply.body).not.toEqual({ snapshot_id: before });
    const expected = [...uris.slice(0, 10), toUri(LOCAL), uris[20], uris[21]];
    expect(stored()).toEqual(expected.toSpliced(1, 0, uris[22]));
    const [item] = simulator.catalogue.playlists.get(id)?.items.slice(-1) ?? [];
    expect(item?.addedAt).toBe(`${new Date(nowMs).toISOString().slice(0, 19)}Z`);
  });

  it('obeys the query before the body', async () => {
    await user.send('POST', `/v1/playlists/${id}/items?uris=${uris[30]}`, { uris: [uris[31]] });
    expect(stored().at(-1)).toBe(uris[30]);
  });

  it('takes 100, and refuses 101', async () => {
    expect((await write('POST', { uris: uris.slice(0, 100) })).status).toBe(201);
    expect(message(await write('POST', { uris: uris.slice(0, 101) }))).toEqual([
      400,
      'You can add a maximum of 100 tracks per request.',
    ]);
  });

  it.each([
    ['a local file', () => toUri(LOCAL), [400, /^Invalid track uri: spotify:local:/]],
    ['an unknown ID', () => `spotify:track:${'0'.repeat(22)}`, [400, /non-existing ID/]],
    ['a dead URI', () => uris[40], [400, /non-existing ID/]],
    ['a poison URI', () => uris[41], [502, /Bad gateway/]],
  ] as const)('refuses a whole batch for %s', async (_what, odd, [status, words]) => {
    simulator.configure({ dead: [uris[40] ?? ''], poison: [uris[41] ?? ''] });
    for (const method of ['POST', 'PUT']) {
      const reply = await write(method, { uris: [uris[50], odd()] });
      expect(message(reply)).toEqual([status, expect.stringMatching(words)]);
    }
    expect(stored()).toHaveLength(11);
  });

  it('takes episodes', async () => {
    const episode = `spotify:episode:${[...simulator.catalogue.episodes.keys()][0]}`;
    expect((await write('POST', { uris: [episode] })).status).toBe(201);
    expect(stored().at(-1)).toBe(episode);
  });

  it.each([403, 500] as const)('is %s when the list is full', async (fullStatus) => {
    simulator.configure({ maxItems: 12, fullStatus });
    expect((await write('POST', { uris: [uris[60], uris[61]] })).status).toBe(fullStatus);
    expect((await write('POST', { uris: [uris[60]] })).status).toBe(201);
  });
});

test('a replace overwrites all, and an empty one empties', async () => {
  expect((await write('PUT', { uris: [uris[1], uris[1], uris[2]] })).status).toBe(200);
  expect(stored()).toEqual([uris[1], uris[1], uris[2]]);
  await write('PUT', { uris: [] });
  expect(stored()).toEqual([]);
});

test.each([
  [{ range_start: 0, insert_before: 10 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]],
  [{ range_start: 9, insert_before: 0 }, [9, 0, 1, 2, 3, 4, 5, 6, 7, 8]],
  [{ range_start: 2, insert_before: 6, range_length: 3 }, [0, 1, 5, 2, 3, 4, 6, 7, 8, 9]],
  [{ range_start: 5, insert_before: 1, range_length: 2 }, [0, 5, 6, 1, 2, 3, 4, 7, 8, 9]],
  [{ range_start: 2, insert_before: 3, range_length: 3 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
])('the move %j counts in the list before it', async (move, order) => {
  expect((await write('PUT', move)).status).toBe(200);
  expect(stored()).toEqual([...order.map((at) => uris[at]), toUri(LOCAL)]);
});

describe('removing', () => {
  beforeEach(() => {
    simulator.editPlaylist(id, (items) => [...items, ...items.slice(0, 1)]);
  });

  it('takes every copy of the URI and ignores positions', async () => {
    const reply = await write('DELETE', { items: [{ uri: uris[0], positions: [0] }] });
    expect(reply.status).toBe(200);
    expect(stored()).toEqual([...uris.slice(1, 10), toUri(LOCAL)]);
  });

  it('obeys positions as it did before 2024 where that is wanted', async () => {
    simulator.configure({ deletesAllCopies: false });
    await write('DELETE', { items: [{ uri: uris[0], positions: [0] }] });
    expect(stored()).toEqual([...uris.slice(1, 10), toUri(LOCAL), uris[0]]);
  });

  it('wants the name of the family, and no local file', async () => {
    const noUris = [400, 'No uris provided'];
    expect(message(await write('DELETE', { tracks: [{ uri: uris[0] }] }))).toEqual(noUris);
    const local = await write('DELETE', { items: [{ uri: toUri(LOCAL) }] });
    expect(local.status).toBe(400);
    expect((await write('DELETE', { items: [{ uri: uris[299] }] })).status).toBe(200);
  });

  it('by the old path is for older apps', async () => {
    const body = { tracks: [{ uri: uris[0] }] };
    expect((await write('DELETE', body, 'tracks')).status).toBe(403);
    simulator.configure({ appKind: 'B' });
    expect((await write('DELETE', body, 'tracks')).status).toBe(200);
    expect(stored()).not.toContain(uris[0]);
  });
});

describe('a snapshot after a write', () => {
  const read = async (): Promise<unknown> =>
    (await user.get(`/v1/playlists/${id}?fields=snapshot_id,items(total)`)).body;

  it('is the old one for a while, beside the new items', async () => {
    simulator.configure({ snapshotDelayMs: 30_000 });
    const { snapshotId } = simulator.catalogue.playlists.get(id) ?? {};
    const { body } = await write('POST', { uris: [uris[1]] });
    expect(await read()).toEqual({ snapshot_id: snapshotId, items: { total: 12 } });
    nowMs += 29_999;
    expect(await read()).toMatchObject({ snapshot_id: snapshotId });
    nowMs += 1;
    expect(await read()).toMatchObject(body as object);
  });

  it('can be one that nobody knows', async () => {
    simulator.configure({ snapshotDelayMs: 30_000, foreignSnapshot: true });
    const { snapshotId } = simulator.catalogue.playlists.get(id) ?? {};
    const { body } = await write('POST', { uris: [uris[1]] });
    nowMs += 15_000;
    const foreign = await read();
    expect(foreign).not.toMatchObject({ snapshot_id: snapshotId });
    expect(foreign).not.toMatchObject(body as object);
  });
});

describe('who writes', () => {
  const PUBLIC = 'playlist-modify-public';
  const PRIVATE = 'playlist-modify-private';

  it.each([
    [PUBLIC, 201, 403],
    [PRIVATE, 403, 201],
    [`${PUBLIC} ${PRIVATE}`, 201, 201],
    ['playlist-read-private', 403, 403],
  ])('needs the scope by what the list is: %s', async (scope, ofPublic, ofPrivate) => {
    const login = await logInAnew(simulator, { scope: `playlist-read-private ${scope}` });
    const post = async (): Promise<number> =>
      (await login.user.send('POST', `/v1/playlists/${id}/items`, { uris: [uris[1]] })).status;
    expect(await post()).toBe(ofPublic);
    await user.send('PUT', `/v1/playlists/${id}`, { public: false });
    expect(await post()).toBe(ofPrivate);
    simulator.configure({ scopeByPublic: false });
    expect(await post()).toBe(Math.min(ofPublic, ofPrivate));
  });

  it('must own the list', async () => {
    const foreign = [...simulator.catalogue.playlists.values()].find(
      ({ access }) => access === 'foreign',
    );
    const path = `/v1/playlists/${foreign?.id}/items`;
    expect((await user.send('POST', path, { uris: [uris[1]] })).status).toBe(403);
  });

  it('must do so one at a time', async () => {
    simulator.configure({ latencyMs: 50 });
    const statuses = await Promise.all([1, 2].map((at) => write('POST', { uris: [uris[at]] })));
    expect(statuses.map(({ status }) => status).sort()).toEqual([201, 500]);
  });
});

describe('what happens between two calls', () => {
  it('is a user who edits, as a fault or as a function', async () => {
    const at = { path: new RegExp(id), method: 'POST' };
    for (const change of ['repeat-first', 'move-last', 'remove-first'] as const) {
      simulator.addFault({ match: at, action: { type: 'change-playlist', change } });
    }
    await write('POST', { uris: [uris[20]] });
    expect(stored()).toEqual([...uris.slice(0, 10), toUri(LOCAL), uris[0], uris[20]]);
    await write('POST', { uris: [uris[21]] });
    expect(stored()[0]).toBe(uris[20]);
    const seen: string[] = [];
    const stop = simulator.watch(({ method }) => {
      seen.push(method);
      simulator.editPlaylist(id, (items) => items.slice(1));
    });
    await write('POST', { uris: [uris[22]] });
    stop();
    await write('POST', { uris: [uris[23]] });
    expect(seen).toEqual(['POST']);
    expect(stored()[0]).toBe(uris[1]);
  });

  it('is a write that was carried out and answered 502', async () => {
    simulator.addFault({ match: { method: 'POST' }, action: { type: 'applied-but', status: 502 } });
    expect((await write('POST', { uris: [uris[20]] })).status).toBe(502);
    expect(stored().at(-1)).toBe(uris[20]);
  });
});

describe('a playlist', () => {
  const create = (body: unknown): Promise<Reply> => user.send('POST', '/v1/me/playlists', body);

  it('is created empty, public unless asked otherwise, and belongs to the user', async () => {
    const reply = await create({ name: 'New', public: false, description: "It's <new>" });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      name: 'New',
      public: false,
      description: 'It&#x27;s &lt;new&gt;',
      items: { total: 0 },
      owner: { id: simulator.catalogue.user.id },
    });
    expect((await create({ name: 'New' })).body).toMatchObject({
      public: true,
      description: 'null',
    });
    simulator.configure({ ignoresPrivate: true });
    expect((await create({ name: 'New', public: false })).body).toMatchObject({ public: true });
  });

  it.each([
    [{}, 400],
    [{ name: 'n'.repeat(101) }, 500],
    [{ name: 'New', description: '' }, 400],
    [{ name: 'New', description: 'a\nb' }, 500],
    [{ name: 'New', description: 'd'.repeat(301) }, 500],
  ])('cannot be created as %j', async (body, status) => {
    expect((await create(body)).status).toBe(status);
  });

  it('changes its details and its image', async () => {
    const path = `/v1/playlists/${id}`;
    expect((await user.send('PUT', path, { name: 'Other', public: false })).status).toBe(200);
    expect((await user.get(path)).body).toMatchObject({ name: 'Other', public: false });
    expect((await user.send('PUT', `${path}/images`, '/9j/4AAQ')).status).toBe(202);
    expect((await user.send('PUT', `${path}/images`, '/9j/4AAQ\n')).status).toBe(400);
    expect((await user.send('PUT', `${path}/images`, 'a'.repeat(262_145))).status).toBe(413);
  });
});
