import fc from 'fast-check';
import { TABLE_KEYS } from '../etl/model/records.ts';
import { toPlaylistRecords } from '../etl/transform/playlist-records.ts';
import { systemClock } from '../lib/system-clock.ts';
import { TableReader } from '../stores/dynamodb/table-reader.ts';
import { LibraryPlays } from '../stores/sqlite/library-plays.ts';
import { LIBRARIES, startFileLibrary, type TestLibrary } from '../test/support/libraries.ts';
import { readLibraryRows } from '../test/support/library-rows.ts';
import { toComparable } from '../test/support/load-contract.ts';
import { playAt, playsOf, pollOf, trackOf } from '../test/support/plays.ts';
import { playlists } from '../test/support/spotify-arbitraries.ts';
import { createTableRows, type Row } from '../test/support/table-rows.ts';
import { startTestTables, TEST_TABLES, type TestTables } from '../test/support/test-tables.ts';
import { START_MS } from '../test/support/virtual-clock.ts';
import { NO_ROWS, TABLES, type Tables } from '../test/support/world.ts';
import { libraryRows, Picture, stageRows, takePicture } from './picture.ts';
import { type Pulled, pullInto } from './pull.ts';

const NOW = new Date(START_MS).toISOString();
const idOf = (name: string): string => name.padEnd(22, '0');

const link = (table: string, name: string): Row => ({
  [`${table}_id`]: idOf(name),
  [`${table}_uri`]: 'u',
  [`${table}_url`]: 'l',
});
const ARTIST: Row = { ...link('artist', 'ar'), artist_name: 'Ä' };
const ALBUM: Row = { ...link('album', 'al'), album_artists: [idOf('ar')] };
const TRACK: Row = {
  ...link('track', 't1'),
  track_name: 'Road',
  track_duration: 3,
  track_explicit: false,
  track_album: idOf('al'),
  track_artists: [idOf('ar')],
};
const LIST: Row = {
  ...link('playlist', 'list'),
  playlist_name: 'Trip',
  playlist_snapshot_id: 's1',
  playlist_num_items: 1,
  playlist_tracks: [idOf('t1')],
  playlist_others: [],
  playlist_added_at: [5],
  playlist_added_by: [0],
  playlist_contributors: ['ada'],
  playlist_skipped: { episode: 0, local: 0, unavailable: 0 },
  extracted_at: NOW,
  run_id: 'run-1',
};
const SOUND: Tables = { playlist: [LIST], track: [TRACK], album: [ALBUM], artist: [ARTIST] };

