import { START_MS } from '../../test/support/virtual-clock.ts';
import { EtlError } from '../errors.ts';
import type { PlaylistOpening, PlaylistSource } from '../extract/sources.ts';
import type { CatalogueRow, CatalogueSink, PlaylistSink, RowKey } from '../load/sinks.ts';
import type { CatalogueTable, PlaylistRecord, StoredPlaylist } from '../model/records.ts';
import type { PlaylistItem } from '../model/spotify-objects.ts';
import { ingestPlaylist } from './ingest.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const KEPT_BACK = new EtlError('PLAYLIST_NOT_READABLE', 'not yours');
const OPENED_AT = START_MS + 7;
const STORED: StoredPlaylist = {
  playlist_snapshot_id: 'AAAAB1',
  playlist_num_items: 57,
  playlist_skipped: { episode: 1, local: 2, unavailable: 3 },
  extracted_at: '2026-11-19T00:00:00.000Z',
};

/** A source of one page. */
function sourceOf(
  items: readonly PlaylistItem[],
  { name = 'Road Trip', readable = true }: { name?: string | null; readable?: boolean } = {},
): PlaylistSource {
  const metadata = { id: ID, name, snapshot_id: 'AAAAB1' };
  const firstPage = { items, total: items.length, hasNext: false, nextLimit: 50 };
  const opening: PlaylistOpening = {
    metadata,
    openedAt: OPENED_AT,
    ...(readable ? { firstPage } : { itemsError: KEPT_BACK }),
  };
  return {
    getPlaylist: () => Promise.resolve(opening),
    getSnapshotId: () => Promise.reject(new Error('no page is left to check')),
    listFurtherPages: () => {
      throw new Error('no page is left to list');
    },
  };
}

/** Tables that hold this playlist's row and nothing else. */
class Tables implements CatalogueSink, PlaylistSink {
  readonly playlists: PlaylistRecord[] = [];
  readonly rows: CatalogueRow[] = [];
  emptied: CatalogueTable | undefined;
  readonly #stored: StoredPlaylist | undefined;

  constructor(stored?: StoredPlaylist) {
    this.#stored = stored;
  }

