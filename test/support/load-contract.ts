/** What every store that a playlist is loaded into must do; each adapter's test runs it. */
import fc from 'fast-check';
import * as z from 'zod/mini';
import type { PlaylistSource } from '../../etl/extract/sources.ts';
import { loadPlaylist } from '../../etl/load/playlist.ts';
import type { CatalogueSink, PlaylistSink, StoredVersions } from '../../etl/load/sinks.ts';
import type { ItemAttributes } from '../../etl/model/playlist-items.ts';
import {
  type AlbumRecord,
  type PlaylistRecord,
  type PlaylistRecords,
  TABLE_KEYS,
  type Table,
  type TrackRecord,
} from '../../etl/model/records.ts';
import type { PlaylistItem } from '../../etl/model/spotify-objects.ts';
import type { IngestSummary, LoadSummary } from '../../etl/model/summaries.ts';
import { ingestPlaylist } from '../../etl/pipelines/ingest.ts';
import { toPlaylistRecords } from '../../etl/transform/playlist-records.ts';
import { playlists } from './spotify-arbitraries.ts';
import { START_MS } from './virtual-clock.ts';
import { type Row, TABLES, type Tables } from './world.ts';

export type Sink = CatalogueSink & PlaylistSink & StoredVersions;

/** A run that is killed: so many calls are made, and what the last of them did is not heard of. */
export type Cut = { readonly callsHeard: number; readonly isLastApplied: boolean };

