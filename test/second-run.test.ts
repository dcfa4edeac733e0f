import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import { expectedRows, withoutRun } from './support/expected-rows.ts';
import { createWorld, type World } from './support/world.ts';

describe('A run of a playlist that is stored', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  test.each([50, 101])(
    'of %i items costs one call and two reads and writes nothing while it is unchanged',
    async (size) => {
      const playlist = world.spotify.catalogue.playlistOfSize(size);
      await world.ingest(playlist.id);
      const before = await world.rows();
      world.takeApiCalls();
      world.takeDynamodbCalls();

      const answer = await world.ingest(playlist.id);

      expect(answer).toMatchObject({
        status: 200,
        body: {
          status: 'unchanged',
          spotify_requests: 1,
          counts: { items: playlist.items.length },
          written: { playlist: 0, track: 0, album: 0, artist: 0 },
          extracted_at: before.playlist[0]?.extracted_at,
        },
      });
      expect(world.takeApiCalls()).toHaveLength(1);
      expect(world.takeDynamodbCalls()).toEqual(['GetItem', 'BatchGetItem']);
      expect(await world.rows()).toEqual(before);
    },
  );

  test.each(['track', 'album', 'artist'] as const)(
    'notices that the %s table was emptied, by itself and in the list, and loads its rows again',
    async (table) => {
      const { id } = world.spotify.catalogue.playlistOfSize(101);
      await world.ingest(id);
      const before = await world.rows();
      const stateOf = async (): Promise<string | undefined> => {
        const { playlists } = (await world.playlists()).body as PlaylistListing;
        return playlists.find(({ playlist_id }) => playlist_id === id)?.state;
      };
      expect(await stateOf()).toBe('unchanged');
      await world.replaceRows({ ...before, [table]: [] });

      expect(await stateOf()).toBe('changed');
      const answer = await world.ingest(id);

      expect(answer.body).toMatchObject({
        status: 'loaded',
        written: { track: 0, album: 0, artist: 0, [table]: before[table].length },
      });
      expect(withoutRun(await world.rows())).toEqual(withoutRun(before));
      expect(await stateOf()).toBe('unchanged');
    },
  );

  test('with one track appended to 101 items writes that track, its album, its artists and the playlist', async () => {
    const { spotify } = world;
    const { id } = spotify.catalogue.playlistOfSize(101);
    await world.ingest(id);
    spotify.appendTracks(id, 1);
    world.takeDynamodbCalls();

    const answer = await world.ingest(id);

    const playlist = spotify.catalogue.playlistOfSize(102);
    const item = playlist.items.at(-1);
    const track = item?.kind === 'track' ? spotify.catalogue.tracks.get(item.trackId) : undefined;
    const album = spotify.catalogue.albums.get(track?.albumId ?? '');
    const artistIds = new Set([...(track?.artistIds ?? []), ...(album?.artistIds ?? [])]);
    const { written } = answer.body as { written: Record<string, number> };
    expect(written).toMatchObject({ playlist: 1, track: 1 });
    expect(written.album).toBeLessThanOrEqual(1);
    expect(written.artist).toBeLessThanOrEqual(artistIds.size);
    // One for each table, since what is referred to stands first.
    expect(
      world.takeDynamodbCalls().filter((call) => call.endsWith('WriteItem')).length,
    ).toBeLessThanOrEqual(3);
    expect(withoutRun(await world.rows())).toEqual(expectedRows(spotify.catalogue, playlist, 'C'));
  });

  test('sets of a stored row just what differs and erases nothing', async () => {
    const { spotify } = world;
    spotify.configure({ appKind: 'B' });
    const playlist = spotify.catalogue.playlistOfSize(50);
    await world.ingest(playlist.id);
    const asKindB = await world.rows();

    spotify.configure({ appKind: 'C' });
    spotify.appendTracks(playlist.id, 1);
    const answer = await world.ingest(playlist.id);

    const rows = await world.rows();
    const stored = new Map(rows.track.map((row) => [row.track_id, row]));
    expect(answer.body).toMatchObject({ written: { track: 1 } });
    for (const row of asKindB.track) expect(stored.get(row.track_id)).toEqual(row);
    expect(asKindB.track.every((row) => 'track_popularity' in row)).toBe(true);
  });
});
