import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type TestClient, toPage } from './test-client.ts';

let simulator: SpotifySimulator;
let user: TestClient;
let app: TestClient;
/** Those that have albums, and one that has none. */
let artists: string[];
let silent: string;

beforeAll(async () => {
  simulator = await startSpotifySimulator();
  user = await logIn(simulator);
  app = await logIn(simulator, 'app');
  const { artists: all, discographies } = simulator.catalogue;
  const ids = [...all.keys()];
  artists = ids.filter((id) => (discographies.of(id) ?? []).length > 0);
  silent = ids.find((id) => discographies.of(id)?.length === 0) ?? '';
});
afterAll(() => simulator.close());
afterEach(() => {
  simulator.configure({ appKind: 'C' });
});

const released = (id: string) => simulator.catalogue.discographies.of(id) ?? [];
const idsOf = (items: readonly unknown[]) => items.map((item) => (item as { id: string }).id);

describe('albums of an artist', () => {
  it('come ten a page at most, and five where nothing is asked', async () => {
    const id = artists.find((each) => released(each).length > 12) ?? '';
    const five = toPage((await user.get(`/v1/artists/${id}/albums`)).body);
    const eleven = await user.get(`/v1/artists/${id}/albums?limit=11`);
    expect(five).toMatchObject({ limit: 5, offset: 0 });
    expect(eleven).toMatchObject({
      status: 400,
      body: { error: { status: 400, message: 'Invalid limit' } },
    });
    simulator.configure({ appKind: 'B' });
    expect((await user.get(`/v1/artists/${id}/albums?limit=50`)).status).toBe(200);
  });

  it('are of the groups asked for, the newest first', async () => {
    const id = artists.find((each) => released(each).length > 12) ?? '';
    const first = await user.get(`/v1/artists/${id}/albums?include_groups=album&limit=10`);
    const albums = await user.listFrom(toPage(first.body));
    const wanted = released(id).filter(
      ({ album, markets = ['US'] }) => album.type === 'album' && markets.includes('US'),
    );
    expect(idsOf(albums)).toEqual(wanted.map(({ album }) => album.id));
    expect(albums[0]).not.toHaveProperty('available_markets');
    expect(albums[0]).not.toHaveProperty('album_group');
  });

  it("are those of a market for an app's own token, and of the user's country for a user's", async () => {
    const id = artists.find((each) => released(each).some(({ markets }) => markets)) ?? '';
    const listed = async (client: TestClient, query: string): Promise<string[]> => {
      const { body } = await client.get(`/v1/artists/${id}/albums?limit=10${query}`);
      return idsOf(await client.listFrom(toPage(body)));
    };
    const [us, jp, all] = await Promise.all(
      ['&market=US', '&market=JP', ''].map((query) => listed(app, query)),
    );
    expect(new Set(us)).not.toEqual(new Set(jp));
    expect(new Set(all)).toEqual(new Set([...(us ?? []), ...(jp ?? [])]));
    expect(await listed(user, '&market=JP')).toEqual(us);
  });

  it('are none of an artist without albums, and nothing of an unknown one', async () => {
    const { body } = await user.get(`/v1/artists/${silent}/albums`);
    expect(body).toMatchObject({ total: 0, items: [], next: null });
    expect((await user.get(`/v1/artists/${'0'.repeat(22)}/albums`)).status).toBe(404);
    expect((await user.get('/v1/artists/mistyped/albums')).status).toBe(400);
  });
});

describe('tracks of an album', () => {
  it('are all there, 50 a page, also of one with 300', async () => {
    const long = artists.flatMap(released).find(({ tracks }) => tracks.length === 300);
    const { id } = long?.album ?? { id: '' };
    const first = toPage((await user.get(`/v1/albums/${id}/tracks?limit=50`)).body);
    const tracks = await user.listFrom(first);
    expect(first).toMatchObject({ total: 300, limit: 50 });
    expect(idsOf(tracks)).toEqual(long?.tracks.map((track) => track.id));
    expect((await user.get(`/v1/albums/${id}/tracks?limit=51`)).status).toBe(400);
    const { body } = await user.get(`/v1/albums/${id}`);
    expect(body).toMatchObject({ id, total_tracks: 300, tracks: { total: 300, limit: 50 } });
  });

  it.each([
    'Deluxe Edition',
    '2011 Remaster',
    'Live at',
    'Greatest Hits',
    'Soundtrack',
    'One Long',
  ])('are %s among others', (words) => {
    expect(artists.flatMap(released).some(({ album }) => album.name.includes(words))).toBe(true);
  });

  it('are those that the listing counts, whatever the album', () => {
    const wrong = artists
      .flatMap(released)
      .filter(({ album, tracks }) => album.totalTracks !== tracks.length);
    expect(wrong).toEqual([]);
  });
});

it('the same seed gives the same albums, whoever is asked for first', async () => {
  const other = await startSpotifySimulator();
  const [one = '', two = ''] = artists.slice(3);
  const backwards = [two, one].map((id) => other.catalogue.discographies.of(id)).reverse();
  expect(backwards).toEqual([released(one), released(two)]);
  await other.close();
});

it('a released album is the first of its artist', async () => {
  const [id = ''] = artists;
  const album = simulator.releaseAlbum(id, { name: 'Brand New', date: '2026-11-27', tracks: 3 });
  const { body } = await user.get(`/v1/artists/${id}/albums?include_groups=album&limit=1`);
  expect(toPage(body).items[0]).toMatchObject({ id: album, name: 'Brand New', total_tracks: 3 });
});

it('a search finds names that are alike, ten at most', async () => {
  const [name = ''] = [...simulator.catalogue.artists.values()]
    .map((artist) => artist.name)
    .filter((each) => /^The \w+ \w+$/.test(each));
  const { body } = await user.get(`/v1/search?type=artist&limit=10&q=${encodeURIComponent(name)}`);
  const { items } = toPage((body as { artists: unknown }).artists);
  expect(items).toHaveLength(10);
});
