import { request } from 'node:http';
import fc from 'fast-check';
import { createFaultQueue, type Fault, type FaultAction } from './faults.ts';
import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type Reply, type TestClient, toPage } from './test-client.ts';

const HANG: FaultAction = { type: 'hang' };
const target = { method: 'GET', path: '/v1/playlists/x/items', query: { offset: '50' } };

describe('a fault', () => {
  it.each<[string, Fault['match'], boolean]>([
    ['nothing', undefined, true],
    ['the path', { path: /\/items$/ }, true],
    ['another path', { path: /\/tracks$/ }, false],
    ['the offset', { offset: 50 }, true],
    ['another offset', { offset: 0 }, false],
    ['the method', { method: 'GET', path: /items/g }, true],
    ['another method', { method: 'POST' }, false],
  ])('that names %s strikes accordingly', (_name, match, strikes) => {
    const queue = createFaultQueue();
    queue.add({ action: HANG, ...(match === undefined ? {} : { match }) });
    expect(queue.take(target)).toBe(strikes ? HANG : undefined);
  });

  it('takes a request without an offset for the first page', () => {
    const queue = createFaultQueue();
    queue.add({ match: { offset: 0 }, action: HANG });
    expect(queue.take({ ...target, query: {} })).toBe(HANG);
  });

  it('passes `skip` requests, strikes `times`, and is over', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), (skip, times) => {
        const queue = createFaultQueue();
        queue.add({ skip, times, action: HANG });
        const struck = Array.from({ length: 12 }, () => queue.take(target) !== undefined);
        expect(struck).toEqual(struck.map((_, index) => index >= skip && index < skip + times));
      }),
    );
  });

  it('waits for its turn behind those added before it', () => {
    const queue = createFaultQueue();
    queue.add({ action: { type: 'next-null' } });
    queue.add({ action: HANG, times: 'always' });
    expect([1, 2, 3].map(() => queue.take(target)?.type)).toEqual(['next-null', 'hang', 'hang']);
    queue.clear();
    expect(queue.take(target)).toBeUndefined();
  });
});