export type LoadStore = {
  /** The store as one run uses it. */
  readonly open: (cut?: Cut) => Promise<Sink>;
  /** How many calls have written something so far. */
  readonly writes: () => number;
  /** All rows, past the program, each table by its key. */
  readonly rows: () => Promise<Tables>;
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const NOW = new Date(START_MS).toISOString();
const EARLIER = new Date(START_MS - 1).toISOString();
const LATER = new Date(START_MS + 1).toISOString();

const trackOf = (id: string, more: Partial<TrackRecord> = {}): TrackRecord => ({
  track_id: id,
  track_uri: `spotify:track:${id}`,
  track_url: `https://open.spotify.com/track/${id}`,
  track_name: `Track ${id}`,
  track_explicit: false,
  track_popularity: 0,
  track_album: 'al',
  track_artists: ['ar1', 'ar2'],
  ...more,
});
const ALBUM: AlbumRecord = {
  album_id: 'al',
  album_uri: 'spotify:album:al',
  album_url: 'https://x',
  album_name: '',
  album_artists: ['ar2'],
};
const artistOf = (id: string) => ({ artist_id: id, artist_uri: id, artist_url: id });

/** These tracks, and before them an episode. */
const listOf = (...tracks: string[]): ItemAttributes => ({
  playlist_tracks: tracks,
  playlist_others: [{ position: 0, kind: 'episode', uri: 'spotify:episode:e1', name: 'Talk' }],
  playlist_added_at: [-1, ...tracks.map((_, at) => 1_600_000_000 + at)],
  playlist_added_by: [-1, ...tracks.map((_, at) => at % 2)],
  playlist_contributors: ['ada', 'bob'].slice(0, tracks.length),
});

const recordsOf = (id: string, more: Partial<PlaylistRecord> = {}): PlaylistRecords => ({
  playlist: {
    playlist_id: id,
    playlist_uri: `spotify:playlist:${id}`,
    playlist_url: `https://open.spotify.com/playlist/${id}`,
    playlist_name: 'Road Trip',
    playlist_public: false,
    playlist_snapshot_id: 'AAAAB1',
    playlist_num_items: 4,
    ...listOf('t1', 't2', 't1'),
    playlist_skipped: { episode: 1, local: 0, unavailable: 0 },
    extracted_at: NOW,
    run_id: 'run-1',
    ...more,
  },
  tracks: [trackOf('t1'), trackOf('t2', { track_duration: 1_000 })],
  albums: [ALBUM],
  artists: ['ar1', 'ar2'].map(artistOf),
});

/** Attributes that no sighting of these rows had before. */
const RICHER: PlaylistRecords = {
  ...recordsOf('list', { extracted_at: LATER, run_id: 'run-2', ...listOf('t2', 't3') }),
  tracks: [trackOf('t2', { track_isrc: 'ZZ1', track_artists: ['ar3'] }), trackOf('t3')],
  artists: ['ar1', 'ar2', 'ar3'].map(artistOf),
};

const SNAPSHOT = { id: 'snapshot-of-one-page00', name: 'Road Trip', snapshot_id: 'AAAAB1' };
const SOURCE_ITEMS: PlaylistItem[] = [
  { kind: 'track', track: { id: 'a', album: { id: 'al' }, artists: [{ id: 'ar', name: 'ABBA' }] } },
  { kind: 'episode' },
  { kind: 'track', track: { id: 'b', artists: [{ id: 'ar' }] } },
];
/** A playlist of one page. */
const SOURCE: PlaylistSource = {
  getPlaylist: () =>
    Promise.resolve({
      metadata: SNAPSHOT,
      openedAt: START_MS,
      firstPage: { items: SOURCE_ITEMS, total: 3, hasNext: false, nextLimit: 50 },
    }),
  getSnapshotId: () => Promise.reject(new Error('no page is left to check')),
  listFurtherPages: () => {
    throw new Error('no page is left to list');
  },
};

export function describeLoad(name: string, setUp: () => Promise<LoadStore>): void {
  describe(`a load into ${name}`, () => {
    let store: LoadStore;
    const load = async (records: PlaylistRecords): Promise<LoadSummary> =>
      loadPlaylist(await store.open(), records);
    const playlistRow = async (id: string): Promise<Row | undefined> =>
      (await store.rows()).playlist.find(({ playlist_id }) => playlist_id === id);

    beforeAll(async () => {
      store = await setUp();
    });
    afterEach(() => store.empty());
    afterAll(() => store.close());

    it('stores every row as it is', async () => {
      expect(await load(recordsOf('list'))).toEqual({
        written: { playlist: 1, track: 2, album: 1, artist: 2 },
        unchanged: { track: 0, album: 0, artist: 0 },
      });

      expect(await store.rows()).toEqual(toTables(recordsOf('list')));
    });

    it('writes nothing but the row of the playlist where all of it is stored', async () => {
      await load(recordsOf('list'));

      expect(await load(recordsOf('list', { run_id: 'run-2' }))).toEqual({
        written: { playlist: 1, track: 0, album: 0, artist: 0 },
        unchanged: { track: 2, album: 1, artist: 2 },
      });
      expect(await store.rows()).toEqual(toTables(recordsOf('list', { run_id: 'run-2' })));
    });

    it('reads a playlist whose snapshot is stored, and writes nothing', async () => {
      const ingest = async (): Promise<IngestSummary> =>
        await ingestPlaylist({ source: SOURCE, sink: await store.open() }, SNAPSHOT.id, 'run-1');
      const loaded = await ingest();
      const [rows, writes] = [await store.rows(), store.writes()];

      const again = await ingest();

      expect(loaded).toMatchObject({ status: 'loaded', written: { playlist: 1, track: 2 } });
      expect(again).toMatchObject({
        status: 'unchanged',
        counts: { items: 3, episodes: 1, local: 0, unavailable: 0 },
        written: { playlist: 0, track: 0, album: 0, artist: 0 },
      });
      expect(store.writes()).toBe(writes);
      expect(await store.rows()).toEqual(rows);
    });

    it('sets what differs, and erases nothing that a sighting lacks', async () => {
      await load(recordsOf('list', { playlist_description: 'For the road' }));
      const poor = { track_id: 't2', track_uri: 'u', track_url: 'https://y' };

      expect(await load({ ...RICHER, tracks: [poor, trackOf('t3')] })).toEqual({
        written: { playlist: 1, track: 2, album: 0, artist: 1 },
        unchanged: { track: 0, album: 1, artist: 2 },
      });

      const { playlist, track } = await store.rows();
      expect(playlist).toEqual([{ ...RICHER.playlist, playlist_description: 'For the road' }]);
      expect(track[1]).toEqual({ ...recordsOf('list').tracks[1], ...poor });
    });

    it('takes the length of an album with it where the number of its tracks changes', async () => {
      const albumOf = (more: Partial<AlbumRecord>): PlaylistRecords => ({
        ...recordsOf('list', { extracted_at: LATER }),
        albums: [{ ...ALBUM, ...more }],
      });
      const lengthOf = async (): Promise<unknown> => (await store.rows()).album[0]?.album_duration;
      await load(albumOf({ album_num_tracks: 9, album_duration: 1_234 }));
      await load(albumOf({ album_num_tracks: 9 }));
      await load(albumOf({}));
      expect(await lengthOf()).toBe(1_234);
      await load(albumOf({ album_num_tracks: 10 }));
      expect(await lengthOf()).toBeUndefined();
      await load(albumOf({ album_num_tracks: 11, album_duration: 5_678 }));
      expect(await lengthOf()).toBe(5_678);
    });

    it('replaces a list of artists by a shorter one, a longer one, and none', async () => {
      for (const track_artists of [['ar1', 'ar2'], ['ar2'], ['ar2', 'ar1', 'ar2'], []]) {
        const tracks = [trackOf('t1', { track_artists }), trackOf('t2')];
        await load({ ...recordsOf('list', { run_id: track_artists.join() }), tracks });

        expect(withoutEmptyLists(await store.rows()).track[0]).toEqual(
          withoutEmptyLists({ ...EMPTY, track: tracks }).track[0],
        );
      }
    });

    it('finds the rows of these keys that are there', async () => {
      await load(recordsOf('list'));
      const sink = await store.open();

      const found = await sink.findRows([
        { table: 'track', key: 't2' },
        { table: 'album', key: 't2' },
        { table: 'artist', key: 'ar1' },
      ]);

      expect(found.sort((one, other) => (one.key < other.key ? -1 : 1))).toEqual([
        { table: 'artist', key: 'ar1', attributes: artistOf('ar1') },
        { table: 'track', key: 't2', attributes: recordsOf('list').tracks[1] },
      ]);
      expect(await sink.findRows([])).toEqual([]);
    });

    it('finds of a stored playlist what decides whether there is anything to do', async () => {
      await load(recordsOf('list'));
      await load(recordsOf('empty', listOf()));
      const sink = await store.open();

      expect(await sink.findPlaylist('list')).toMatchObject({
        playlist_snapshot_id: 'AAAAB1',
        playlist_num_items: 4,
        playlist_skipped: { episode: 1, local: 0, unavailable: 0 },
        extracted_at: NOW,
      });
      expect(await sink.findPlaylist('absent')).toBeUndefined();
      const version = {
        playlist_snapshot_id: 'AAAAB1',
        playlist_num_items: 4,
        extracted_at: NOW,
      };
      const found = await sink.findVersions(['list', 'absent', 'empty']);
      expect(found.sort((one, other) => (one.playlist_id < other.playlist_id ? -1 : 1))).toEqual([
        { playlist_id: 'empty', ...version, playlist_tracks: [] },
        { playlist_id: 'list', ...version, playlist_tracks: ['t1'] },
      ]);
      expect(await sink.findVersions([])).toEqual([]);
    });

    it('lets a newer read replace an older one, and never an older one a newer', async () => {
      await load(recordsOf('list', { extracted_at: EARLIER }));
      const newer = recordsOf('list', { run_id: 'run-2', ...listOf('t2') });
      await load(newer);

      await expect(
        load(recordsOf('list', { extracted_at: EARLIER, run_id: 'run-3' })),
      ).rejects.toMatchObject({
        code: 'NEWER_RUN_WON',
      });
      expect(await playlistRow('list')).toEqual(newer.playlist);
    });

    it('replaces a read that is dated later than any clock can be', async () => {
      await load(recordsOf('list', { extracted_at: '2027-11-20T12:00:00.000Z', run_id: 'run-0' }));
      await load(recordsOf('list', listOf()));

      expect(await playlistRow('list')).toEqual(recordsOf('list', listOf()).playlist);
    });

    it('takes the row of the very same run a second time, as where its answer was lost', async () => {
      const sink = await store.open();
      await load(recordsOf('list'));

      await sink.putPlaylist(recordsOf('list').playlist);

      expect(await playlistRow('list')).toEqual(recordsOf('list').playlist);
    });

    it('ends with the newest of five reads that are stored at once', async () => {
      await load(recordsOf('other'));
      const records = Array.from({ length: 5 }, (_, index) =>
        recordsOf('list', {
          extracted_at: new Date(START_MS + index).toISOString(),
          run_id: `run-${index}`,
          ...listOf(...(index % 2 === 0 ? ['t1', 't2'] : ['t2'])),
        }),
      );

      const loads = await Promise.allSettled(records.map(load));

      const failures = loads.filter((each) => each.status === 'rejected');
      for (const { reason } of failures) expect(reason).toMatchObject({ code: 'NEWER_RUN_WON' });
      expect(await playlistRow('list')).toEqual(records.at(-1)?.playlist);
    });

    test.each([false, true])(
      'that is killed after any of its calls (the last one applied: %s) leaves nothing dangling, and the next load completes it',
      async (isLastApplied) => {
        let isDone = false;
        for (let callsHeard = 0; !isDone; callsHeard += 1) {
          await load(recordsOf('list'));
          const sink = await store.open({ callsHeard, isLastApplied });
          isDone = await loadPlaylist(sink, RICHER).then(
            () => true,
            () => false,
          );
          expectWhole(await store.rows());

          await load({ ...RICHER, playlist: { ...RICHER.playlist, run_id: 'run-3' } });

          expect(await store.rows()).toEqual({
            playlist: [{ ...RICHER.playlist, run_id: 'run-3' }],
            track: [
              trackOf('t1'),
              { ...recordsOf('').tracks[1], ...RICHER.tracks[0] },
              trackOf('t3'),
            ],
            album: [ALBUM],
            artist: RICHER.artists,
          });
          await store.empty();
          expect(callsHeard).toBeLessThan(20);
        }
      },
    );

    it('does of any lists what a table in memory does', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(playlists, { minLength: 1, maxLength: 4 }), async (lists) => {
          const memory = new Map<string, Row>();
          for (const [index, list] of lists.entries()) {
            const extractedAt = new Date(START_MS + index).toISOString();
            const records = toPlaylistRecords(list, { extractedAt, runId: `run-${index}` });
            expect(await load(records)).toEqual(loadIntoMemory(memory, records));
          }
          const rows = toComparable(await store.rows());
          await store.empty();
          expect(rows).toEqual(toComparable(tablesOf(memory)));
        }),
        { numRuns: 15 },
      );
    });
  });
}

