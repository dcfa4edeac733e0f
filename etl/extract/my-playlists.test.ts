import fc from 'fast-check';
import type { ListedPlaylist } from '../model/playlist-listing.ts';
import { extractMyPlaylists } from './my-playlists.ts';
import type { MyPlaylistsPage } from './sources.ts';

type Entry = ListedPlaylist | undefined;

const listed = (id: string): ListedPlaylist => ({ id, total: 1 });
const entries = (count: number): Entry[] =>
  Array.from({ length: count }, (_, index) => listed(`p${index}`));

type Source = Parameters<typeof extractMyPlaylists>[0] & { readonly offsets: number[] };

/** Serves a list in pages of so many; `change` spoils a page. */
function serve(
  list: readonly Entry[],
  size: number,
  change: (page: MyPlaylistsPage) => MyPlaylistsPage = (page) => page,
): Source {
  const offsets: number[] = [];
  return {
    offsets,
    expectPages: () => Promise.resolve(),
    getPage: (offset) => {
      offsets.push(offset);
      const page = list.slice(offset, offset + size);
      const hasNext = offset + page.length < list.length;
      return Promise.resolve(change({ entries: page, total: list.length, hasNext }));
    },
  };
}

describe('the list of the user’s playlists', () => {
  it('is read whole, in order, each playlist once and no page more than it has', async () => {
    const entry = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f').map(listed), {
      nil: undefined,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        async (list, size) => {
          const source = serve(list, size);
          const ids = list.flatMap((one) => (one === undefined ? [] : [one.id]));

          const extract = await extractMyPlaylists(source);

          expect(extract.playlists.map(({ id }) => id)).toEqual([...new Set(ids)]);
          expect(extract.empty).toBe(list.length - ids.length);
          expect(extract).toMatchObject({ total: list.length, complete: true });
          expect(source.offsets).toHaveLength(Math.max(1, Math.ceil(list.length / size)));
        },
      ),
    );
  });

  it('goes on where a page came short of what it could hold', async () => {
    const source = serve(entries(7), 3);

    await extractMyPlaylists(source);

    expect(source.offsets).toEqual([0, 3, 6]);
  });

  it('that is allowed fewer pages than it has is not complete, and what was read is kept', async () => {
    const source = serve(entries(150), 50);

    const extract = await extractMyPlaylists(source, { maxPages: 2 });

    expect(extract).toMatchObject({ total: 150, complete: false });
    expect(extract.playlists).toHaveLength(100);
    expect(await extractMyPlaylists(source, { maxPages: 3 })).toMatchObject({ complete: true });
  });

  it.each<[string, { change: (page: MyPlaylistsPage) => MyPlaylistsPage; pages: number }, boolean]>(
    [
      ['next is missing', { change: (page) => ({ ...page, hasNext: false }), pages: 3 }, true],
      ['the total is too high', { change: (page) => ({ ...page, total: 152 }), pages: 4 }, false],
      ['the total is too low', { change: (page) => ({ ...page, total: 1 }), pages: 3 }, true],
      ['next never ends', { change: (page) => ({ ...page, hasNext: true }), pages: 4 }, false],
      ['a page is empty', { change: (page) => ({ ...page, entries: [] }), pages: 1 }, false],
    ],
  )('is read in bounds where %s', async (_case, { change, pages }, complete) => {
    const source = serve(entries(150), 50, change);

    expect(await extractMyPlaylists(source)).toMatchObject({ complete });
    expect(source.offsets).toHaveLength(pages);
  });

  it('that never ends is left after as many pages as Spotify lets a user fill', async () => {
    const source = serve(entries(1), 1, (page) => ({
      ...page,
      entries: [listed('p')],
      hasNext: true,
    }));

    expect(await extractMyPlaylists(source)).toMatchObject({ complete: false });
    expect(source.offsets).toHaveLength(300);
  });

  it('tells how far it is after each page', async () => {
    const told: number[][] = [];

    await extractMyPlaylists(serve(entries(120), 50), {
      onPage: (read, total) => told.push([read, total]),
    });

    expect(told).toEqual([
      [50, 120],
      [100, 120],
      [120, 120],
    ]);
  });
});
