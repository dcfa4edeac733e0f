import { setTimeout as sleep } from 'node:timers/promises';
import type { ItemPage } from '../etl/extract/sources.ts';
import { createMemoryQuota } from '../test/support/memory-quota.ts';
import {
  closeScriptedServers,
  type ReceivedRequest,
  type Script,
  type ScriptedReply,
  startScriptedServer,
} from '../test/support/scripted-server.ts';
import { createVirtualClock, START_MS, type VirtualClock } from '../test/support/virtual-clock.ts';
import { createFixedTokenStore } from './login/fixed-token-store.ts';
import { createPlaylistSource } from './playlist-source.ts';
import { openSpotifyRun, SpotifySession } from './spotify-run.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const FORBIDDEN = { status: 403, body: { error: { status: 403, message: 'Forbidden' } } };
const INVALID_LIMIT = { status: 400, body: { error: { status: 400, message: 'Invalid limit' } } };

afterEach(closeScriptedServers);

const idOf = (place: number): string => String(place).padStart(22, '0');
const placeOf = (id: string): string => String(Number(id));

/** Entries of a playlist: the track at place n has an ID that ends in n. */
function entries(start: number, end: number): { item: { id: string } }[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => ({
    item: { id: idOf(start + index) },
  }));
}

/** Answers a listing as Spotify does: at most `most` entries a page, `next` on a host of its own. */
function servePage(
  { query }: ReceivedRequest,
  { total, most = 100 }: { readonly total: number; readonly most?: number },
): ScriptedReply {
  const offset = Number(query.offset);
  const limit = Math.min(Number(query.limit), most);
  const end = Math.min(offset + limit, total);
  const next = end < total ? `https://evil.example/v1?offset=${end}&limit=${limit}` : null;
  return { body: { items: entries(offset, end), total, offset, limit, next } };
}

function firstPageOf(total: number, { size = 100, nextLimit = 100 } = {}): ItemPage {
  const items = entries(0, Math.min(size, total)).map(({ item }) => {
    return { kind: 'track' as const, track: item };
  });
  return { items, total, hasNext: total > size, nextLimit };
}

type Bench = {
  /** Reads on to the end: the IDs in order. */
  readonly list: (firstPage: ItemPage) => AsyncIterable<ItemPage>;
  readonly listFurther: (firstPage: ItemPage) => Promise<string[]>;
  /** `name offset+limit` of each call so far. */
  readonly calls: () => string[];
  readonly clock: VirtualClock;
};

async function setUp(
  script: Script,
  pagesInFlight = 1,
  playlistApi?: 'items' | 'tracks',
): Promise<Bench> {
  const calls: string[] = [];
  const clock = createVirtualClock();
  const { url } = await startScriptedServer((request, index) => {
    if (request.path === '/api/token')
      return { body: { access_token: 'token-1', expires_in: 3_600 } };
    const name = request.path.replace(`/v1/playlists/${ID}/`, '');
    calls.push(`${name} ${request.query.offset}+${request.query.limit}`);
    return script(request, index);
  });
  const credentials = { clientId: 'id', clientSecret: 'secret' };
  const tokenStore = createFixedTokenStore({ refreshToken: 'refresh-1', clientId: 'id' });
  const session = new SpotifySession(
    {
      apiUrl: url,
      accountsUrl: url,
      credentials,
      pagesInFlight,
      playlistApi,
    },
    { clock, quota: createMemoryQuota(clock), tokenStore },
  );
  const source = createPlaylistSource(openSpotifyRun(session, { deadlineAt: START_MS + 600_000 }));
  return {
    list: (firstPage) => source.listFurtherPages(ID, firstPage),
    listFurther: async (firstPage) => {
      const ids: string[] = [];
      for await (const { items } of source.listFurtherPages(ID, firstPage)) {
        for (const item of items)
          ids.push(item.kind === 'track' ? placeOf(item.track.id) : item.kind);
      }
      return ids;
    },
    calls: () => calls,
    clock,
  };
}

const ids = (start: number, end: number): string[] =>
  entries(start, end).map(({ item }) => placeOf(item.id));

