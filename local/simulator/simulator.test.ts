import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { createTestClient, logIn } from './test-client.ts';

const open: SpotifySimulator[] = [];

async function start(
  options: Parameters<typeof startSpotifySimulator>[0] = {},
): Promise<SpotifySimulator> {
  const simulator = await startSpotifySimulator(options);
  open.push(simulator);
  return simulator;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

describe('a simulator', () => {
  it('listens on this machine only, at a port of its own', async () => {
    const [one, two] = [await start(), await start()];
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(two.url).not.toBe(one.url);
  });

  it('refuses a port that is taken', async () => {
    const { url } = await start();
    await expect(start({ port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('notes every request with query, status and time, and forgets them on demand', async () => {
    let nowMs = 5;
    const simulator = await start({ now: () => nowMs });
    const user = await logIn(simulator);
    const { clientId } = simulator.credentials;
    nowMs = 9;
    await user.get('/v1/playlists/short?fields=id');
    expect(simulator.requests()).toEqual([
      { method: 'POST', path: '/api/token', query: {}, clientId, status: 200, at: 5 },
      {
        method: 'GET',
        path: '/v1/playlists/short',
        query: { fields: 'id' },
        clientId,
        status: 400,
        at: 9,
      },
    ]);
    simulator.clearRequests();
    expect(simulator.requests()).toEqual([]);
  });

  it('answers an unknown path with 404', async () => {
    const user = await logIn(await start());
    const error = { status: 404, message: 'Service not found' };
    expect((await user.get('/v1/audiobooks')).body).toEqual({ error });
  });

  it('waits its latency before every answer', async () => {
    const simulator = await start({ latencyMs: 40 });
    const startedAt = performance.now();
    await createTestClient(simulator.url, undefined).get('/v1/me');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(35);
  });

  it('refuses calls over its quota, but no logins', async () => {
    const simulator = await start({ quota: 2 });
    const user = await logIn(simulator);
    await user.get('/v1/me');
    await user.get('/v1/me');
    const { status, body, retryAfter } = await user.get('/v1/me');
    const message = 'Too many requests';
    expect(body).toEqual({ error: { status: 429, message, reason: 'QUOTA_EXCEEDED' } });
    expect(status).toBe(429);
    expect(Number(retryAfter)).toBeGreaterThanOrEqual(13 * 3600);
    await logIn(simulator);
    simulator.configure({ quota: null });
    expect((await user.get('/v1/me')).status).toBe(200);
  });

  it('serves appended tracks at once', async () => {
    const simulator = await start({ now: () => 0 });
    const user = await logIn(simulator);
    const { id } = simulator.catalogue.playlistOfSize(0);
    simulator.appendTracks(id, 3);
    const page = await user.getPage(`/v1/playlists/${id}/items`);
    expect(page.total).toBe(3);
    expect(page.items[0]).toMatchObject({ added_at: '1970-01-01T00:00:00Z' });
  });

  it('accepts other credentials than its own', async () => {
    const credentials = { clientId: 'a', clientSecret: 'b:c', refreshToken: 'd' };
    const user = await logIn(await start({ credentials }));
    expect((await user.get('/v1/me')).status).toBe(200);
  });
});

describe('the admin API', () => {
  let simulator: SpotifySimulator;

  beforeAll(async () => {
    simulator = await startSpotifySimulator();
  });
  afterAll(() => simulator.close());
  beforeEach(() => {
    simulator.clearRequests();
    simulator.configure({ appKind: 'C', latencyMs: 0, quota: null });
  });

  async function send(
    path: string,
    { method = 'GET', body }: { method?: string; body?: unknown } = {},
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${simulator.url}/simulator/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  it('lists all playlists', async () => {
    const { body } = await send('playlists');
    const { id, name, snapshotId } = simulator.catalogue.playlistOfSize(3500);
    expect(body).toHaveLength(simulator.catalogue.playlists.size);
    expect(body).toContainEqual({
      uri: `spotify:playlist:${id}`,
      name,
      access: 'own',
      items: 3500,
      snapshot_id: snapshotId,
    });
  });

  it('shows and forgets the requests of clients, not its own', async () => {
    await logIn(simulator);
    expect((await send('requests')).body).toMatchObject([{ path: '/api/token' }]);
    await send('requests', { method: 'DELETE' });
    expect((await send('requests')).body).toEqual([]);
  });

  it('adds faults and takes them away', async () => {
    const fault = {
      match: { path: '/me$' },
      times: 'always',
      action: { type: 'status', status: 503, body: 'empty' },
    };
    const user = await logIn(simulator);
    expect((await send('faults', { method: 'POST', body: fault })).status).toBe(204);
    expect((await user.get('/v1/me')).status).toBe(503);
    await send('faults', { method: 'DELETE' });
    expect((await user.get('/v1/me')).status).toBe(200);
  });

  it('changes every setting, and leaves the others as they are', async () => {
    const consents = { consent: 'deny', rotation: 'never', allowListed: 'json', premium: false };
    await send('settings', { method: 'PATCH', body: consents });
    const back = { allowListed: true, premium: true };
    const after = await send('settings', { method: 'PATCH', body: back });
    expect(after.body).toMatchObject({ ...consents, ...back });
  });

  it('changes kind, latency and quota', async () => {
    const body = { appKind: 'A', latencyMs: 1, quota: 0 };
    const changed = await send('settings', { method: 'PATCH', body });
    expect(changed.body).toMatchObject(body);
    expect((await (await logIn(simulator)).get('/v1/me')).status).toBe(429);
  });

  it('appends tracks', async () => {
    const { id } = simulator.catalogue.playlistOfSize(1);
    const sent = { method: 'POST', body: { count: 4 } };
    const { body } = await send(`playlists/${id}/tracks`, sent);
    const snapshotId = simulator.catalogue.playlists.get(id)?.snapshotId;
    expect(body).toEqual({ items: 5, snapshot_id: snapshotId });
  });

  it('changes lists and likes, one list or several', async () => {
    const { id, snapshotId } = simulator.catalogue.playlistOfSize(50);
    const one = await send(`playlists/${id}/changes`, { method: 'POST', body: { times: 3 } });
    const changed = simulator.catalogue.playlists.get(id);
    expect(changed?.snapshotId).not.toBe(snapshotId);
    expect(one.body).toMatchObject({ snapshot_id: changed?.snapshotId });

    const some = await send('changes', { method: 'POST', body: { playlists: 2, likes: 1 } });
    const { length } = simulator.catalogue.liked.items;
    expect(some.body).toMatchObject({ playlists: [{}, {}], likes: length });
    expect([119, 121]).toContain(length);
  });

  it('adds plays that have just ended, and lists the last 200', async () => {
    expect((await send('plays')).body).toEqual([]);
    const added = await send('plays', { method: 'POST', body: { count: 201 } });
    expect(added.body).toHaveLength(200);
    expect(added.body).toEqual(simulator.plays().slice(1).reverse());
    const user = await logIn(simulator);
    const { body } = await user.get('/v1/me/player/recently-played?limit=50');
    expect(body).toHaveProperty('items.length', 50);
    const quirks = { frozen: { fromMs: 0, untilMs: 9e15 }, shortPage: true, unsorted: true };
    const settings = await send('settings', { method: 'PATCH', body: quirks });
    expect(settings.body).toMatchObject(quirks);
    const frozen = await user.get('/v1/me/player/recently-played');
    expect(frozen.body).toMatchObject({ items: [] });
  });

  it.each([
    ['POST plays', { count: 0 }, 'count'],
    ['POST faults', { action: { type: 'explode' } }, 'action'],
    ['POST faults', { match: { path: '(' }, action: { type: 'hang' } }, 'regular expression'],
    ['PATCH settings', { latency: 3 }, 'latency'],
    ['PATCH settings', { consent: 'maybe' }, 'consent'],
    ['PATCH settings', { allowListed: false }, 'allowListed'],
    ['POST playlists/nope/tracks', { count: 1 }, 'No playlist nope'],
    ['POST playlists/nope/tracks', { count: 0 }, 'count'],
    ['POST playlists/nope/changes', { times: 0 }, 'times'],
    ['POST changes', { lists: 1 }, 'lists'],
  ])('says what is wrong with %s %j', async (route, body, hint) => {
    const [method = '', path = ''] = route.split(' ');
    const answer = await send(path, { method, body });
    const error: unknown = expect.stringContaining(hint);
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  it('points to the list of its routes', async () => {
    const answer = await send('nowhere');
    const error: unknown = expect.stringContaining('README.md');
    expect(answer).toMatchObject({ status: 404, body: { error } });
    expect(simulator.requests()).toEqual([]);
  });
});
