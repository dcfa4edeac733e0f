import fc from 'fast-check';
import {
  appendTracks,
  type Catalogue,
  type CatalogueItem,
  createCatalogue,
  removeFirstItem,
} from './catalogue.ts';

const catalogue = createCatalogue(1);
const all = [...catalogue.playlists.values()];

function trackIds(items: readonly CatalogueItem[]): string[] {
  return items.flatMap((item) => (item.kind === 'track' ? [item.trackId] : []));
}

describe('a catalogue', () => {
  it('is the same for the same seed and another for another', () => {
    const toText = ({ playlists, tracks, albums }: Catalogue): string =>
      JSON.stringify([playlists, tracks, albums].map((values) => [...values]));
    expect(toText(createCatalogue(1)) === toText(catalogue)).toBe(true);
    expect([...createCatalogue(2).playlists.keys()]).not.toEqual([...catalogue.playlists.keys()]);
  });

  it('holds at least 300 playlists of every access kind', () => {
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all.map(({ access }) => access))).toEqual(
      new Set(['own', 'collaborative', 'foreign', 'foreign-private', 'spotify-made']),
    );
    expect(all.filter(({ id }) => !/^[A-Za-z0-9]{22}$/.test(id))).toEqual([]);
    const spotifyMade = all.filter(({ id }) => id.startsWith('37i9'));
    expect(new Set(spotifyMade.map(({ access }) => access))).toEqual(new Set(['spotify-made']));
  });

  it.each([0, 1, 49, 50, 51, 100, 101, 1000, 3500, 10_000])(
    'has a playlist of the user with exactly %i items',
    (size) => {
      const playlist = catalogue.playlistOfSize(size);
      expect(playlist.items).toHaveLength(size);
      expect(playlist.ownerId).toBe(catalogue.user.id);
    },
  );

  it('says which sizes there are when asked for another', () => {
    expect(() => catalogue.playlistOfSize(9999)).toThrow('ask for 0, 1, 49');
  });

  it.each([49, 50, 51, 100, 101, 1000, 3500, 10_000])(
    'puts a repeat, an episode, a local file, a gap and a ghost among %i items',
    (size) => {
      const { items } = catalogue.playlistOfSize(size);
      const kinds = new Set(items.map(({ kind }) => kind));
      expect(kinds).toEqual(new Set(['track', 'episode', 'local', 'unavailable']));
      const ids = trackIds(items);
      expect(new Set(ids).size).toBeLessThan(ids.length);
      expect(ids.some((id) => catalogue.tracks.get(id)?.name === '')).toBe(true);
    },
  );

  it('refers to nothing it does not hold', () => {
    const { tracks, albums, artists, episodes } = catalogue;
    const items = all.flatMap((playlist) => playlist.items);
    const episodeIds = items.flatMap((item) => (item.kind === 'episode' ? [item.episodeId] : []));
    expect(trackIds(items).filter((id) => !tracks.has(id))).toEqual([]);
    expect(episodeIds.filter((id) => !episodes.has(id))).toEqual([]);
    const held = [...tracks.values()];
    expect(held.filter(({ albumId }) => !albums.has(albumId))).toEqual([]);
    const artistIds = [...held, ...albums.values()].flatMap((thing) => thing.artistIds);
    expect(artistIds.filter((id) => !artists.has(id))).toEqual([]);
  });

  it('knows every precision of a release date, unpopular tracks, and albums with no image', () => {
    const albums = [...catalogue.albums.values()];
    expect(new Set(albums.map((album) => album.releaseDatePrecision)).size).toBe(3);
    expect(albums.some(({ releaseDate }) => releaseDate === '0000')).toBe(true);
    expect(albums.some(({ imageUrl }) => imageUrl === null)).toBe(true);
    expect([...catalogue.tracks.values()].some(({ popularity }) => popularity === 0)).toBe(true);
    expect([...catalogue.artists.values()].some(({ name }) => name === '')).toBe(true);
  });

  it('shows a handful of friendly playlists of 20 to 250 items', () => {
    expect(catalogue.showcase).toHaveLength(5);
    for (const id of catalogue.showcase) {
      const playlist = catalogue.playlists.get(id);
      expect(playlist?.access).toBe('own');
      expect(playlist?.items.length).toBeGreaterThanOrEqual(20);
      expect(playlist?.items.length).toBeLessThanOrEqual(250);
    }
  });
});

describe('a change of a playlist', () => {
  it('appends tracks that no other playlist has, under a new snapshot', () => {
    const own = createCatalogue(3);
    const before = own.playlistOfSize(50);
    const known = new Set([...own.playlists.values()].flatMap(({ items }) => trackIds(items)));
    const after = appendTracks(own, before.id, { count: 12, addedAtMs: 0 });
    const fresh = trackIds(after.items.slice(50));
    expect(fresh).toHaveLength(12);
    expect(fresh.some((id) => known.has(id))).toBe(false);
    expect(after.items.slice(0, 50)).toEqual(before.items);
    expect(after.snapshotId).not.toBe(before.snapshotId);
    expect(own.playlists.get(before.id)).toBe(after);
  });

  it('leaves what was read before as it was', () => {
    const own = createCatalogue(3);
    const before = own.playlistOfSize(50);
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 0, max: 25 }), (appends, count) => {
        const size = own.playlists.get(before.id)?.items.length ?? 0;
        const after = appends
          ? appendTracks(own, before.id, { count, addedAtMs: 0 })
          : removeFirstItem(own, before.id);
        expect(after.items.length).toBe(appends ? size + count : Math.max(0, size - 1));
        expect(before.items).toHaveLength(50);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a playlist that is not there', () => {
    expect(() => removeFirstItem(catalogue, 'nope')).toThrow('No playlist nope');
  });
});
