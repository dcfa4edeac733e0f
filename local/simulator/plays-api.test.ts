import * as z from 'zod';
import { type CatalogueTrack } from './catalogue.ts';
import { type SimulatedPlay, type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type Reply, type TestClient } from './test-client.ts';
import { logInAnew } from './test-login.ts';

const PATH = '/v1/me/player/recently-played';
const START = Date.UTC(2026, 8, 7);
const MINUTE = 60_000;
const pageSchema = z.strictObject({
  href: z.string(),
  limit: z.number(),
  next: z.string().nullable(),
  cursors: z.strictObject({ after: z.string(), before: z.string() }).nullable(),
  items: z.array(
    z.strictObject({
      track: z.looseObject({ name: z.string(), uri: z.string() }),
      played_at: z.iso.datetime({ precision: 3 }).transform((text) => Date.parse(text)),
      context: z
        .strictObject({
          type: z.string(),
          uri: z.string(),
          href: z.string(),
          external_urls: z.strictObject({ spotify: z.string() }),
        })
        .nullable(),
    }),
  ),
});

type Page = z.infer<typeof pageSchema>;

let nowMs: number;
let simulator: SpotifySimulator;
let user: TestClient;

beforeEach(async () => {
  nowMs = START;
  simulator = await startSpotifySimulator({ now: () => nowMs, accessTokenSeconds: 86_400 });
  user = await logIn(simulator);
});
afterEach(() => simulator.close());

/** A play that ended so many minutes after the start, seen at once unless said otherwise. */
function playAt(minute: number, play: Partial<SimulatedPlay> = {}): SimulatedPlay {
  const endedAtMs = START + minute * MINUTE;
  const [trackId = ''] = simulator.catalogue.tracks.keys();
  const shown = { visibleAtMs: endedAtMs, playedAtMs: endedAtMs };
  return { endedAtMs, trackId, context: null, isOnline: true, ...shown, ...play };
}

/** One play a minute, the first after one, and the clock after the last. */
function playFor(minutes: number): void {
  simulator.addPlays(Array.from({ length: minutes }, (_, index) => playAt(index + 1)));
  nowMs = START + minutes * MINUTE;
}

async function readPage(query = ''): Promise<Page> {
  const { body, status } = await user.get(`${PATH}${query}`);
  expect(status).toBe(200);
  return pageSchema.parse(body);
}

/** In which minute each item was played. */
async function readMinutes(query = '?limit=50'): Promise<number[]> {
  const { items } = await readPage(query);
  return items.map(({ played_at }) => (played_at - START) / MINUTE);
}

function countDown(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index);
}

async function refusal(query: string, client = user): Promise<Reply['body']> {
  const { body, status } = await client.get(`${PATH}${query}`);
  expect(body).toMatchObject({ error: { status } });
  return body;
}

