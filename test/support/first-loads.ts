/** First loads of playlists of given sizes, by an app of each kind. */
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { AppKind } from '../../local/simulator/simulator.ts';
import { expectedRows, withoutRun } from './expected-rows.ts';
import { createWorld, type World } from './world.ts';

/** The simulated catalogue has a playlist of each. */
const SIZES = [0, 1, 49, 50, 51, 100, 101, 1_000, 10_000];
const FIRST_PAGE = 100;
/** What a listing serves at most, by app kind. */
const PAGE = { A: 100, B: 100, C: 50 };

function callsFor(items: number, appKind: AppKind): number {
  if (items <= FIRST_PAGE) return 1;
  return 1 + Math.ceil((items - FIRST_PAGE) / PAGE[appKind]) + 1;
}

/** A list of this many items: one of the catalogue, or its largest made shorter or longer. */
function playlistOfSize({ spotify: { catalogue } }: World, size: number): CataloguePlaylist {
  if (SIZES.includes(size)) return catalogue.playlistOfSize(size);
  const largest = catalogue.playlistOfSize(10_000);
  const items = [...largest.items, ...largest.items].slice(0, size);
  const resized = { ...largest, items };
  catalogue.playlists.set(largest.id, resized);
  return resized;
}

/** Each is stored exactly, in the fewest calls. */
export async function expectFirstLoad(appKind: AppKind, size: number): Promise<void> {
  const world = await createWorld({ appKind });
  try {
    const { catalogue } = world.spotify;
    const playlist = playlistOfSize(world, size);

    const answer = await world.ingest(`spotify:playlist:${playlist.id}`);

    const stored = await world.rows();
    const expected = expectedRows(catalogue, playlist, appKind);
    expect(answer.body).toMatchObject({ status: 'loaded', playlist_id: playlist.id });
    expect(withoutRun(stored)).toEqual(expected);
    expect(stored.playlist[0]).toMatchObject({ run_id: answer.body.run_id });
    expect(world.takeApiCalls()).toHaveLength(callsFor(size, appKind));
    expect(answer.body).toMatchObject({
      spotify_requests: callsFor(size, appKind),
      counts: {
        items: size,
        tracks: expected.track.length,
        albums: expected.album.length,
        artists: expected.artist.length,
      },
      written: {
        playlist: 1,
        track: expected.track.length,
        album: expected.album.length,
        artist: expected.artist.length,
      },
      unchanged: { track: 0, album: 0, artist: 0 },
    });
  } finally {
    await world.close();
  }
}