describe('the pages after the first', () => {
  it.each([
    [101, ['items 100+1']],
    [200, ['items 100+100']],
    [250, ['items 100+100', 'items 200+50']],
  ])('of %d items take exactly the calls they need', async (total, wanted) => {
    const { calls, listFurther } = await setUp((request) => servePage(request, { total }));

    expect(await listFurther(firstPageOf(total))).toEqual(ids(100, total));

    expect(calls()).toEqual(wanted);
  });

  it('of a list that fits the first are none', async () => {
    const { calls, listFurther } = await setUp((request) => servePage(request, { total: 100 }));

    expect(await listFurther(firstPageOf(100))).toEqual([]);

    expect(calls()).toEqual([]);
  });

  it('are as large as the first one offers', async () => {
    const { calls, listFurther } = await setUp((request) => servePage(request, { total: 110 }));

    await listFurther(firstPageOf(110, { size: 50, nextLimit: 30 }));

    expect(calls()).toEqual(['items 50+30', 'items 80+30']);
  });

  it('keep their order though several are in flight and the first is the slowest', async () => {
    const { listFurther } = await setUp(async (request) => {
      const delayMs = Number(request.query.offset) % 300 === 0 ? 20 : 1;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return servePage(request, { total: 1_200 });
    }, 4);

    expect(await listFurther(firstPageOf(1_200))).toEqual(ids(100, 1_200));
  });

  it('are never more in flight than allowed, and one alone until it is known how the app is served', async () => {
    let inFlight = 0;
    const seen: number[] = [];
    const { listFurther } = await setUp(async (request) => {
      inFlight += 1;
      seen.push(inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight -= 1;
      return servePage(request, { total: 1_500 });
    }, 3);

    await listFurther(firstPageOf(1_500));

    expect(seen[0]).toBe(1);
    expect(seen[1]).toBe(1);
    expect(Math.max(...seen)).toBe(3);
  });

  it('are filled where the server answers with less than was asked', async () => {
    const { calls, listFurther } = await setUp((request) =>
      servePage(request, { total: 150, most: 20 }),
    );

    expect(await listFurther(firstPageOf(150))).toEqual(ids(100, 150));

    expect(calls()).toEqual(['items 100+50', 'items 120+30', 'items 140+10']);
  });

  it('are cut where the server answers with more than was asked', async () => {
    const { listFurther } = await setUp(({ query }) => {
      const offset = Number(query.offset);
      return { body: { items: entries(offset, offset + 100), total: 150, offset } };
    });

    expect(await listFurther(firstPageOf(150, { nextLimit: 20 }))).toEqual(ids(100, 150));
  });

  it('end at an empty one, however many the first said there are', async () => {
    const { calls, listFurther } = await setUp((request) => servePage(request, { total: 150 }));

    expect(await listFurther(firstPageOf(1_000_000_000_000))).toEqual(ids(100, 150));

    expect(calls().length).toBeLessThan(5);
  });
});

describe('a list that the run has no time to read to its end', () => {
  it('is told by how far it was read, and not as a fault of Spotify', async () => {
    const { clock, calls, listFurther } = await setUp((request) => {
      clock.advance(400_000);
      return servePage(request, { total: 10_000 });
    });
    // The run has 600 seconds: two pages are read, and the third finds no time left.
    const failed = listFurther(firstPageOf(10_000));

    await expect(failed).rejects.toMatchObject({
      code: 'RUN_OUT_OF_TIME',
      message: expect.stringContaining('after 300 of 10000 items') as unknown,
      facts: { items_read: 300, total: 10_000 },
    });
    expect(calls()).toHaveLength(2);
  });
});

describe('a listing that has ended', () => {
  const offsetOf = ({ query }: ReceivedRequest): number => Number(query.offset);
  const firstPage = firstPageOf(1_000, { nextLimit: 50 });

  it('by a failure sends nothing more for the pages in flight', async () => {
    const { calls, listFurther } = await setUp(async (request) => {
      if (offsetOf(request) === 150) return { status: 404 };
      if (offsetOf(request) < 150) return servePage(request, { total: 1_000 });
      await sleep(30);
      return { status: 503 };
    }, 2);

    await expect(listFurther(firstPage)).rejects.toMatchObject({ code: 'PLAYLIST_NOT_FOUND' });
    const sent = [...calls()];
    await sleep(100);

    expect(sent).toEqual(['items 100+50', 'items 150+50', 'items 200+50', 'tracks 150+50']);
    expect(calls()).toEqual(sent);
  });

  it('by a failure does not wait for a page before it that gets no answer', async () => {
    const { listFurther } = await setUp((request) => {
      if (offsetOf(request) === 150) return { end: 'never' };
      return offsetOf(request) === 200 ? { status: 404 } : servePage(request, { total: 1_000 });
    }, 2);
    const startedAt = performance.now();

    await expect(listFurther(firstPage)).rejects.toMatchObject({ code: 'PLAYLIST_NOT_FOUND' });

    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('because nobody wants more of it sends nothing more', async () => {
    const { calls, list, listFurther } = await setUp(async (request) => {
      if (offsetOf(request) < 150) return servePage(request, { total: 1_000 });
      await sleep(30);
      return { status: 503 };
    }, 2);
    // Now it is known how this app is served, and the next listing begins with two pages in flight.
    await listFurther(firstPageOf(101));

    for await (const page of list(firstPage)) {
      expect(page.items).toHaveLength(50);
      break;
    }
    await sleep(150);

    // What was in flight by then may have come through or not; it is not repeated, and nothing follows it.
    const [, ...sent] = calls();
    expect(new Set(sent).size).toBe(sent.length);
    expect(['items 100+50', 'items 150+50', 'items 200+50']).toEqual(expect.arrayContaining(sent));
  });
});

describe('a page refused as too large', () => {
  it('is halved once, and the size is remembered for the next list', async () => {
    const { calls, listFurther } = await setUp((request) =>
      Number(request.query.limit) > 50 ? INVALID_LIMIT : servePage(request, { total: 300 }),
    );

    expect(await listFurther(firstPageOf(300))).toEqual(ids(100, 300));
    const firstList = calls().length;
    await listFurther(firstPageOf(300));

    expect(calls().slice(0, firstList)).toEqual([
      'items 100+100',
      'items 100+50',
      'items 150+50',
      'items 200+50',
      'items 250+50',
    ]);
    expect(calls().slice(firstList)).toEqual([
      'items 100+50',
      'items 150+50',
      'items 200+50',
      'items 250+50',
    ]);
  });

  it('is asked for smaller though several were refused at once', async () => {
    const { calls, listFurther } = await setUp(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return Number(request.query.limit) > 50 ? INVALID_LIMIT : servePage(request, { total: 500 });
    }, 4);
    // A short list has told under which name the app is served, but nothing of large pages.
    await listFurther(firstPageOf(101));

    expect(await listFurther(firstPageOf(500))).toEqual(ids(100, 500));

    expect(calls().filter((call) => call.endsWith('+100'))).toHaveLength(4);
  });

  it('is an error where it is refused again', async () => {
    const { calls, listFurther } = await setUp(() => INVALID_LIMIT);

    await expect(listFurther(firstPageOf(300))).rejects.toMatchObject({
      code: 'SPOTIFY_RESPONSE_INVALID',
    });
    expect(calls()).toEqual(['items 100+100', 'items 100+50']);
  });
});

describe('a listing refused without a reason', () => {
  it.each([403, 404])(
    'with %d is asked for once under its other name, which is remembered',
    async (status) => {
      const { calls, listFurther } = await setUp((request) =>
        request.path.endsWith('/items')
          ? { status, body: { error: { status, message: 'Forbidden' } } }
          : servePage(request, { total: 400 }),
      );

      expect(await listFurther(firstPageOf(400))).toEqual(ids(100, 400));
      await listFurther(firstPageOf(200));

      expect(calls()).toEqual([
        'items 100+100',
        'tracks 100+100',
        'tracks 200+100',
        'tracks 300+100',
        'tracks 100+100',
      ]);
    },
  );

  it('under both names is not readable, and that is not remembered as a name', async () => {
    const { calls, listFurther } = await setUp(() => FORBIDDEN);

    for (const attempt of [1, 2]) {
      await expect(listFurther(firstPageOf(200))).rejects.toMatchObject({
        code: 'PLAYLIST_NOT_READABLE',
      });
      expect(calls()).toHaveLength(attempt * 2);
    }
    expect(calls().slice(2)).toEqual(['items 100+100', 'tracks 100+100']);
  });

  it.each<[string, ScriptedReply, string]>([
    ['403 and 404', { status: 404 }, 'PLAYLIST_NOT_READABLE'],
    ['403 and 503', { status: 503 }, 'SPOTIFY_UNAVAILABLE'],
    [
      '403 and a long 429',
      { status: 429, headers: { 'retry-after': '600' } },
      'SPOTIFY_RATE_LIMITED',
    ],
    [
      '403 and a missing scope',
      { status: 403, body: 'Insufficient client scope' },
      'SCOPE_MISSING',
    ],
  ])(
    'under the one name and otherwise under the other means what tells more: %s',
    async (_case, reply, code) => {
      const { listFurther } = await setUp(({ path }) =>
        path.endsWith('/items') ? FORBIDDEN : reply,
      );

      await expect(listFurther(firstPageOf(200))).rejects.toMatchObject({ code });
    },
  );

  it('is asked for in smaller pages under its other name', async () => {
    const { calls, listFurther } = await setUp((request) => {
      if (request.path.endsWith('/items')) return FORBIDDEN;
      return Number(request.query.limit) > 50 ? INVALID_LIMIT : servePage(request, { total: 200 });
    });

    expect(await listFurther(firstPageOf(200))).toEqual(ids(100, 200));

    expect(calls().slice(-2)).toEqual(['tracks 100+50', 'tracks 150+50']);
  });

  it.each<[string, ScriptedReply, string]>([
    ['401', { status: 401 }, 'SPOTIFY_UNAVAILABLE'],
    ['429', { status: 429, headers: { 'retry-after': '86400' } }, 'SPOTIFY_RATE_LIMITED'],
    ['500', { status: 500 }, 'SPOTIFY_UNAVAILABLE'],
    ['403 for a scope', { status: 403, body: 'Insufficient client scope' }, 'SCOPE_MISSING'],
    [
      '403 for Premium',
      { status: 403, body: 'Active premium subscription required' },
      'APP_NOT_PERMITTED',
    ],
    [
      '403 for the list of users',
      { status: 403, body: 'User not registered' },
      'APP_NOT_PERMITTED',
    ],
  ])('is never asked for under its other name after %s', async (_status, reply, code) => {
    const { calls, listFurther } = await setUp(() => reply);

    await expect(listFurther(firstPageOf(200))).rejects.toMatchObject({ code });

    expect(calls().filter((call) => !call.startsWith('items '))).toEqual([]);
  });
});