describe('recently played', () => {
  it('is empty before the first play', async () => {
    expect(await readPage()).toEqual({
      href: `${simulator.url}${PATH}`,
      limit: 20,
      next: null,
      cursors: null,
      items: [],
    });
  });

  it('shows 20 plays, or up to 50, newest first, and nothing older than the 50th', async () => {
    playFor(60);
    expect(await readMinutes('')).toEqual(countDown(60, 41));
    const page = await readPage('?limit=50&type=track');
    expect(page.items.map(({ played_at }) => (played_at - START) / MINUTE)).toEqual(
      countDown(60, 11),
    );
    const [after, before] = [60, 11].map((minute) => String(START + minute * MINUTE));
    expect(page).toMatchObject({
      href: `${simulator.url}${PATH}?limit=50&type=track`,
      next: `${simulator.url}${PATH}?before=${before}&limit=50`,
      cursors: { after, before },
    });
    const { pathname, search } = new URL(page.next ?? '');
    expect(pathname).toBe(PATH);
    expect(await readPage(search)).toMatchObject({ items: [], next: null, cursors: null });
  });

  it('filters these 50 by after and before, both exclusive, in milliseconds only', async () => {
    playFor(60);
    const at = (minute: number): number => START + minute * MINUTE;
    expect(await readMinutes(`?limit=50&after=${at(57)}`)).toEqual([60, 59, 58]);
    expect(await readMinutes(`?limit=50&before=${at(14)}`)).toEqual([13, 12, 11]);
    expect(await readMinutes(`?limit=2&before=${at(60)}`)).toEqual([59, 58]);
    const seconds = Math.floor(at(57) / 1000);
    expect(await readMinutes(`?limit=50&after=${seconds}`)).toHaveLength(50);
    expect(await readMinutes(`?limit=50&before=${seconds}`)).toEqual([]);
  });

  it('refuses other limits, both cursors at once, and who may not read it', async () => {
    for (const limit of ['0', '51', 'x', '-1']) {
      expect(await refusal(`?limit=${limit}`)).toEqual({
        error: { status: 400, message: 'Invalid limit' },
      });
    }
    expect(await refusal('?after=1&before=2')).toMatchObject({ error: { status: 400 } });
    expect(await refusal('?after=yesterday')).toMatchObject({ error: { status: 400 } });
    const others = await Promise.all([
      logIn(simulator, 'app'),
      logInAnew(simulator, { scope: 'user-library-read' }).then((login) => login.user),
    ]);
    for (const other of others) {
      expect(await refusal('', other)).toEqual({
        error: { status: 403, message: 'Insufficient client scope' },
      });
    }
    const reader = await logInAnew(simulator, { scope: 'user-read-recently-played' });
    expect((await reader.user.get(PATH)).status).toBe(200);
  });

  it('shows a play when it becomes visible: late ones out of order, offline ones in a burst', async () => {
    playFor(4);
    simulator.addPlays([playAt(2.5, { visibleAtMs: START + 5 * MINUTE })]);
    expect(await readMinutes()).toEqual([4, 3, 2, 1]);
    nowMs = START + 5 * MINUTE;
    expect(await readMinutes()).toEqual([4, 3, 2.5, 2, 1]);
    const visibleAtMs = START + 500 * MINUTE;
    const offline = countDown(160, 101).map((minute) =>
      playAt(minute, { visibleAtMs, isOnline: false }),
    );
    simulator.addPlays([...offline, playAt(450)]);
    nowMs = visibleAtMs - 1;
    expect(await readMinutes()).toEqual([450, 4, 3, 2.5, 2, 1]);
    nowMs = visibleAtMs;
    expect(await readMinutes()).toEqual([450, ...countDown(160, 112)]);
    expect(simulator.plays()).toHaveLength(66);
  });

  it('stands still while it is frozen, and catches up', async () => {
    playFor(10);
    simulator.configure({
      frozen: { fromMs: START + 3 * MINUTE, untilMs: START + 11 * MINUTE },
    });
    expect(await readMinutes()).toEqual([3, 2, 1]);
    nowMs = START + 11 * MINUTE;
    expect(await readMinutes()).toEqual(countDown(10, 1));
    nowMs = START + 10 * MINUTE;
    simulator.configure({ frozen: null });
    expect(await readMinutes()).toEqual(countDown(10, 1));
  });

  it('can be short though there is more, and in disorder', async () => {
    playFor(60);
    simulator.configure({ shortPage: true });
    expect(await readMinutes()).toEqual(countDown(60, 18));
    expect(await readMinutes('')).toHaveLength(20);
    simulator.configure({ shortPage: false, unsorted: true });
    const minutes = await readMinutes();
    expect(minutes).not.toEqual(countDown(60, 11));
    expect(minutes.toSorted((one, other) => other - one)).toEqual(countDown(60, 11));
    expect((await readPage()).cursors).toEqual({
      after: String(START + 60 * MINUTE),
      before: String(START + 41 * MINUTE),
    });
  });

  it('shows the whole track in the dialect of the app kind, and where it was played from', async () => {
    const tracks = [...simulator.catalogue.tracks.values()];
    const [song] = tracks as [CatalogueTrack];
    const [ghost] = tracks.filter(({ name }) => name === '') as [CatalogueTrack];
    const collection = `spotify:user:${simulator.catalogue.user.id}:collection`;
    simulator.addPlays([
      playAt(1, { trackId: ghost.id }),
      playAt(2, { context: `spotify:album:${song.albumId}` }),
      playAt(3, { context: `spotify:artist:${song.artistIds[0]}`, playedAtMs: START }),
      playAt(4, { context: collection }),
      playAt(4, { context: collection }),
    ]);
    nowMs = START + 5 * MINUTE;
    const { items } = await readPage();
    expect(items.map(({ context }) => context?.type)).toEqual([
      'collection',
      'collection',
      'album',
      undefined,
      'artist',
    ]);
    expect(items[2]?.context).toMatchObject({
      uri: `spotify:album:${song.albumId}`,
      href: `${simulator.url}/v1/albums/${song.albumId}`,
    });
    expect(items[3]?.track).toMatchObject({ name: '', uri: `spotify:track:${ghost.id}` });
    expect(items[0]?.track).toHaveProperty('album.artists');
    for (const name of ['popularity', 'available_markets', 'linked_from']) {
      expect(items[0]?.track).not.toHaveProperty(name);
    }
    simulator.configure({ appKind: 'A' });
    expect((await readPage()).items[0]?.track).toHaveProperty('popularity');
  });

  it('takes no play that is visible before it was played', () => {
    expect(() => {
      simulator.addPlays([playAt(2, { visibleAtMs: START })]);
    }).toThrow('raise visibleAtMs');
  });
});