const EMPTY: Tables = { playlist: [], track: [], album: [], artist: [] };

function toTables({ albums, artists, playlist, tracks }: PlaylistRecords): Tables {
  return { playlist: [playlist], track: [...tracks], album: [...albums], artist: [...artists] };
}

/** Merges rows as the four tables are meant to, and says what a load of them has to say. */
function loadIntoMemory(memory: Map<string, Row>, records: PlaylistRecords): LoadSummary {
  const written = { playlist: 1, track: 0, album: 0, artist: 0 };
  const unchanged = { track: 0, album: 0, artist: 0 };
  for (const table of TABLES) {
    for (const row of toTables(records)[table]) {
      const id = `${table} ${String(row[TABLE_KEYS[table]])}`;
      const before = memory.get(id);
      const after = { ...before, ...row };
      memory.set(id, after);
      if (table === 'playlist') continue;
      if (JSON.stringify(before) === JSON.stringify(after)) unchanged[table] += 1;
      else written[table] += 1;
    }
  }
  return { written, unchanged };
}

function tablesOf(memory: ReadonlyMap<string, Row>): Tables {
  const sorted = [...memory].sort(([one], [other]) => (one < other ? -1 : 1));
  const rowsOf = (table: Table): Row[] =>
    sorted.filter(([id]) => id.startsWith(`${table} `)).map(([, row]) => row);
  return {
    playlist: rowsOf('playlist'),
    track: rowsOf('track'),
    album: rowsOf('album'),
    artist: rowsOf('artist'),
  };
}

