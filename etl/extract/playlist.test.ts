import { EtlError } from '../errors.ts';
import type { PlaylistItem } from '../model/spotify-objects.ts';
import { extractPlaylist } from './playlist.ts';
import type { ItemPage, PlaylistOpening, PlaylistSource } from './sources.ts';

const ID = 'list';
const KEPT_BACK = new EtlError('PLAYLIST_NOT_READABLE', 'not yours');

/** A playlist at one moment, as its source would serve it. */
type Version = {
  readonly snapshotId: string;
  readonly pages: readonly ItemPage[];
};

function tracks(count: number): PlaylistItem[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'track',
    track: { id: String(index) },
  }));
}

/** Pages of these sizes; `total` is their sum where it is not said. */
function version(snapshotId: string, sizes: readonly number[], total?: number): Version {
  const sum = sizes.reduce((all, size) => all + size, 0);
  const pages = sizes.map((size, index) => ({
    items: tracks(size),
    total: total ?? sum,
    hasNext: index < sizes.length - 1,
    nextLimit: 50,
  }));
  return { snapshotId, pages };
}

/** A source that serves the versions in turn, one for each opening, a second apart; a closing check sees the next. */
class ChangingSource implements PlaylistSource {
  readonly calls: string[] = [];
  readonly #versions: readonly Version[];
  readonly #closings: readonly string[];
  #opened = -1;

  constructor(versions: readonly Version[], closings: readonly string[]) {
    this.#versions = versions;
    this.#closings = closings;
  }

  getPlaylist(): Promise<PlaylistOpening> {
    this.calls.push('open');
    this.#opened += 1;
    const [firstPage] = this.#current().pages;
    const metadata = { id: ID, snapshot_id: this.#current().snapshotId };
    const opening = { metadata, openedAt: (this.#opened + 1) * 1_000 };
    return Promise.resolve(
      firstPage === undefined ? { ...opening, itemsError: KEPT_BACK } : { ...opening, firstPage },
    );
  }

  async *listFurtherPages(): AsyncIterable<ItemPage> {
    this.calls.push('list');
    for (const page of this.#current().pages.slice(1)) yield await Promise.resolve(page);
  }

  getSnapshotId(): Promise<string> {
    this.calls.push('close');
    return Promise.resolve(this.#closings[this.#opened] ?? this.#current().snapshotId);
  }

  #current(): Version {
    const current = this.#versions[this.#opened];
    if (current === undefined) throw new Error('opened more often than the test says');
    return current;
  }
}

async function extract(
  versions: readonly Version[],
  closings: readonly string[] = [],
): Promise<{ playlist: ReturnType<typeof extractPlaylist>; source: ChangingSource }> {
  const source = new ChangingSource(versions, closings);
  const opening = await source.getPlaylist();
  const playlist = extractPlaylist(source, opening);
  await playlist.catch(() => undefined);
  return { playlist, source };
}

describe('extractPlaylist', () => {
  it('makes no call at all for a playlist that its opening holds whole', async () => {
    for (const size of [0, 1, 100]) {
      const { playlist, source } = await extract([version('a', [size])]);

      expect((await playlist).items).toHaveLength(size);
      expect(source.calls).toEqual(['open']);
    }
  });

  it('reads a longer one to its end, in order, and looks once whether it is still the same', async () => {
    const { playlist, source } = await extract([version('a', [100, 100, 7])]);

    expect(await playlist).toEqual({
      metadata: { id: ID, snapshot_id: 'a' },
      openedAt: 1_000,
      items: [...tracks(100), ...tracks(100), ...tracks(7)],
      leftOut: 0,
    });
    expect(source.calls).toEqual(['open', 'list', 'close']);
  });

  it('reads anew what changed while it was read, and gives the newer version', async () => {
    const { playlist, source } = await extract(
      [version('a', [100, 7]), version('b', [100, 8])],
      ['b', 'b'],
    );

    expect(await playlist).toMatchObject({ metadata: { snapshot_id: 'b' } });
    expect((await playlist).items).toHaveLength(108);
    expect(source.calls).toEqual(['open', 'list', 'close', 'open', 'list', 'close']);
  });

  it.each([
    ['several pages', [100, 8]],
    ['one page', [8]],
  ])('dates what it read anew by the opening it was read from: %s', async (_length, sizes) => {
    const { playlist } = await extract([version('a', [100, 7]), version('b', sizes)], ['b', 'b']);

    expect((await playlist).openedAt).toBe(2_000);
  });

  it('needs no second check where the newer version fits one page', async () => {
    const { playlist, source } = await extract([version('a', [100, 7]), version('b', [50])], ['b']);

    expect((await playlist).items).toHaveLength(50);
    expect(source.calls).toEqual(['open', 'list', 'close', 'open']);
  });

  it('gives up after three reads, with no fourth opening', async () => {
    const { playlist, source } = await extract(
      ['a', 'b', 'c'].map((id) => version(id, [100, 7])),
      ['b', 'c', 'd'],
    );

    await expect(playlist).rejects.toMatchObject({ code: 'PLAYLIST_KEEPS_CHANGING' });
    expect(source.calls.filter((call) => call === 'open')).toHaveLength(3);
  });

  it.each([
    ['fewer items than the total', version('a', [100, 6], 107)],
    ['more items than the total', version('a', [100, 8], 107)],
    ['fewer items on its only page', version('a', [6], 7)],
    ['more items on its only page', version('a', [8], 7)],
  ])('refuses a list that shows %s', async (_case, shown) => {
    const { playlist } = await extract([shown]);

    await expect(playlist).rejects.toMatchObject({
      code: 'SPOTIFY_RESPONSE_INVALID',
      facts: { items_read: shown.pages.reduce((sum, page) => sum + page.items.length, 0) },
    });
  });

  it('refuses a list whose last page says that more follow', async () => {
    const [first, last] = version('a', [100, 7]).pages;
    if (first === undefined || last === undefined) throw new Error('two pages are given');
    const shown = { snapshotId: 'a', pages: [first, { ...last, hasNext: true }] };

    const { playlist } = await extract([shown]);

    await expect(playlist).rejects.toMatchObject({ code: 'SPOTIFY_RESPONSE_INVALID' });
  });

  it('fails as the source says where the items are kept back', async () => {
    const { playlist, source } = await extract([{ snapshotId: 'a', pages: [] }]);

    await expect(playlist).rejects.toBe(KEPT_BACK);
    expect(source.calls).toEqual(['open']);
  });

  it('does so too where they are kept back only from the second read on', async () => {
    const { playlist } = await extract(
      [version('a', [100, 7]), { snapshotId: 'b', pages: [] }],
      ['b'],
    );

    await expect(playlist).rejects.toBe(KEPT_BACK);
  });
});