  findPlaylist(): Promise<StoredPlaylist | undefined> {
    return Promise.resolve(this.#stored);
  }

  /** With a stored playlist, the rows it refers to. */
  findRows(keys: readonly RowKey[]): Promise<CatalogueRow[]> {
    const rows = this.#stored === undefined ? [] : keys.map((key) => ({ ...key, attributes: {} }));
    return Promise.resolve(rows.filter(({ table }) => table !== this.emptied));
  }

  putRows(rows: readonly CatalogueRow[]): Promise<void> {
    this.rows.push(...rows);
    return Promise.resolve();
  }

  updateRows(changes: readonly CatalogueRow[]): Promise<void> {
    return this.putRows(changes);
  }

  putPlaylist(record: PlaylistRecord): Promise<void> {
    this.playlists.push(record);
    return Promise.resolve();
  }
}

const abba = { id: 'abba', name: 'ABBA' };
const ITEMS: PlaylistItem[] = [
  { kind: 'track', track: { id: 'a', artists: [abba], album: { id: 'gold', artists: [abba] } } },
  { kind: 'episode' },
  { kind: 'track', track: { id: 'a', artists: [abba] } },
  { kind: 'track', track: { id: 'b', artists: [abba, { id: 'cher' }] } },
  { kind: 'unavailable' },
];

describe('ingestPlaylist', () => {
  it('loads a playlist that is new and says what it holds and what was written', async () => {
    const sink = new Tables();

    const summary = await ingestPlaylist({ source: sourceOf(ITEMS), sink }, ID, 'run-1');

    expect(summary).toEqual({
      status: 'loaded',
      message: 'Road Trip: 5 items, 2 tracks, 1 album, 2 artists; 6 rows written.',
      playlist_id: ID,
      playlist_uri: `spotify:playlist:${ID}`,
      playlist_name: 'Road Trip',
      snapshot_id: 'AAAAB1',
      counts: {
        items: 5,
        tracks: 2,
        albums: 1,
        artists: 2,
        episodes: 1,
        local: 0,
        unavailable: 1,
        repeats: 1,
      },
      written: { playlist: 1, track: 2, album: 1, artist: 2 },
      unchanged: { track: 0, album: 0, artist: 0 },
    });
    expect(sink.rows).toHaveLength(5);
  });

  it('leaves a list that takes too long to somebody else, once it is opened and needs a load', async () => {
    const source = { ...sourceOf(ITEMS), isTooLong: () => true };
    const [fresh, stored] = [new Tables(), new Tables(STORED)];
    const defer = ({ metadata }: PlaylistOpening) => Promise.resolve(`left: ${metadata.id}`);

    expect(await ingestPlaylist({ defer, source, sink: fresh }, ID, 'run-1')).toBe(`left: ${ID}`);
    expect(fresh.rows).toEqual([]);
    expect(await ingestPlaylist({ defer, source, sink: stored }, ID, 'run-1')).toMatchObject({
      status: 'unchanged',
    });
    expect(await ingestPlaylist({ source, sink: fresh }, ID, 'run-1')).toMatchObject({
      status: 'loaded',
    });
  });

  it("dates the playlist's row by the opening it was read from", async () => {
    const sink = new Tables();

    await ingestPlaylist({ source: sourceOf(ITEMS), sink }, ID, 'run-1');

    expect(sink.playlists).toMatchObject([
      { extracted_at: new Date(OPENED_AT).toISOString(), run_id: 'run-1' },
    ]);
  });

  it('reads and writes nothing further of a playlist whose snapshot is stored', async () => {
    const sink = new Tables(STORED);

    const summary = await ingestPlaylist({ source: sourceOf(ITEMS), sink }, ID, 'run-1');

    expect(summary).toEqual({
      status: 'unchanged',
      message: 'Road Trip: unchanged since 2026-11-19T00:00:00.000Z; nothing written.',
      playlist_id: ID,
      playlist_uri: `spotify:playlist:${ID}`,
      playlist_name: 'Road Trip',
      snapshot_id: 'AAAAB1',
      counts: { items: 57, episodes: 1, local: 2, unavailable: 3 },
      written: { playlist: 0, track: 0, album: 0, artist: 0 },
      extracted_at: '2026-11-19T00:00:00.000Z',
    });
    expect([...sink.rows, ...sink.playlists]).toEqual([]);
  });

  it.each(['track', 'album', 'artist'] as const)(
    'loads a playlist whose snapshot is stored while the %s table lacks a row of it',
    async (emptied) => {
      const sink = new Tables(STORED);
      sink.emptied = emptied;

      const summary = await ingestPlaylist({ source: sourceOf(ITEMS.slice(0, 1)), sink }, ID, 'r');

      expect(summary.status).toBe('loaded');
    },
  );

  it('reads a list in full again where its snapshot proves nothing any more, or its row is dated ahead', async () => {
    const openedAt = Date.parse(STORED.extracted_at);
    const statusAt = async (after: number): Promise<string> => {
      const source = sourceOf(ITEMS);
      const opening = await source.getPlaylist(ID);
      const aged = { ...opening, openedAt: openedAt + after, snapshotGoodForMs: 1_000 };
      const ports = {
        source: { ...source, getPlaylist: () => Promise.resolve(aged) },
        sink: new Tables(STORED),
      };
      return (await ingestPlaylist(ports, ID, 'run-1')).status;
    };

    expect(await statusAt(999)).toBe('unchanged');
    expect(await statusAt(1_000)).toBe('loaded');
    expect(await statusAt(-1_000)).toBe('loaded');
  });

  it('loads anew where another snapshot is stored', async () => {
    const sink = new Tables({ ...STORED, playlist_snapshot_id: 'AAAAB0' });

    const summary = await ingestPlaylist({ source: sourceOf(ITEMS), sink }, ID, 'run-1');

    expect(summary.status).toBe('loaded');
    expect(sink.playlists).toHaveLength(1);
  });

  it('loads the stored snapshot once more where it is forced to', async () => {
    const sink = new Tables(STORED);
    const ports = { source: sourceOf(ITEMS), sink, isForced: true };

    const summary = await ingestPlaylist(ports, ID, 'run-1');

    expect(summary.status).toBe('loaded');
    expect(sink.playlists).toHaveLength(1);
  });

  it('writes nothing where the items are kept back', async () => {
    const sink = new Tables();
    const source = sourceOf(ITEMS, { readable: false });

    await expect(ingestPlaylist({ source, sink }, ID, 'run-1')).rejects.toBe(KEPT_BACK);
    expect([...sink.rows, ...sink.playlists]).toEqual([]);
  });

  it.each(['', '   '])('has a word for a playlist whose name is "%s"', async (name) => {
    const source = sourceOf([], { name });

    const { message, playlist_name } = await ingestPlaylist(
      { source, sink: new Tables() },
      ID,
      'run-1',
    );

    expect(message).toMatch(/^Unnamed playlist: 0 items/);
    expect(playlist_name).toBe(name);
  });

  it('shows a name without what would move a terminal or turn its text around, and stores it as it is', async () => {
    const name = '\u001b[31mred\r\n\u202egnp.exe';
    const source = sourceOf([], { name });

    const { message, playlist_name } = await ingestPlaylist(
      { source, sink: new Tables() },
      ID,
      'run-1',
    );

    expect(message).toMatch(/^red gnp\.exe: 0 items/);
    expect(playlist_name).toBe(name);
  });

  it('has an empty name for one whose name Spotify does not send', async () => {
    const source = sourceOf([], { name: null });

    for (const sink of [new Tables(), new Tables(STORED)]) {
      const { message, playlist_name } = await ingestPlaylist({ source, sink }, ID, 'run-1');

      expect(message).toMatch(/^Unnamed playlist: /);
      expect(playlist_name).toBe('');
    }
  });
});