/** Only DynamoDB tells an empty list of artists from none. */
function withoutEmptyLists(tables: Tables): Tables {
  const strip = (rows: Row[]): Row[] =>
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(
          ([name, value]) =>
            !(/^(?:track|album)_artists$/.test(name) && Array.isArray(value) && value.length === 0),
        ),
      ),
    );
  return { ...tables, track: strip(tables.track), album: strip(tables.album) };
}

/** Of several items with one URI a library knows one kind and one name; of items without a URI it knows only their places. */
export function toComparable(tables: Tables): Tables {
  const playlist = tables.playlist.map((row) => ({
    ...row,
    playlist_others: z
      .array(z.object({ position: z.number(), uri: z.optional(z.string()) }))
      .parse(row.playlist_others),
  }));
  return { ...withoutEmptyLists(tables), playlist };
}

/** No row refers to one that is not there. */
function expectWhole({ album, artist, playlist, track }: Tables): void {
  const idsOf = (rows: readonly Row[], key: string): unknown[] => rows.map((row) => row[key]);
  const artists = [...track, ...album].flatMap(
    (row) => row.track_artists ?? row.album_artists ?? [],
  );
  expect(idsOf(track, 'track_id')).toEqual(
    expect.arrayContaining(playlist.flatMap((row) => row.playlist_tracks)),
  );
  expect(idsOf(album, 'album_id')).toEqual(expect.arrayContaining(idsOf(track, 'track_album')));
  expect(idsOf(artist, 'artist_id')).toEqual(expect.arrayContaining(artists));
}
