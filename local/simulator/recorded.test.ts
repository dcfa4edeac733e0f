import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type TestClient, toPage } from './test-client.ts';

const API = 'https://api.spotify.com/v1/playlists';
const FULL = 'fullRecordedPlaylist00';
const EARLY_END = 'earlyEndOfTheRecord000';
const BOTH_NAMES = 'bothNamesRecordedYes00';
const SHORT_FORM = 'shortFormOfAPlaylist00';
const PAGES_ONLY = '37i9dQPagesOnlyNoHead0';

function entries(from: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => ({
    added_at: null,
    is_local: false,
    track: { type: 'track', id: `track${from + index}`, strange: { kept: true } },
  }));
}

function page(id: string, items: unknown[], rest: Record<string, unknown> = {}): unknown {
  const href = `${API}/${id}/tracks?offset=0&limit=100&locale=*`;
  const next = null;
  return { href, items, limit: 100, next, offset: 0, previous: null, total: items.length, ...rest };
}

const full = {
  type: 'playlist',
  id: FULL,
  name: 'Recorded',
  href: `${API}/${FULL}`,
  primary_color: '#fff',
  snapshot_id: 'snapshot',
};
const recordings: Record<string, unknown> = {
  'full.json': { ...full, tracks: page(FULL, entries(0, 3)) },
  'lists/mine.json': {
    href: 'https://api.spotify.com/v1/users/x/playlists?offset=0&limit=50',
    items: [
      { ...full, tracks: { href: `${API}/${FULL}/tracks`, total: 3 } },
      null,
      { type: 'playlist', id: SHORT_FORM, name: 'Short', items: { href: 'x', total: 9 } },
    ],
  },
  'early-end.json': {
    type: 'playlist',
    id: EARLY_END,
    name: 'Early',
    tracks: page(EARLY_END, entries(0, 100), {
      total: 244,
      next: `${API}/${EARLY_END}/tracks?offset=100&limit=100`,
    }),
  },
  'both-names.json': {
    type: 'playlist',
    id: BOTH_NAMES,
    name: 'Both',
    snapshot_id: 'both',
    tracks: page(BOTH_NAMES, entries(0, 100), { total: 130 }),
    items: page(BOTH_NAMES, entries(0, 100), { href: `${API}/${BOTH_NAMES}/items`, total: 130 }),
  },
  'deep/er/both-names-2.json': page(BOTH_NAMES, entries(100, 30), { offset: 100, total: 130 }),
  'pages-only.json': page(PAGES_ONLY, entries(0, 60)),
  'pages-only-behind-a-gap.json': page(PAGES_ONLY, entries(90, 10), { offset: 90 }),
  'artist.json': { type: 'artist', id: 'x', name: 'Nobody' },
  'error.json': { error: { status: 404, message: 'Not found.' } },
};

let folder: string;
let simulator: SpotifySimulator;
let user: TestClient;

async function writeRecording(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorded-'));
  for (const [name, content] of Object.entries(recordings)) {
    await writeRecording(name, JSON.stringify(content));
  }
  await writeRecording('README.md', 'Not a recording.');
  simulator = await startSpotifySimulator({ recordedDir: folder });
  user = await logIn(simulator, 'app');
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

async function getPlaylist(id: string): Promise<Record<string, unknown>> {
  const { status, body } = await user.get(`/v1/playlists/${id}`);
  expect(status).toBe(200);
  return body as Record<string, unknown>;
}

describe('recorded replies', () => {
  it('are those playlists whose items were recorded', () => {
    expect(simulator.recordedPlaylistIds().sort()).toEqual(
      [FULL, EARLY_END, BOTH_NAMES, PAGES_ONLY].sort(),
    );
  });

  it('are served as they stand but for the addresses of the page', async () => {
    expect(await getPlaylist(FULL)).toEqual({
      ...full,
      tracks: page(FULL, entries(0, 3), {
        href: `${simulator.url}/v1/playlists/${FULL}/tracks?offset=0&limit=100&locale=*`,
      }),
    });
  });

  it.each(['items', 'tracks'])('are listed by /%s in pages as asked for', async (family) => {
    const first = await user.getPage(`/v1/playlists/${FULL}/${family}?limit=2`);
    expect(first).toMatchObject({ items: entries(0, 2), total: 3, offset: 0, limit: 2 });
    expect(await user.listFrom(first)).toEqual(entries(0, 3));
  });

  it('end where the recording ends', async () => {
    const { tracks } = await getPlaylist(EARLY_END);
    expect(tracks).toMatchObject({ total: 100, next: null, items: entries(0, 100) });
    const listing = await user.getPage(`/v1/playlists/${EARLY_END}/items?limit=50&offset=50`);
    expect(listing).toMatchObject({ total: 100, next: null });
  });

  it('are joined from several files, and both names of the page stay', async () => {
    const { tracks, items } = await getPlaylist(BOTH_NAMES);
    const path = `${simulator.url}/v1/playlists/${BOTH_NAMES}`;
    expect(toPage(items).next).toBe(`${path}/items?offset=100&limit=50`);
    expect(toPage(tracks).next).toBe(`${path}/tracks?offset=100&limit=50&locale=*`);
    expect(await user.listFrom(toPage(items))).toEqual(entries(0, 130));
    expect(await user.listFrom(toPage(tracks))).toEqual(entries(0, 130));
  });

  it('show metadata only where no more was recorded', async () => {
    expect(await getPlaylist(SHORT_FORM)).toEqual({
      type: 'playlist',
      id: SHORT_FORM,
      name: 'Short',
      snapshot_id: expect.any(String) as unknown,
    });
    expect((await user.get(`/v1/playlists/${SHORT_FORM}/items`)).status).toBe(403);
  });

  it('get a minimal head where only pages were recorded, up to the first gap', async () => {
    const { items, ...head } = await getPlaylist(PAGES_ONLY);
    expect(head).toMatchObject({ id: PAGES_ONLY, name: PAGES_ONLY, type: 'playlist' });
    expect(toPage(items)).toMatchObject({ items: entries(0, 60), total: 60, next: null });
  });

  it('have a snapshot id that is the same each time', async () => {
    const get = async (id: string): Promise<unknown> =>
      (await user.get(`/v1/playlists/${id}?fields=snapshot_id`)).body;
    expect(await get(FULL)).toEqual({ snapshot_id: 'snapshot' });
    const made = await get(PAGES_ONLY);
    expect(made).toEqual({ snapshot_id: expect.stringMatching(/.{20}/) as unknown });
    expect(await get(PAGES_ONLY)).toEqual(made);
    expect(await get(EARLY_END)).not.toEqual(made);
  });

  it('can be spoiled by faults like any other', async () => {
    simulator.addFault({ action: { type: 'short-page', items: 2 }, times: 2 });
    const { tracks } = await getPlaylist(FULL);
    expect(toPage(tracks).items).toHaveLength(2);
    expect(await user.listFrom(toPage(tracks))).toEqual(entries(0, 3));
  });

  it('stand beside the catalogue', async () => {
    const { id } = simulator.catalogue.playlistOfSize(1);
    expect(await getPlaylist(id)).toMatchObject({ id });
  });

  it('that are no JSON stop the start with the file’s name', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'recorded-'));
    await writeFile(join(broken, 'broken.json'), '{');
    await expect(startSpotifySimulator({ recordedDir: broken })).rejects.toThrow(
      'The recording broken.json is not JSON',
    );
    await rm(broken, { recursive: true });
  });
});
