import { COUNTED, type DashboardData, SKIPPED } from '../dashboard/data.ts';
import { packDashboard } from '../dashboard/pack.ts';
import { unpackDashboard } from '../dashboard/unpack.ts';
import { loadPlaylist } from '../etl/load/playlist.ts';
import { toItemAttributes } from '../etl/model/playlist-items.ts';
import { importPlays } from '../etl/pipelines/plays-import.ts';
import { leaveOut } from '../stores/sqlite/left-out.ts';
import { LibraryAlbums } from '../stores/sqlite/library-albums.ts';
import { LibraryImports } from '../stores/sqlite/library-imports.ts';
import { LibraryPlays } from '../stores/sqlite/library-plays.ts';
import { LibraryRepository } from '../stores/sqlite/library-repository.ts';
import { NO_DASHBOARD_DATA } from '../test/fixtures/no-dashboard-data.ts';
import { exportsOf, extendedRow } from '../test/support/exports.ts';
import { LIBRARIES, type TestLibrary } from '../test/support/libraries.ts';
import { playAt, pollOf, trackOf } from '../test/support/plays.ts';
import { createVirtualClock, START_MS } from '../test/support/virtual-clock.ts';
import { readDashboardData } from './dashboard-data.ts';

const at = (minutes: number): number => START_MS + minutes * 60_000;
const iso = (minutes: number): string => new Date(at(minutes)).toISOString();
const MADE = { madeAtMs: at(10_000) };

