import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { LibraryAlbums } from './library-albums.ts';
import { LibraryRepository } from './library-repository.ts';

const AT = new Date(START_MS).toISOString();
const artist = (id: string) => ({
  artist_id: id,
  artist_uri: id,
  artist_url: id,
  artist_name: `Artist ${id}`,
});
const album = (id: string, artists: string[]) => ({
  album_id: id,
  album_uri: id,
  album_url: id,
  album_name: `Album ${id}`,
  album_num_tracks: 2,
  album_duration: 1_000,
  album_artists: artists,
});
const track = (id: string, albumId: string) => ({
  track_id: id,
  track_uri: id,
  track_url: id,
  track_name: `Track ${id}`,
  track_explicit: id === 't2',
  track_album: albumId,
  track_artists: ['a'],
});

describe.each(LIBRARIES)('albums in %s', (_, start) => {
  let world: TestLibrary;
  let albums: LibraryAlbums;
  beforeAll(async () => {
    world = await start();
  });
  beforeEach(async () => {
    await world.empty();
    const library = world.open();
    albums = new LibraryAlbums(library);
    const clock = createVirtualClock();
    const sink = new LibraryRepository(library, { clock, deadlineAt: START_MS + 60_000 });
    const rows = {
      artist: ['a', 'b'].map(artist),
      album: [album('x', ['a', 'b']), album('y', ['b'])],
      track: [track('t1', 'x'), track('t2', 'x')],
    };
    for (const [table, each] of Object.entries(rows)) {
      await sink.putRows(
        each.map((attributes) => ({
          table: table as keyof typeof rows,
          key: String(Object.values(attributes)[0]),
          attributes,
        })),
      );
    }
    const listing = { market: 'US', listedAt: AT, checkedAt: AT };
    await albums.putListing({ ...listing, artistId: 'a', albums: ['x'] });
    await albums.putListing({ ...listing, artistId: 'b', albums: ['y', 'x'] });
  });
  afterAll(() => world.close());

  it('are those of the listings of a market, with their songs', async () => {
    const found = await albums.listAlbums(['a', 'b'], 'US');
    expect(found.map(({ album: { album_id: id }, artistId }) => [artistId, id])).toEqual([
      ['a', 'x'],
      ['b', 'y'],
      ['b', 'x'],
    ]);
    expect(found[0]).toEqual({
      artistId: 'a',
      album: album('x', ['a', 'b']),
      trackNames: ['Track t1', 'Track t2'],
      isExplicit: true,
    });
    expect(await albums.listAlbums(['a', 'b'], 'DE')).toEqual([]);
  });

  it('have one listing for an artist and a market', async () => {
    const later = new Date(START_MS + 1).toISOString();
    const next = { artistId: 'a', market: 'US', albums: [], listedAt: later, checkedAt: later };
    await albums.putListing(next);
    expect(await albums.findListings(['a', 'c'], 'US')).toEqual([next]);
  });

  it('know the names of artists that have one', async () => {
    expect(await albums.findNames(['b', 'c'])).toEqual(new Map([['b', 'Artist b']]));
  });

  it('go with all that came with them, but not what a playlist has', async () => {
    await world.query(
      "INSERT INTO playlist (playlist_id, playlist_snapshot_id, playlist_num_items, playlist_skipped, extracted_at, run_id, seen_at) VALUES ('p', 's', 1, '{}', '', '', '')",
    );
    await world.query("INSERT INTO playlist_item VALUES ('p', 0, 'spotify:track:t1', NULL, NULL)");
    expect(await albums.countListed()).toEqual({ listings: 2, albums: 2 });
    expect(await albums.listArtistsOf('p')).toEqual(['a']);
    // The other one has left its listing.
    const at = new Date(START_MS + 2).toISOString();
    const shorter = { market: 'US', albums: ['x'], listedAt: at, checkedAt: at };
    await albums.putListing({ ...shorter, artistId: 'b' });

    await albums.purge();

    expect(await albums.countListed()).toEqual({ listings: 0, albums: 0 });
    expect(await world.query('SELECT track_id FROM track')).toEqual([{ track_id: 't1' }]);
    expect(await world.query('SELECT album_id, album_duration FROM album')).toEqual([
      { album_id: 'x', album_duration: null },
    ]);
  });
});