describe('over HTTP', () => {
  let simulator: SpotifySimulator;
  let user: TestClient;
  let id: string;
  let path: string;

  beforeAll(async () => {
    simulator = await startSpotifySimulator();
    user = await logIn(simulator);
    ({ id } = simulator.catalogue.playlistOfSize(101));
    path = `/v1/playlists/${id}/items?limit=50`;
  });
  afterAll(() => simulator.close());
  beforeEach(() => {
    simulator.clearFaults();
    simulator.clearRequests();
  });

  async function getWith(action: FaultAction, address = path): Promise<Reply> {
    simulator.addFault({ action });
    return user.get(address);
  }

  async function failureWith(action: FaultAction): Promise<unknown> {
    try {
      await getWith(action);
    } catch (error) {
      return error;
    }
    throw new Error('The request succeeded.');
  }

  it.each<[Extract<FaultAction, { type: 'status' }>, string, string | null]>([
    [
      { type: 'status', status: 502, body: 'json', message: 'Bad gateway.' },
      '{"error":{"status":502,"message":"Bad gateway."}}',
      null,
    ],
    [
      { type: 'status', status: 429, body: 'text', message: 'Too many requests', retryAfter: '2' },
      'Too many requests',
      '2',
    ],
    [
      { type: 'status', status: 429, body: 'json', reason: 'QUOTA_EXCEEDED', retryAfter: '48925' },
      '{"error":{"status":429,"message":"Too Many Requests","reason":"QUOTA_EXCEEDED"}}',
      '48925',
    ],
    [{ type: 'status', status: 503, body: 'empty', retryAfter: 'soon' }, '', 'soon'],
  ])('%j is answered so', async (action, text, retryAfter) => {
    const reply = await getWith(action);
    expect(reply).toMatchObject({ status: action.status, text, retryAfter });
    expect(simulator.requests().map(({ status }) => status)).toEqual([action.status]);
  });

  it('html comes under an error status and under 200', async () => {
    const error = await getWith({ type: 'status', status: 502, body: 'html' });
    expect(error).toMatchObject({ status: 502, body: undefined });
    expect(error.text).toContain('<h1>502 Bad Gateway</h1>');
    const fine = await getWith({ type: 'html-200' });
    expect(fine).toMatchObject({ status: 200, body: undefined });
    expect(fine.text).toContain('<html>');
  });

  it('a good token is refused once', async () => {
    const message = 'Access token missing';
    const reply = await getWith({ type: 'token-refused', message });
    expect(reply).toMatchObject({ status: 401, body: { error: { status: 401, message } } });
    expect((await user.get(path)).status).toBe(200);
  });

  it('a delayed answer is late and right', async () => {
    const startedAt = performance.now();
    const reply = await getWith({ type: 'delay', ms: 60 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
    expect(reply.status).toBe(200);
  });

  it('the token endpoint can fail too', async () => {
    const action: FaultAction = { type: 'status', status: 503, body: 'empty' };
    simulator.addFault({ match: { path: /^\/api\/token$/, method: 'POST' }, action });
    await expect(logIn(simulator)).rejects.toThrow();
    expect(simulator.requests()).toMatchObject([{ path: '/api/token', status: 503 }]);
  });

  it.each<[FaultAction, number]>([
    [{ type: 'reset', when: 'before-headers' }, 0],
    [{ type: 'reset', when: 'after-headers' }, 200],
    [{ type: 'reset', when: 'mid-body' }, 200],
    [{ type: 'truncate' }, 200],
    [{ type: 'truncate', chunked: true }, 200],
  ])('%j breaks the transfer', async (action, status) => {
    expect(await failureWith(action)).toHaveProperty('name', 'TypeError');
    expect(simulator.requests().map((served) => served.status)).toEqual([status]);
  });

  it('a truncated answer has the right length in its header and less in its body', async () => {
    simulator.addFault({ action: { type: 'truncate' } });
    const { promised, received } = await receive(new URL('/v1/me', simulator.url));
    expect(promised).toBeGreaterThan(0);
    expect(received).toBe(Math.floor(promised / 2));
  });

  it('a truncated gzip stream unpacks to half a text at best', async () => {
    const whole = (await user.get(path)).text;
    const reply = await getWith({ type: 'truncated-gzip' });
    expect(reply).toMatchObject({ status: 200, body: undefined });
    expect(whole.startsWith(reply.text)).toBe(true);
  });

  it('half a JSON text arrives whole', async () => {
    const reply = await getWith({ type: 'half-json' });
    expect(reply).toMatchObject({ status: 200, body: undefined });
    expect(reply.text).toMatch(/^{"href":/);
  });

  it('a hanging request gets nothing until its client gives up', async () => {
    simulator.addFault({ action: HANG });
    const signal = AbortSignal.timeout(60);
    await expect(fetch(new URL(path, simulator.url), { signal })).rejects.toThrow('timeout');
    expect(simulator.requests()).toMatchObject([{ status: 0 }]);
  });

  it('a trickle sends the headers, then byte after byte, without an end', async () => {
    simulator.addFault({ action: { type: 'trickle', everyMs: 1 } });
    const signal = AbortSignal.timeout(400);
    const response = await fetch(new URL('/v1/me', simulator.url), { signal });
    await expect(response.text()).rejects.toThrow('timeout');
  });

  it.each([false, true])(
    'a padded answer is right and as long as asked (gzip: %s)',
    async (gzip) => {
      const plain = await user.get(path);
      const padded = await getWith({ type: 'padded', megabytes: 3, gzip });
      expect(padded.body).toEqual(plain.body);
      expect(padded.text.length).toBe(plain.text.length + 3 * 1024 * 1024);
    },
  );

  it.each([false, true])('padding has no end of its own (gzip: %s)', async (gzip) => {
    simulator.addFault({ action: { type: 'padded', gzip } });
    const { body } = await fetch(new URL(path, simulator.url));
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > 64 * 1024 * 1024) break;
    }
    expect(bytes).toBeGreaterThan(64 * 1024 * 1024);
  });

  it('a playlist changes between two pages', async () => {
    const before = simulator.catalogue.playlistOfSize(51);
    const { snapshotId } = before;
    const own = `/v1/playlists/${before.id}/items?limit=50`;
    const change: FaultAction = { type: 'change-playlist', change: 'append' };
    const longer = await getWith(change, own);
    expect(longer.body).toMatchObject({ total: 52 });
    const shorter = await getWith({ type: 'change-playlist', change: 'remove-first' }, own);
    expect(shorter.body).toMatchObject({ total: 51 });
    expect(simulator.catalogue.playlists.get(before.id)?.snapshotId).not.toBe(snapshotId);
    await getWith({ ...change, playlistId: before.id }, '/v1/me');
    expect(simulator.catalogue.playlists.get(before.id)?.items).toHaveLength(52);
  });

  it('a change of a playlist that is not there is reported as a fault of the test', async () => {
    const reply = await getWith({ type: 'change-playlist', change: 'append' }, '/v1/me');
    const message: unknown = expect.stringContaining('No playlist');
    expect(reply.body).toEqual({ error: { status: 500, message } });
  });

  it.each<[FaultAction, (page: ReturnType<typeof toPage>) => unknown, unknown]>([
    [{ type: 'total-off', by: -3 }, (page) => page.total, 98],
    [{ type: 'next-null' }, (page) => page.next, null],
    [{ type: 'empty-page' }, (page) => [page.items, page.total], [[], 101]],
    [{ type: 'next-self' }, (page) => page.next === page.href, true],
    [
      { type: 'next-host', host: 'elsewhere.invalid' },
      (page) => new URL(page.next ?? '').host,
      'elsewhere.invalid',
    ],
    [{ type: 'short-page', items: 7 }, (page) => page.items.length, 7],
  ])('%j spoils a listing and the page inside a playlist', async (action, look, seen) => {
    expect(look(toPage((await getWith(action)).body))).toEqual(seen);
    const { body } = await getWith(action, `/v1/playlists/${id}`);
    expect(look(toPage((body as { items: unknown }).items))).toEqual(seen);
  });

  it('a short page leads on to the item after its last', async () => {
    const page = toPage((await getWith({ type: 'short-page', items: 7 })).body);
    expect(await user.listFrom(page)).toHaveLength(101);
  });

  it('the first page comes again', async () => {
    const first = await user.get(path);
    const again = await getWith({ type: 'repeat-page' }, `${path}&offset=50`);
    expect(again.body).toEqual(first.body);
  });

  it('odd values stand where they are put, and places that are not there are passed over', async () => {
    const plain = toPage((await user.get(path)).body);
    const values = [
      { path: ['items', 2], value: null },
      { path: ['items', 0, 'item', 'id'], value: 12 },
      { path: ['items', 0, 'item', '__proto__'], value: { odd: true } },
      { path: ['items', 1, 'item'] },
      { path: ['total'], value: [1e308] },
      { path: ['items', 50], value: 'none' },
      { path: ['nothing', 'here'], value: 'none' },
      { path: ['total', 'x'], value: 'none' },
    ];

    const { body, text } = await getWith({ type: 'odd-values', values });

    expect(body).toMatchObject({ total: [1e308], items: { 0: { item: { id: 12 } }, 2: null } });
    expect(body).toMatchObject({
      items: { 1: expect.not.objectContaining({ item: {} }) as object },
    });
    expect(text).toContain('"__proto__":{"odd":true}');
    expect(text).not.toContain('"none"');
    expect((body as typeof plain).items.slice(3)).toEqual(plain.items.slice(3));
  });

  it('an entry of the list of playlists is bent', async () => {
    const values = [{ path: ['items', 3, 'id'], value: null }, { path: ['items', 0] }];
    const { items } = toPage((await user.get('/v1/me/playlists')).body);

    const { body } = await getWith({ type: 'odd-values', values }, '/v1/me/playlists');

    expect(toPage(body).items).toEqual(
      items.slice(1).map((item, at) => (at === 2 ? { ...(item as object), id: null } : item)),
    );
  });

  it('a redirect leads elsewhere', async () => {
    simulator.addFault({
      action: { type: 'status', status: 301, body: 'html', location: 'https://portal.example/' },
    });

    const response = await fetch(new URL('/v1/me', simulator.url), { redirect: 'manual' });

    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe('https://portal.example/');
    expect(await response.text()).toContain('<h1>301 Moved Permanently</h1>');
  });

  it.each([204, 410, 451])('%d is answered without a body', async (status) => {
    expect(await getWith({ type: 'status', status, body: 'empty' })).toMatchObject({
      status,
      text: '',
    });
  });

  it('an error answer has no page to spoil', async () => {
    const reply = await getWith({ type: 'next-null' }, `/v1/playlists/${'0'.repeat(22)}/items`);
    expect(reply.status).toBe(404);
  });

  it('closing ends what still hangs', async () => {
    const other = await startSpotifySimulator();
    other.addFault({ action: HANG });
    const hanging = expect(fetch(new URL('/v1/me', other.url))).rejects.toThrow('fetch failed');
    while (other.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await other.close();
    await hanging;
  });
});

/** Below `fetch`, which hides how much arrived. */
async function receive(url: URL): Promise<{ promised: number; received: number }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, (response) => {
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      response.on('error', () => {
        resolve({ promised: Number(response.headers['content-length']), received });
      });
    });
    sent.on('error', reject).end();
  });
}
