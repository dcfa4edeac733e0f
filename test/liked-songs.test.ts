/** Liked Songs through the whole system: read and stored like a playlist, under an ID of their own. */
import { type App, createApp } from '../app/app.ts';
import { parseConfig } from '../app/config.ts';
import { listItems } from '../etl/model/playlist-items.ts';
import { playlistRecordSchema } from '../etl/model/records.ts';
import type { IngestSummary, Run } from '../etl/model/summaries.ts';
import { logInAnew } from '../local/simulator/test-login.ts';
import { findingsIn } from './support/row-findings.ts';
import { createWorld, NO_ROWS, type World } from './support/world.ts';

const WEEK_MS = 7 * 86_400_000;

let world: World;
let id: string;

beforeAll(async () => {
  world = await createWorld({ likes: 130, variables: { SPOTIFY_DAILY_CALLS: '0' } });
  id = `liked:${world.spotify.catalogue.user.id}`;
});
beforeEach(async () => {
  await world.replaceRows(NO_ROWS);
});
afterAll(() => world.close());

function start(variables: Record<string, string> = {}): App {
  return createApp(parseConfig({ ...world.environment, ...variables }), { clock: world.clock });
}

function load(app: App, playlistId = 'liked'): Promise<IngestSummary> {
  const run: Run = { runId: 'run-1', deadlineAt: world.clock.now() + 600_000 };
  return app.ingestPlaylist(playlistId, run);
}

/** The stored likes, as the simulated Spotify has them. */
async function storedLikes(): Promise<unknown[]> {
  const { playlist } = await world.rows();
  return listItems(playlistRecordSchema.parse(playlist[0])).map(({ added_at, uri }) => ({
    trackId: uri?.split(':')[2],
    addedAt: added_at,
  }));
}

test('all of them are stored in their order, and the tables are in order', async () => {
  const app = start();

  const summary = await load(app);

  expect(summary).toMatchObject({
    status: 'loaded',
    message: expect.stringMatching(/^Liked Songs: 130 items, 130 tracks/) as string,
    playlist_id: id,
    playlist_uri: `spotify:user:${world.spotify.catalogue.user.id}:collection`,
  });
  expect(await storedLikes()).toEqual(world.spotify.catalogue.liked.items);
  const rows = await world.rows();
  expect(rows.playlist).toMatchObject([{ playlist_id: id, playlist_name: 'Liked Songs' }]);
  expect(rows.playlist[0]?.playlist_added_by).toEqual(Array.from({ length: 130 }, () => -1));
  expect(rows.track).toHaveLength(130);
  expect(await findingsIn(rows)).toEqual([]);
});

test('unchanged ones cost one call and no write; a new like is noticed by the first page', async () => {
  const app = start();
  await load(app);
  world.takeApiCalls();

  expect(await load(app)).toMatchObject({ status: 'unchanged', counts: { items: 130 } });
  expect(world.takeApiCalls()).toEqual(['/v1/me/tracks?offset=0&limit=50']);

  const { liked, tracks } = world.spotify.catalogue;
  const [trackId = ''] = [...tracks.keys()].filter(
    (track) => !liked.items.some((like) => like.trackId === track),
  );
  liked.items = [{ trackId, addedAt: '2026-12-01T00:00:00Z' }, ...liked.items.slice(0, -1)];
  expect(await load(app)).toMatchObject({ status: 'loaded' });
  // Three pages, and the first once more.
  expect(world.takeApiCalls()).toHaveLength(4);
  expect(await storedLikes()).toEqual(liked.items);
});

test('what the first page does not show is found within a week', async () => {
  const app = start();
  await load(app);
  const { liked } = world.spotify.catalogue;
  const [older, oldest] = liked.items.slice(-2);
  if (older === undefined || oldest === undefined) throw new Error('there are two likes');
  liked.items = [...liked.items.slice(0, -2), oldest, older];

  world.clock.jump(WEEK_MS - 60_000);
  expect(await load(app)).toMatchObject({ status: 'unchanged' });
  world.clock.jump(60_000);
  expect(await load(app)).toMatchObject({ status: 'loaded' });

  expect(await storedLikes()).toEqual(liked.items);
  expect(await load(app)).toMatchObject({ status: 'unchanged' });
});

test('a login without their scope gets one line, and loads playlists as before', async () => {
  const scope = 'playlist-read-private playlist-read-collaborative';
  const { refreshToken } = await logInAnew(world.spotify, { scope });
  const app = start({ SPOTIFY_REFRESH_TOKEN: refreshToken });

  await expect(load(app)).rejects.toMatchObject({
    code: 'PLAYLIST_NOT_READABLE',
    message:
      'The login lacks the scope user-library-read, which Liked Songs need. Log in again: npx spotify-etl login.',
  });
  const { id: playlistId } = world.spotify.catalogue.playlistOfSize(50);
  expect(await load(app, playlistId)).toMatchObject({ status: 'loaded' });
});

test('those of another account are refused, and an app without a user has none', async () => {
  await expect(load(start(), 'liked:somebody')).rejects.toMatchObject({
    code: 'PLAYLIST_NOT_READABLE',
    message: expect.stringContaining('another account') as string,
  });
  await expect(load(start({ SPOTIFY_REFRESH_TOKEN: '' }))).rejects.toMatchObject({
    code: 'PLAYLIST_NOT_READABLE',
  });
});
