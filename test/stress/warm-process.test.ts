import { expectedRows, withoutRun } from '../support/expected-rows.ts';
import { createWorld, type Tables } from '../support/world.ts';

const REFS = { first: 1_000, second: 101 };

async function loadBoth(restartBetween: boolean): Promise<{ tables: Tables; tokens: number }> {
  const world = await createWorld();
  const { catalogue } = world.spotify;
  try {
    await world.ingest(catalogue.playlistOfSize(REFS.first).id);
    if (restartBetween) world.restart();
    await world.ingest(catalogue.playlistOfSize(REFS.second).id);
    const tokens = world.spotify.requests().filter(({ path }) => path === '/api/token').length;
    return { tables: withoutRun(await world.rows()), tokens };
  } finally {
    await world.close();
  }
}

test('Two playlists in one warm process give the rows of two cold ones, and share one token', async () => {
  const warm = await loadBoth(false);
  const cold = await loadBoth(true);

  expect(warm.tables).toEqual(cold.tables);
  expect(warm.tokens).toBe(1);
  expect(cold.tokens).toBe(2);
});

test('Many playlists at once in one process give each its own rows', async () => {
  const world = await createWorld();
  const { catalogue } = world.spotify;
  const playlists = [0, 1, 49, 50, 51, 100, 101].map((size) => catalogue.playlistOfSize(size));
  try {
    const answers = await Promise.all(playlists.map(({ id }) => world.ingest(id)));

    const stored = await world.rows();
    expect(answers.map(({ status }) => status)).toEqual(playlists.map(() => 200));
    for (const [index, playlist] of playlists.entries()) {
      const row = stored.playlist.find(({ playlist_id }) => playlist_id === playlist.id);
      expect(row?.playlist_tracks).toEqual(
        playlist.items.flatMap((item) => (item.kind === 'track' ? [item.trackId] : [])),
      );
      expect(answers[index]?.body.playlist_id).toBe(playlist.id);
    }
  } finally {
    await world.close();
  }
});

test('One playlist asked for several times at once ends in the rows of one run', async () => {
  const world = await createWorld();
  const playlist = world.spotify.catalogue.playlistOfSize(101);
  try {
    const answers = await Promise.all([1, 2, 3].map(() => world.ingest(playlist.id)));

    const outcomes = answers.map(({ body }) => body.code ?? body.status);
    expect(outcomes).toContain('loaded');
    expect(['loaded', 'unchanged', 'NEWER_RUN_WON']).toEqual(expect.arrayContaining(outcomes));
    expect(withoutRun(await world.rows())).toEqual(
      expectedRows(world.spotify.catalogue, playlist, 'C'),
    );
  } finally {
    await world.close();
  }
});
