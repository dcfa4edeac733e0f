import {
  type CatalogueAlbum,
  type CataloguePlaylist,
  type CatalogueTrack,
  type PlaylistAccess,
} from './catalogue.ts';
import { type AppKind, type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type TestClient, toPage } from './test-client.ts';

const FORBIDDEN = { error: { status: 403, message: 'Forbidden' } };
const NOT_FOUND = { error: { status: 404, message: 'Resource not found' } };
const INVALID_ID = { error: { status: 400, message: 'Invalid base62 id' } };
const EPISODES = 'additional_types=track,episode';

let simulator: SpotifySimulator;
let user: TestClient;
let app: TestClient;

beforeAll(async () => {
  simulator = await startSpotifySimulator();
  user = await logIn(simulator);
  app = await logIn(simulator, 'app');
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.configure({ appKind: 'C' });
});

function become(appKind: AppKind): void {
  simulator.configure({ appKind });
}

function playlistWith(access: PlaylistAccess): CataloguePlaylist {
  const found = [...simulator.catalogue.playlists.values()].find(
    (playlist) => playlist.access === access && playlist.items.length > 2,
  );
  if (found === undefined) throw new Error(`No ${access} playlist.`);
  return found;
}

function getTrack(id: string): CatalogueTrack {
  const track = simulator.catalogue.tracks.get(id);
  if (track === undefined) throw new Error(`No track ${id}.`);
  return track;
}

function getAlbum(id: string): CatalogueAlbum {
  const album = simulator.catalogue.albums.get(id);
  if (album === undefined) throw new Error(`No album ${id}.`);
  return album;
}