describe.each(LIBRARIES)('A pull into %s', (_, start) => {
  let tables: TestTables;
  let world: TestLibrary;
  let plays: TestLibrary;
  let store: ReturnType<typeof createTableRows>;
  beforeAll(async () => {
    tables = await startTestTables();
    store = createTableRows(tables);
    world = await start();
    plays = await startFileLibrary();
  });
  afterEach(async () => {
    await world.empty();
    await plays.empty();
  });
  afterAll(async () => {
    store.close();
    await tables.close();
    await world.close();
    await plays.close();
  });

  const put = async (rows: Tables): Promise<void> => {
    for (const table of TABLES) {
      await store.replace(TEST_TABLES[table], TABLE_KEYS[table], rows[table]);
    }
  };
  const pull = (stage = 'dev', from?: TestLibrary): Promise<Pulled> => {
    const options = { clock: systemClock, segments: 4, readUnitsPerSecond: 40_000 };
    const source = stageRows(new TableReader(tables.client, options), TEST_TABLES);
    return pullInto(world.open(), source, { owner: `stage ${stage}`, plays: from?.open() });
  };
  /** What the library says that it has, as verify and export see it. */
  const seen = async (): Promise<Tables> => {
    const picture = new Picture();
    await takePicture(picture, libraryRows(world.open()));
    const rows = { ...NO_ROWS };
    for (const table of TABLES) {
      const sql = 'SELECT row FROM stored WHERE kind = :table ORDER BY id';
      rows[table] = [...picture.list(sql, { table })].map(
        ({ row }) => JSON.parse(String(row)) as Row,
      );
    }
    picture.close();
    return rows;
  };

  it('has any rows as the tables have them, and gives them again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(playlists, { minLength: 1, maxLength: 3 }), async (lists) => {
        const rows: Tables = { ...NO_ROWS };
        for (const [index, list] of lists.entries()) {
          const run = { extractedAt: NOW, runId: `run-${index}` };
          const { albums, artists, playlist, tracks } = toPlaylistRecords(list, run);
          rows.playlist = merge('playlist', rows.playlist, [playlist]);
          rows.track = merge('track', rows.track, tracks);
          rows.album = merge('album', rows.album, albums);
          rows.artist = merge('artist', rows.artist, artists);
        }
        await world.empty();
        await put(rows);

        await pull();

        const stored = { ...NO_ROWS };
        for (const table of TABLES) {
          stored[table] = await store.scan(TEST_TABLES[table], TABLE_KEYS[table]);
        }
        expect(toComparable(await readLibraryRows(world))).toEqual(toComparable(stored));
        expect(toComparable(await seen())).toEqual(toComparable(stored));
      }),
      { numRuns: 8 },
    );
  }, 300_000);

  it('keeps what a list was, and loses a list that the stage lost', async () => {
    await put({ ...SOUND, playlist: [LIST, { ...LIST, ...link('playlist', 'other') }] });
    await pull();
    const next = { ...LIST, playlist_tracks: [idOf('t1'), idOf('t1')], playlist_num_items: 2 };
    await put({
      ...SOUND,
      playlist: [
        { ...next, playlist_added_at: [5, 6], playlist_added_by: [0, 0], run_id: 'run-2' },
      ],
    });

    await pull();
    await pull();

    const lists = await world.query('SELECT playlist_id, playlist_num_items FROM playlist');
    expect(lists).toEqual([{ playlist_id: idOf('list'), playlist_num_items: 2 }]);
    expect(await world.query('SELECT version FROM playlist_version')).toEqual([{ version: 1 }]);
  });

  it('stores what is well-formed, and counts what is malformed', async () => {
    const { playlist_others, ...old } = { ...LIST, ...link('playlist', 'old') };
    const odd = { ...TRACK, ...link('track', 't2'), track_duration: 1.5, track_isrc: ['b'] };
    await put({
      playlist: [LIST, old],
      track: [TRACK, odd],
      album: [ALBUM],
      artist: [ARTIST, { ...link('artist', 'odd'), artist_name: 7 }],
    });

    const pulled = await pull();

    expect(pulled.tables.map(({ malformed, table }) => [table, malformed])).toEqual([
      ['playlist', 1],
      ['track', 1],
      ['album', 0],
      ['artist', 1],
    ]);
    const { artist, playlist, track } = await readLibraryRows(world);
    const { track_duration, track_isrc, ...sound } = odd;
    expect(playlist).toEqual([LIST]);
    expect(track).toEqual([TRACK, sound]);
    expect(artist).toEqual([ARTIST, link('artist', 'odd')]);
  });

  it('keeps a reference to a missing row, counts it, and fills it in later', async () => {
    await put({ ...SOUND, track: [] });
    const bare = await pull();
    await put({ ...SOUND, album: [], artist: [] });

    const { tables: pulled } = await pull();

    expect(bare.tables.map(({ missing, table }) => [table, missing])).toContainEqual(['track', 1]);
    expect(pulled.map(({ missing }) => missing)).toEqual([0, 0, 1, 1]);
    await put(SOUND);
    await pull();
    expect(await readLibraryRows(world)).toEqual(SOUND);
    expect(await world.query('SELECT name, main_artist FROM item')).toEqual([
      { name: 'Road', main_artist: 'Ä' },
    ]);
  });

  it('goes into a library of its own only', async () => {
    await put(SOUND);
    await pull();

    const belongs = { code: 'CONFIG_INVALID', message: expect.stringContaining('to stage dev,') };
    await expect(pull('prod')).rejects.toMatchObject(belongs);
    await expect(world.open().claim('ada')).rejects.toMatchObject(belongs);

    await world.empty();
    await world.open().claim('ada');
    await expect(pull()).rejects.toMatchObject({
      message: expect.stringContaining('account ada,'),
    });
  });

  const HISTORY = [
    'SELECT play.*, item.uri FROM play JOIN item USING (item_id) ORDER BY play_id',
    'SELECT * FROM listen ORDER BY play_id',
    ...['import', 'gap', 'poll', 'left_out', 'forgotten'].map((name) => `SELECT * FROM ${name}`),
  ];
  const historyOf = async ({ query }: TestLibrary): Promise<object[][]> => {
    const found = await Promise.all(HISTORY.map((sql) => query(sql)));
    return found.map((rows) => rows.map(({ item_id, ...row }) => row));
  };
  const poll = (...args: Parameters<typeof pollOf>): Promise<unknown> =>
    new LibraryPlays(plays.open(), {}).putPoll(pollOf(...args));

  it('has the same listening history, and follows what was joined, taken out and taken back', async () => {
    await put(SOUND);
    await poll(playsOf(1, 50));
    await poll(playsOf(101, 150));
    for (const sql of [
      "INSERT INTO left_out VALUES ('artist:Artist 1', 'Artist 1', 1)",
      'INSERT INTO forgotten (before, made_at) VALUES (5, 6)',
      "INSERT INTO import (import_id, sha256, name, format, started_at) VALUES (7, 'x', 'n', 'extended', 1)",
      "INSERT INTO play (ended_at, item_id, counted, export_key, import_id, seen_at) SELECT ended_at, item_id, 1, 'key', 7, 1 FROM play WHERE play_id = 3",
    ]) {
      await plays.query(sql);
    }

    expect((await pull('dev', plays)).plays).toBe(101);
    expect(await historyOf(world)).toEqual(await historyOf(plays));

    await plays.query('DELETE FROM play WHERE play_id IN (5, 101)');
    await plays.query("UPDATE play SET export_key = 'key', import_id = 7 WHERE play_id = 3");
    await plays.query('DELETE FROM left_out');

    expect((await pull('dev', plays)).plays).toBe(99);
    expect(await historyOf(world)).toEqual(await historyOf(plays));
  });

  it('counts a recording once, whether its tracks are in the tables or not', async () => {
    const twin = (id: string): ReturnType<typeof trackOf> => trackOf(9, { id: idOf(id) });
    await poll([playAt(1, twin('a')), playAt(2, twin('b')), playAt(3, twin('c'))]);
    await put({
      ...SOUND,
      track: [TRACK, { ...TRACK, ...link('track', 'b'), track_isrc: 'ZZ9', track_artists: [] }],
    });

    await pull('dev', plays);

    const [songs] = await world.query(
      'SELECT count(DISTINCT uri) AS songs, count(*) AS plays FROM listen',
    );
    expect(songs).toEqual({ songs: 1, plays: 3 });
  });
});

function merge(table: keyof Tables, stored: readonly Row[], rows: readonly Row[]): Row[] {
  const key = TABLE_KEYS[table];
  const all = [...stored, ...rows].map((row) => [String(row[key]), row] as const);
  return [...new Map(all).values()];
}
