import { EtlError } from '../errors.ts';
import type { PlaylistRecords } from '../model/records.ts';
import { loadPlaylist } from './playlist.ts';
import type { CatalogueRow, CatalogueSink, PlaylistSink } from './sinks.ts';

const RECORDS: PlaylistRecords = {
  playlist: {
    playlist_id: 'list',
    playlist_uri: 'spotify:playlist:list',
    playlist_url: 'https://open.spotify.com/playlist/list',
    playlist_snapshot_id: 'snapshot',
    playlist_num_items: 2,
    playlist_tracks: ['t1', 't2'],
    playlist_others: [],
    playlist_added_at: [1_600_000_000, -1],
    playlist_added_by: [0, -1],
    playlist_contributors: ['ada'],
    playlist_skipped: { episode: 0, local: 0, unavailable: 0 },
    extracted_at: '2026-11-20T12:00:00.000Z',
    run_id: 'run-1',
  },
  tracks: ['t1', 't2'].map((id) => ({
    track_id: id,
    track_uri: `spotify:track:${id}`,
    track_url: `https://open.spotify.com/track/${id}`,
  })),
  albums: [{ album_id: 'al', album_uri: 'spotify:album:al', album_url: 'https://x' }],
  artists: [{ artist_id: 'ar', artist_uri: 'spotify:artist:ar', artist_url: 'https://x' }],
};

/** Tables in memory, with a line for each write in the order they came. */
class MemorySink implements CatalogueSink, PlaylistSink {
  readonly rows = new Map<string, CatalogueRow['attributes']>();
  readonly journal: string[] = [];
  failAt: string | undefined;
  assertFits?: () => void;

  findRows(keys: readonly Pick<CatalogueRow, 'table' | 'key'>[]): Promise<CatalogueRow[]> {
    const found = keys.flatMap(({ table, key }) => {
      const attributes = this.rows.get(`${table} ${key}`);
      return attributes === undefined ? [] : [{ table, key, attributes }];
    });
    return Promise.resolve(found);
  }

  putRows(rows: readonly CatalogueRow[]): Promise<void> {
    for (const row of rows) this.#write('put', `${row.table} ${row.key}`, row.attributes);
    return this.#end('put');
  }

  updateRows(changes: readonly CatalogueRow[]): Promise<void> {
    for (const row of changes) this.#write('set', `${row.table} ${row.key}`, row.attributes);
    return this.#end('set');
  }

  findPlaylist(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  putPlaylist(record: PlaylistRecords['playlist']): Promise<void> {
    this.#write('put', `playlist ${record.playlist_id}`, record);
    return this.#end('playlist');
  }

  #write(verb: string, id: string, attributes: CatalogueRow['attributes']): void {
    this.journal.push(`${verb} ${id}`);
    this.rows.set(id, { ...this.rows.get(id), ...attributes });
  }

  #end(step: string): Promise<void> {
    return this.failAt === step
      ? Promise.reject(new EtlError('LOAD_INCOMPLETE', step))
      : Promise.resolve();
  }
}

describe('loadPlaylist', () => {
  it("writes artists, albums and tracks first and the playlist's row last", async () => {
    const sink = new MemorySink();

    const summary = await loadPlaylist(sink, RECORDS);

    expect(sink.journal).toEqual([
      'put artist ar',
      'put album al',
      'put track t1',
      'put track t2',
      'put playlist list',
    ]);
    expect(summary).toEqual({
      written: { playlist: 1, track: 2, album: 1, artist: 1 },
      unchanged: { track: 0, album: 0, artist: 0 },
    });
  });

  it('writes of each table new rows before stored ones that differ', async () => {
    const sink = new MemorySink();
    const [artist] = RECORDS.artists;
    if (artist === undefined) throw new Error('an artist is given');
    await loadPlaylist(sink, RECORDS);
    sink.journal.length = 0;

    await loadPlaylist(sink, {
      ...RECORDS,
      artists: [
        { ...artist, artist_name: 'ABBA' },
        { ...artist, artist_id: 'new' },
      ],
    });

    expect(sink.journal).toEqual(['put artist new', 'set artist ar', 'put playlist list']);
  });

  it('writes of stored rows only what differs, and says what it left alone', async () => {
    const sink = new MemorySink();
    await loadPlaylist(sink, RECORDS);
    sink.journal.length = 0;
    const [t1, t2] = RECORDS.tracks;
    if (t1 === undefined || t2 === undefined) throw new Error('two tracks are given');

    const summary = await loadPlaylist(sink, {
      ...RECORDS,
      tracks: [t1, { ...t2, track_popularity: 0 }],
    });

    expect(sink.journal).toEqual(['set track t2', 'put playlist list']);
    expect(summary).toEqual({
      written: { playlist: 1, track: 1, album: 0, artist: 0 },
      unchanged: { track: 1, album: 1, artist: 1 },
    });
  });

  it('says of a load that fails how far it came', async () => {
    const sink = new MemorySink();
    sink.failAt = 'playlist';
    sink.rows.set('artist ar', { artist_id: 'ar' });

    // Three rows whole, one attribute by attribute, and the playlist's.
    await expect(loadPlaylist(sink, RECORDS)).rejects.toMatchObject({
      facts: { rows_written: 4, rows_to_write: 5 },
    });
  });

  it('hands on an error that nobody foresaw as it is', async () => {
    const unforeseen = new TypeError('x is not a function');
    const sink = new MemorySink();
    sink.putPlaylist = () => Promise.reject(unforeseen);

    await expect(loadPlaylist(sink, RECORDS)).rejects.toBe(unforeseen);
  });

  it.each(['put', 'set'])("does not write the playlist's row when a %s fails", async (step) => {
    const sink = new MemorySink();
    sink.failAt = step;

    await expect(loadPlaylist(sink, RECORDS)).rejects.toThrow(step);

    expect(sink.rows.has('playlist list')).toBe(false);
  });

  it('refuses a playlist that the store has no room for before anything is read or written', async () => {
    const sink = new MemorySink();
    const tooLarge = new EtlError('PLAYLIST_TOO_LARGE', 'too large');
    sink.assertFits = () => {
      throw tooLarge;
    };
    sink.findRows = () => Promise.reject(new Error('nothing is to be read'));

    await expect(loadPlaylist(sink, RECORDS)).rejects.toBe(tooLarge);
    expect(sink.journal).toEqual([]);
  });
});