describe.each(['A', 'B', 'C'] as const)('for app kind %s', (kind) => {
  const key = kind === 'C' ? 'items' : 'tracks';
  const inner = kind === 'C' ? 'item' : 'track';
  beforeEach(() => {
    become(kind);
  });

  it('a playlist carries its first 100 items, and its `next` leads to the rest', async () => {
    const { id, items, snapshotId, name } = simulator.catalogue.playlistOfSize(1000);
    const { status, body } = await user.get(`/v1/playlists/${id}?${EPISODES}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, name, snapshot_id: snapshotId, type: 'playlist' });
    const page = toPage((body as Record<string, unknown>)[key]);
    const limit = kind === 'C' ? 50 : 100;
    const next = `/v1/playlists/${id}/${key}?additional_types=track%2Cepisode&offset=100&limit=${limit}`;
    expect(page).toMatchObject({ limit: 100, offset: 0, total: 1000, next: simulator.url + next });
    const all = (await user.listFrom(page)) as Record<string, { id: string } | null>[];
    expect(all.map((entry) => entry[inner]?.id ?? null)).toEqual(
      items.map((item) => {
        if (item.kind === 'track') return item.trackId;
        return item.kind === 'episode' ? item.episodeId : null;
      }),
    );
  });

  it.each(['0', `${kind === 'C' ? 51 : 101}`, 'many', '-1', '2.5'])(
    'a listing refuses limit=%s',
    async (limit) => {
      const { id } = simulator.catalogue.playlistOfSize(50);
      const reply = await user.get(`/v1/playlists/${id}/items?limit=${limit}`);
      expect(reply.body).toEqual({ error: { status: 400, message: 'Invalid limit' } });
      expect(reply.status).toBe(400);
    },
  );

  it('a listing has 20 items unless asked for more', async () => {
    const { id } = simulator.catalogue.playlistOfSize(50);
    const page = await user.getPage(`/v1/playlists/${id}/items`);
    expect(page).toMatchObject({ limit: 20, offset: 0, total: 50 });
    expect(page.items).toHaveLength(20);
  });

  it.each(['foreign-private', 'spotify-made'] as const)(
    'a %s playlist does not exist',
    async (access) => {
      const { id } = playlistWith(access);
      const paths = [`/v1/playlists/${id}`, `/v1/playlists/${id}/items`];
      for (const path of paths) expect((await user.get(path)).body).toEqual(NOT_FOUND);
    },
  );

  it.each([
    ['the first', '0'.repeat(22), NOT_FOUND],
    ['the last, of 128 bits', '7N42dgm5tFLK9N8MT7fHC7', NOT_FOUND],
    ['one more than the last', '7N42dgm5tFLK9N8MT7fHC8', INVALID_ID],
    ['one of 22 other characters', `${'0'.repeat(21)}-`, INVALID_ID],
    ['one of 21 characters', '0'.repeat(21), INVALID_ID],
  ])('an unknown id is refused by its form: %s', async (_form, id, error) => {
    for (const path of [`/v1/playlists/${id}`, `/v1/playlists/${id}/items`]) {
      expect((await user.get(path)).body).toEqual(error);
    }
  });
});

describe('in app kind C', () => {
  it('a collaborative playlist is read like an own one', async () => {
    const { id, items } = playlistWith('collaborative');
    const page = await user.getPage(`/v1/playlists/${id}/items?limit=50`);
    expect(page.total).toBe(items.length);
  });

  it('a foreign playlist shows no items', async () => {
    const { id, name } = playlistWith('foreign');
    const { body } = await user.get(`/v1/playlists/${id}`);
    expect(body).toMatchObject({ id, name });
    expect(body).not.toHaveProperty('items');
    expect(body).not.toHaveProperty('tracks');
    expect((await user.get(`/v1/playlists/${id}/items`)).body).toEqual(FORBIDDEN);
  });

  it('the old path is gone', async () => {
    const { id } = simulator.catalogue.playlistOfSize(50);
    const reply = await user.get(`/v1/playlists/${id}/tracks`);
    expect(reply.status).toBe(403);
    expect(reply.body).toEqual(FORBIDDEN);
  });

  it('the app alone sees metadata only', async () => {
    const { id } = simulator.catalogue.playlistOfSize(50);
    const { status, body } = await app.get(`/v1/playlists/${id}`);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('items');
    expect((await app.get(`/v1/playlists/${id}/items`)).body).toEqual(FORBIDDEN);
  });

  it('a track tells whether it is a track and lacks what was removed in 2026', async () => {
    const { id } = simulator.catalogue.playlistOfSize(1);
    const page = await user.getPage(`/v1/playlists/${id}/items`);
    expect(page.items[0]).toMatchObject({ item: { track: true, episode: false, type: 'track' } });
    expect(JSON.stringify(page)).not.toMatch(/popularity|available_markets|linked_from/);
    expect((await user.get(`/v1/playlists/${id}`)).body).not.toHaveProperty('followers');
  });
});

describe('in app kinds A and B', () => {
  it('/items answers with `track` entries that have popularity and markets', async () => {
    become('B');
    const { id } = simulator.catalogue.playlistOfSize(1);
    const page = await user.getPage(`/v1/playlists/${id}/items`);
    const popularity: unknown = expect.any(Number);
    const markets: unknown = expect.arrayContaining(['DE']);
    expect(page.items[0]).toMatchObject({ track: { popularity, available_markets: markets } });
  });

  it('B reads a foreign playlist by the old path only, A by both', async () => {
    const { id } = playlistWith('foreign');
    const statuses = async (): Promise<number[]> => [
      (await user.get(`/v1/playlists/${id}/items`)).status,
      (await user.get(`/v1/playlists/${id}/tracks`)).status,
    ];
    become('B');
    expect(await statuses()).toEqual([403, 200]);
    become('A');
    expect(await statuses()).toEqual([200, 200]);
  });

  it('the app alone reads public playlists and knows of no others', async () => {
    become('A');
    const own = [...simulator.catalogue.playlists.values()].filter(
      ({ access }) => access === 'own',
    );
    const status = async (isPublic: boolean): Promise<number | undefined> => {
      const id = own.find((playlist) => playlist.isPublic === isPublic)?.id ?? '';
      return (await app.get(`/v1/playlists/${id}/tracks`)).status;
    };
    expect(await status(true)).toBe(200);
    expect(await status(false)).toBe(404);
  });
});

describe('the facts on the wire', () => {
  it('are those of the catalogue, for a track, its album and its artists', async () => {
    const { catalogue } = simulator;
    const { id, items } = catalogue.playlistOfSize(1);
    const [item] = items;
    if (item?.kind !== 'track') throw new Error('Not a track.');
    const track = getTrack(item.trackId);
    const album = getAlbum(track.albumId);
    const page = await user.getPage(`/v1/playlists/${id}/items`);
    expect(page.items[0]).toMatchObject({
      added_at: item.addedAt,
      added_by: { id: item.addedBy },
      is_local: false,
      item: {
        id: item.trackId,
        uri: `spotify:track:${item.trackId}`,
        external_urls: { spotify: `https://open.spotify.com/track/${item.trackId}` },
        name: track.name,
        duration_ms: track.durationMs,
        explicit: track.isExplicit,
        disc_number: track.discNumber,
        track_number: track.trackNumber,
        external_ids: track.isrc === null ? {} : { isrc: track.isrc },
        artists: track.artistIds.map((artistId) => ({
          id: artistId,
          name: catalogue.artists.get(artistId)?.name,
        })),
        album: {
          id: album.id,
          name: album.name,
          album_type: album.type,
          release_date: album.releaseDate,
          release_date_precision: album.releaseDatePrecision,
          total_tracks: album.totalTracks,
          images: album.imageUrl === null ? [] : [{ url: album.imageUrl, width: 640 }, {}, {}],
        },
      },
    });
  });

  it('an image of the catalogue is the largest of three', async () => {
    const { id, items } = simulator.catalogue.playlistOfSize(51);
    const text = (await user.get(`/v1/playlists/${id}`)).text;
    const urls = items.flatMap((item) => {
      const track =
        item.kind === 'track' ? simulator.catalogue.tracks.get(item.trackId) : undefined;
      return track === undefined ? [] : (getAlbum(track.albumId).imageUrl ?? []);
    });
    for (const url of urls) expect(text).toContain(`[{"url":"${url}","height":640,"width":640}`);
  });

  it('a local file has no ids and stands under a URI of its own', async () => {
    const { id, items } = simulator.catalogue.playlistOfSize(50);
    const index = items.findIndex(({ kind }) => kind === 'local');
    const page = await user.getPage(`/v1/playlists/${id}/items?limit=1&offset=${index}`);
    const uri: unknown = expect.stringMatching(/^spotify:local:[^:]*:[^:]*:[^:]*:\d+$/);
    expect(page.items[0]).toMatchObject({
      is_local: true,
      item: { id: null, uri, album: { id: null }, artists: [{ id: null, uri: null }] },
    });
  });

  it('what is unavailable is null in its place', async () => {
    const { id, items } = simulator.catalogue.playlistOfSize(50);
    const index = items.findIndex(({ kind }) => kind === 'unavailable');
    const page = await user.getPage(`/v1/playlists/${id}/items?limit=1&offset=${index}`);
    expect(page.items[0]).toMatchObject({ is_local: false, item: null });
  });

  it('an episode is dressed up as a track unless episodes are asked for', async () => {
    const { id, items } = simulator.catalogue.playlistOfSize(50);
    const index = items.findIndex(({ kind }) => kind === 'episode');
    const path = `/v1/playlists/${id}/items?limit=1&offset=${index}`;
    const asked = await user.getPage(`${path}&${EPISODES}`);
    expect(asked.items[0]).toMatchObject({ item: { type: 'episode', show: { type: 'show' } } });
    expect(asked.items[0]).not.toHaveProperty('item.album');
    const plain = await user.getPage(path);
    const show = { type: 'show' };
    expect(plain.items[0]).toMatchObject({
      item: { type: 'episode', album: show, artists: [show] },
    });
    expect(plain.items[0]).not.toHaveProperty('item.show');
  });

  it('playability is told only for a market', async () => {
    const { id } = simulator.catalogue.playlistOfSize(1);
    const path = `/v1/playlists/${id}/items`;
    expect((await user.getPage(`${path}?market=DE`)).items[0]).toHaveProperty('item.is_playable');
    expect((await user.getPage(path)).items[0]).not.toHaveProperty('item.is_playable');
  });

  it('`fields` knows the names of the app kind only', async () => {
    const { id, snapshotId } = simulator.catalogue.playlistOfSize(50);
    const get = async (fields: string): Promise<unknown> =>
      (await user.get(`/v1/playlists/${id}?fields=${fields}`)).body;
    expect(await get('snapshot_id')).toEqual({ snapshot_id: snapshotId });
    expect(await get('tracks(total)')).toEqual({});
    expect(await get('items(total)')).toEqual({ items: { total: 50 } });
    const page = await user.get(`/v1/playlists/${id}/items?limit=2&fields=items(track(id))`);
    expect(page.body).toEqual({ items: [{}, {}] });
  });
});