describe.each(LIBRARIES)('the dashboard of a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  afterEach(() => world.empty());
  afterAll(() => world.close());

  const read = (): Promise<DashboardData> => readDashboardData(world.open(), MADE);
  const poll = (...minutes: number[]): Promise<unknown> =>
    new LibraryPlays(world.open(), {}).putPoll(pollOf(minutes.map((each) => playAt(each))));

  async function importRows(...rows: object[]): Promise<void> {
    const source = exportsOf({ name: 'Streaming_History_Audio_0.json', rows });
    await importPlays(
      { source, sink: new LibraryImports(world.open()) },
      { nowMs: at(9_000), withPrivate: false, withCountry: false, onFile: () => undefined },
    );
  }

  /** A list of these tracks, read so many minutes after the start. */
  async function readList(minutes: number, ...ids: string[]): Promise<void> {
    const clock = createVirtualClock();
    const sink = new LibraryRepository(world.open(), { clock, deadlineAt: at(1_000) });
    await loadPlaylist(sink, {
      playlist: {
        playlist_id: 'list',
        playlist_uri: 'spotify:playlist:list',
        playlist_url: 'https://open.spotify.com/playlist/list',
        playlist_name: 'Road Trip',
        playlist_owner_name: 'Ada',
        playlist_snapshot_id: `snapshot-${minutes}`,
        playlist_num_items: ids.length,
        ...toItemAttributes(
          ids.map((id, place) => {
            const addedAt = Date.UTC(2024, 0, 10) / 1_000 + place;
            const added = place === 0 ? {} : { addedAt, addedBy: place % 2 === 1 ? 'bob' : 'ada' };
            return id === ''
              ? { kind: 'unavailable', ...added }
              : { kind: 'track', track: { id }, ...added };
          }),
        ),
        playlist_skipped: { episode: 0, local: 0, unavailable: ids.includes('') ? 1 : 0 },
        extracted_at: iso(minutes),
        run_id: `run-${minutes}`,
      },
      tracks: ids
        .filter((id) => id !== '')
        .map((id) => ({
          track_id: id,
          track_uri: `spotify:track:${id}`,
          track_url: '',
          track_name: `Track ${id}`,
          track_duration: 1_000,
        })),
      albums: [],
      artists: [],
    });
  }

  it('is empty where the library is', async () => {
    const data = await read();

    expect(data).toEqual({ ...NO_DASHBOARD_DATA, madeAtMs: at(10_000), library: world.place });
    expect(await unpackDashboard(packDashboard(data))).toEqual(data);
  });

  it('has what was played, with the recording that it counts under, and what is left out', async () => {
    const edition = trackOf(9, { external_ids: { isrc: 'ZZ1' }, name: 'Song 1 (Live)' });
    const plays = [playAt(1), playAt(2), playAt(3, edition)];
    await new LibraryPlays(world.open(), {}).putPoll(pollOf(plays));
    const song = { what: 'spotify:track:track-1', artist: null, label: '' };
    await leaveOut(world.open(), song, START_MS);

    const { items, plays: played } = await read();

    expect(items.map(({ countedAs, isLeftOut, uri }) => [uri, countedAs, isLeftOut])).toEqual([
      ['spotify:track:track-1', 0, true],
      ['spotify:track:track-2', 1, false],
      ['spotify:track:track-9', 0, true],
    ]);
    expect(items[1]).toEqual({
      uri: 'spotify:track:track-2',
      kind: 'track',
      name: 'Song 2',
      artist: 'Artist 2',
      parent: 'Album 2',
      parentArtist: 'Artist 2',
      durationMs: 180_000,
      countedAs: 1,
      isLeftOut: false,
    });
    expect(played).toEqual({
      length: 3,
      endedAtMs: Float64Array.of(at(1), at(2), at(3)),
      item: Uint32Array.of(0, 1, 2),
      heardMs: Int32Array.of(-1, -1, -1),
      flags: Uint8Array.of(COUNTED, COUNTED, COUNTED),
    });
  });

  it('has a recording that was never played itself, where another edition counts under it', async () => {
    const edition = trackOf(9, { external_ids: { isrc: 'ZZ1' } });
    await new LibraryPlays(world.open(), {}).putPoll(pollOf([playAt(1), playAt(2, edition)]));
    await world.query('DELETE FROM play WHERE item_id = 1');
    await world.query("INSERT INTO item (uri, kind) VALUES ('spotify:track:nobody', 'track')");

    const { items, plays } = await read();

    expect(items.map(({ countedAs, uri }) => [uri, countedAs])).toEqual([
      ['spotify:track:track-1', 0],
      ['spotify:track:track-9', 0],
    ]);
    expect([...plays.item]).toEqual([1]);
  });

  it.each([
    [{ reason_end: 'fwdbtn', ms_played: 5_000 }, SKIPPED],
    [{ reason_end: 'fwdbtn', skipped: false }, COUNTED + SKIPPED],
    [{ reason_end: 'backbtn', skipped: null }, COUNTED + SKIPPED],
    [{ reason_end: 'trackdone', skipped: true }, COUNTED + SKIPPED],
    [{ reason_end: 'endplay', ms_played: 29_999 }, SKIPPED],
    [{ reason_end: 'endplay', ms_played: 30_000 }, COUNTED],
    [{ reason_end: 'trackdone', skipped: false }, COUNTED],
    [{ reason_end: 'trackdone', ms_played: 1_000 }, COUNTED],
    [{ reason_end: 'logout', ms_played: 1_000 }, 0],
    [{ reason_end: null, skipped: null }, COUNTED],
  ])('takes %j for a skip, or does not', async (row, flags) => {
    await importRows(extendedRow(at(1), 1, row));
    expect([...(await read()).plays.flags]).toEqual([flags]);
  });

  it('knows how long each play was, and never by a poll', async () => {
    await poll(100);
    await importRows(extendedRow(at(1), 1, { ms_played: 61_001 }));

    const { plays } = await read();
    expect([...plays.heardMs]).toEqual([61_001, -1]);
    expect([...plays.endedAtMs]).toEqual([at(1), at(100)]);
  });

  it('has every play once, however many end at the same moment', async () => {
    await poll(1);
    await world.query(
      `INSERT INTO play (ended_at, item_id, counted, seen_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 25000)
      SELECT ${at(2)} + n / 15000, 1, 1, 0 FROM number`,
    );

    const { plays } = await read();

    expect(plays.length).toBe(25_001);
    expect(plays.endedAtMs.filter((ms) => ms === at(2))).toHaveLength(14_999);
  });

  it('has the lists with their positions, dates and people, and the size of each version', async () => {
    await readList(0, 'a', 'b', 'c');
    await readList(10, 'a', 'c', '', 'd', 'a');
    await readList(20, 'c', 'd', 'd');

    const { items, playlists } = await read();

    // Nothing of what earlier versions had.
    expect(items.map(({ uri }) => uri)).toEqual(['spotify:track:c', 'spotify:track:d']);
    expect(playlists).toEqual([
      {
        id: 'list',
        name: 'Road Trip',
        ownerName: 'Ada',
        url: 'https://open.spotify.com/playlist/list',
        readAtMs: at(20),
        contributors: ['bob', 'ada'],
        items: [0, 1, 1],
        addedDay: [0, 19_732, 19_732],
        addedBy: [-1, 0, 1],
        versions: [
          { seenAtMs: at(0), size: 3, added: 0, removed: 0 },
          { seenAtMs: at(10), size: 5, added: 3, removed: 1 },
          { seenAtMs: at(20), size: 3, added: 1, removed: 3 },
        ],
      },
    ]);
  });

  it.each(['javascript:alert(1)', 'http://open.spotify.com/playlist/list', 'list', ''])(
    'has no link for the address %j',
    async (url) => {
      await readList(0, 'a');
      await world.query(`UPDATE playlist SET playlist_url = '${url}'`);

      expect((await read()).playlists).toMatchObject([{ id: 'list', url: undefined }]);
    },
  );

  it('has null for what Spotify has withdrawn, and one version of a list that never changed', async () => {
    await readList(0, 'a', '');
    const [list] = (await read()).playlists;
    expect(list).toMatchObject({
      items: [0, null],
      versions: [{ seenAtMs: at(0), size: 2, added: 0, removed: 0 }],
    });
  });

  it('says which times are covered, and where plays may be missing', async () => {
    await poll(500);
    await poll(900);
    await importRows(extendedRow(at(-9_000), 1), extendedRow(at(600), 1));
    await world.query(
      `INSERT INTO gap (after, before, cause, found_at, closed_by) VALUES (${at(500)}, ${at(600)}, 'missed', 0, 1), (${at(700)}, ${at(900)}, 'window', 0, NULL)`,
    );

    const { covered, gaps, health } = await read();

    expect(covered).toEqual([
      { firstMs: at(-9_000), lastMs: at(600) },
      { firstMs: at(500), lastMs: at(901) },
    ]);
    expect(gaps).toEqual([
      { afterMs: at(500), beforeMs: at(600), cause: 'missed', isClosed: true },
      { afterMs: at(700), beforeMs: at(900), cause: 'window', isClosed: false },
    ]);
    expect(health).toEqual({
      polls: [901, 501].map((minutes) => ({
        atMs: at(minutes),
        returned: 1,
        fresh: 1,
        outcome: 'ok',
      })),
      imports: [
        {
          name: 'Streaming_History_Audio_0.json',
          finishedAtMs: at(9_000),
          rowsRead: 2,
          rowsNew: 2,
          rowsRefused: 0,
        },
      ],
      syncs: [],
    });
  });

  it('has the last run of each pair, with the name of its target', async () => {
    await readList(0, 'a');
    await world.query(
      `INSERT INTO sync_run (run_id, pair, target_id, kind, started_at, outcome) VALUES
        ('1', 'one', 'list', 'add', '${iso(5)}', 'failed'), ('2', 'other', 'gone', 'add', '${iso(6)}', NULL), ('3', 'one', 'list', 'add', '${iso(4)}', 'done')`,
    );

    expect((await read()).health.syncs).toEqual([
      { pair: 'one', target: 'Road Trip', startedAtMs: at(4), outcome: 'done' },
      { pair: 'other', target: 'gone', startedAtMs: at(6) },
    ]);
  });

  it('has the albums of the market that was asked for last, once one was measured', async () => {
    const albums = new LibraryAlbums(world.open());
    const sink = new LibraryRepository(world.open(), {
      clock: createVirtualClock(),
      deadlineAt: at(1_000),
    });
    const artist = { artist_id: 'x', artist_uri: 'x', artist_url: 'x', artist_name: 'Xenia' };
    const album = { album_id: 'y', album_uri: 'y', album_url: 'y', album_name: 'Yes' };
    await sink.putRows([
      { table: 'artist', key: 'x', attributes: artist },
      {
        table: 'album',
        key: 'y',
        attributes: {
          ...album,
          album_type: 'album',
          album_release_date: '1981',
          album_artists: ['x'],
        },
      },
    ]);
    const listing = { artistId: 'x', listedAt: iso(0) };
    await albums.putListing({ ...listing, market: 'US', albums: [], checkedAt: iso(1) });
    await albums.putListing({ ...listing, market: 'DE', albums: ['y'], checkedAt: iso(2) });
    expect((await read()).albums).toBeUndefined();

    await world.query('UPDATE album SET album_num_tracks = 1, album_duration = 2400000');

    expect((await read()).albums).toMatchObject({
      market: 'DE',
      trend: { families_total: 1, artists_total: 1, verdict: 'too_little' },
      points: [{ artist: 'Xenia', album: 'Yes', minutes: 40 }],
    });
  });
});
