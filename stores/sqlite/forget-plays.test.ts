import { importPlays } from '../../etl/pipelines/plays-import.ts';
import { toArtistHash } from '../../etl/transform/imported-rows.ts';
import { exportsOf, extendedRow } from '../../test/support/exports.ts';
import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { playAt, playsOf, pollOf, trackOf } from '../../test/support/plays.ts';
import { START_MS } from '../../test/support/virtual-clock.ts';
import { forgetPlays, planForgetting } from './forget-plays.ts';
import { LibraryImports } from './library-imports.ts';
import { LibraryPlays } from './library-plays.ts';

const at = (minutes: number): number => START_MS + minutes * 60_000;
/** Plays of a year before, and some of the polled ones again. */
const EXPORT = exportsOf({
  name: 'endsong_0.json',
  rows: [...Array(8).keys()].flatMap((index) => [
    extendedRow(at(index - 500_000), index),
    extendedRow(at(index + 1), index + 1),
  ]),
});
const OPTIONS = { withPrivate: false, withCountry: false, nowMs: at(100) };
const ARTIST = { artist: 'ARTIST 1', artistHash: toArtistHash('ARTIST 1') };

describe.each(LIBRARIES)('what is forgotten of a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  beforeEach(async () => {
    await poll();
    await runImport();
    // Song 5 stands in a list, and song 9 stood in one.
    await world.query(
      "INSERT INTO playlist (playlist_id, playlist_snapshot_id, playlist_num_items, playlist_skipped, extracted_at, run_id, seen_at) VALUES ('list', 's', 1, '{}', '', '', '')",
    );
    await world.query(
      "INSERT INTO playlist_item VALUES ('list', 0, 'spotify:track:track-5', NULL, NULL)",
    );
    await world.query(
      `INSERT INTO playlist_version VALUES ('list', 1, 0, '', '{"items":[{"uri":"spotify:track:track-9"}]}')`,
    );
  });
  afterEach(() => world.empty());
  afterAll(() => world.close());

  const poll = () => new LibraryPlays(world.open(), {}).putPoll(pollOf(playsOf(1, 20)));
  const runImport = () =>
    importPlays({ source: EXPORT, sink: new LibraryImports(world.open()) }, OPTIONS);
  const namesIn = async (table: string, column: string): Promise<unknown[]> =>
    (await world.query(`SELECT ${column} AS name FROM ${table} ORDER BY ${column}`)).map(
      ({ name }) => name,
    );
  const heard = () =>
    world.query(
      'SELECT main_artist, count(*) AS plays FROM play JOIN item USING (item_id) GROUP BY main_artist ORDER BY main_artist',
    );

  it('is an artist: neither a poll nor an import brings them back, and lists keep their songs', async () => {
    const before = await heard();
    const ofArtist = before.find(({ main_artist }) => main_artist === 'Artist 1');
    expect(await planForgetting(world.open(), ARTIST)).toEqual({
      plays: ofArtist?.plays,
      songs: 5,
      first: new Date(at(1 - 500_000)).toISOString(),
      last: new Date(at(17)).toISOString(),
      in_lists: 1,
    });

    await forgetPlays(world.open(), ARTIST, at(100));
    const after = await heard();
    expect(after).toEqual(before.filter(({ main_artist }) => main_artist !== 'Artist 1'));
    expect(await poll()).toEqual({ fresh: 0, forgotten: 5, gaps: 0 });
    const { forgotten, new: fresh } = await runImport();
    expect({ forgotten, fresh }).toEqual({ forgotten: 4, fresh: 0 });

    expect(await heard()).toEqual(after);
    const uris = await namesIn("item WHERE main_artist = 'Artist 1'", 'uri');
    expect(uris).toEqual(['spotify:track:track-5', 'spotify:track:track-9']);
    expect(await namesIn('track', 'track_id')).not.toContain('track-1');
    expect(await namesIn('album', 'album_id')).not.toContain('album-1');
    expect(await namesIn('artist', 'artist_id')).toContain('artist-1');
  });

  it('is an artist, also where an export names another one for the song', async () => {
    await forgetPlays(world.open(), ARTIST, at(100));
    const various = { master_metadata_album_artist_name: 'Various Artists' };
    const rows = [extendedRow(at(50), 1, various), extendedRow(at(51), 2, various)];
    const source = exportsOf({ name: 'endsong_1.json', rows });

    const report = await importPlays({ source, sink: new LibraryImports(world.open()) }, OPTIONS);

    expect(report).toMatchObject({ read: 2, new: 1, forgotten: 1 });
  });

  it('are all plays: what only they referred to is gone, and only new plays come', async () => {
    await forgetPlays(world.open(), { beforeMs: at(100) }, at(100));

    expect(await poll()).toEqual({ fresh: 0, forgotten: 20, gaps: 0 });
    expect(await runImport()).toMatchObject({ read: 16, new: 0, forgotten: 16 });
    expect(await namesIn('item', 'uri')).toEqual([
      'spotify:track:track-5',
      'spotify:track:track-9',
    ]);
    expect(await namesIn('album', 'album_id')).toEqual(['album-5', 'album-9']);
    expect(await namesIn('artist', 'artist_id')).toEqual(['artist-1']);

    const later = await new LibraryPlays(world.open(), {}).putPoll(pollOf(playsOf(90, 101)));
    expect(later).toEqual({ fresh: 2, forgotten: 10, gaps: 0 });
  });

  it('is an artist whose song counts for other recordings: these count under one of their own', async () => {
    const recordings = [31, 32, 33].map((index) =>
      playAt(index, trackOf(index - 10, { external_ids: { isrc: 'one' } })),
    );
    await new LibraryPlays(world.open(), {}).putPoll(pollOf(recordings));
    const listen = () =>
      world.query(
        `SELECT artist FROM listen WHERE ended_at >= '${new Date(at(31)).toISOString()}' ORDER BY ended_at`,
      );
    expect(await listen()).toEqual([31, 32, 33].map(() => ({ artist: 'Artist 1' })));

    await forgetPlays(world.open(), ARTIST, at(100));

    expect(await listen()).toEqual([32, 33].map(() => ({ artist: 'Artist 2' })));
    await new LibraryPlays(world.open(), {}).putPoll(pollOf(recordings));
    expect(await listen()).toEqual([32, 33].map(() => ({ artist: 'Artist 2' })));
  });

  it('is what ended before a time, and the gaps of that time', async () => {
    await world.query(
      `INSERT INTO gap (after, before, cause, found_at) VALUES (1, ${at(-1_000)}, 'window', 1), (2, ${at(6)}, 'window', 1)`,
    );

    await forgetPlays(world.open(), { beforeMs: at(5) }, at(100));

    expect(await world.query('SELECT min(ended_at) AS first FROM play')).toEqual([
      { first: at(5) },
    ]);
    expect(await world.query('SELECT after FROM gap')).toEqual([{ after: 2 }]);
    expect(await poll()).toMatchObject({ fresh: 0, forgotten: 4 });
  });
});
