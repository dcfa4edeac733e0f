import { extractAlbumTracks } from './album-tracks.ts';
import { extractArtistAlbums } from './artist-albums.ts';
import type { AlbumSource } from './sources.ts';

const idOf = (at: number): string => String(at).padStart(22, '0');

/** A list of so many, as the source has them; `total` is what it says. */
function createSource(count: number, { total = count, holes = [] as number[] } = {}) {
  const calls: string[] = [];
  const pageOf = (offset: number, size: number) =>
    Promise.resolve({
      total,
      entries: Array.from({ length: Math.max(0, Math.min(size, count - offset)) }, (_, at) =>
        holes.includes(offset + at) ? undefined : { id: idOf(offset + at) },
      ),
    });
  const source: AlbumSource = {
    getArtistAlbums: (_, offset) => {
      calls.push(`albums ${offset}`);
      return pageOf(offset, 10);
    },
    getAlbumTracks: (_, offset) => {
      calls.push(`tracks ${offset}`);
      return pageOf(offset, 50);
    },
    expectCalls: (expected) => {
      calls.push(`expect ${expected}`);
      return Promise.resolve();
    },
  };
  return { source, calls };
}

describe('albums of an artist', () => {
  it.each([
    [0, ['albums 0']],
    [10, ['albums 0']],
    [25, ['albums 0', 'expect 2', 'albums 10', 'albums 20']],
  ])('%d are read to the end', async (count, expected) => {
    const { calls, source } = createSource(count);
    const albums = await extractArtistAlbums(source, 'a');
    expect(albums?.map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, at) => idOf(at)));
    expect(calls).toEqual(expected);
  });

  it('are not read again if the first page and the total say that they are the same', async () => {
    const known = new Set(Array.from({ length: 25 }, (_, at) => idOf(at)));
    const same = createSource(25);
    expect(await extractArtistAlbums(same.source, 'a', known)).toBeUndefined();
    expect(same.calls).toEqual(['albums 0']);
    const more = createSource(26);
    expect(await extractArtistAlbums(more.source, 'a', known)).toHaveLength(26);
  });

  it.each([
    ['a total that is too high', createSource(10, { total: 12 })],
    ['a total that is too low', createSource(10, { total: 8 })],
    ['an entry that cannot be read', createSource(10, { holes: [3] })],
  ])('are an error with %s', async (_, { source }) => {
    await expect(extractArtistAlbums(source, 'a')).rejects.toMatchObject({
      code: 'SPOTIFY_RESPONSE_INVALID',
    });
  });
});

describe('tracks of an album', () => {
  it.each([
    [1, 1, ['expect 1', 'tracks 0']],
    [120, 3, ['expect 3', 'tracks 0', 'tracks 50', 'tracks 100']],
    [120, 1, ['expect 1', 'tracks 0', 'expect 2', 'tracks 50', 'tracks 100']],
  ])('%d are read with %d expected calls', async (count, expected, made) => {
    const { calls, source } = createSource(count);
    expect(await extractAlbumTracks(source, 'x', expected)).toHaveLength(count);
    expect(calls).toEqual(made);
  });
});
