import type { ExportSource } from '../../etl/extract/sources.ts';
import type { ImportSink } from '../../etl/load/sinks.ts';
import type { ExportFormat } from '../../etl/model/imports.ts';
import { type ImportReport, importPlays } from '../../etl/pipelines/plays-import.ts';
import { toArtistHash } from '../../etl/transform/imported-rows.ts';
import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { playAt, playsOf, pollOf, trackOf } from '../../test/support/plays.ts';
import { START_MS } from '../../test/support/virtual-clock.ts';
import type { SqlRow } from './database.ts';
import { LibraryImports } from './library-imports.ts';
import { LibraryPlays } from './library-plays.ts';

const MINUTE_MS = 60_000;
const NOW_MS = START_MS + 1_000 * MINUTE_MS;
const at = (minutes: number): number => START_MS + minutes * MINUTE_MS;

type Row = Readonly<Record<string, unknown>>;
type File = {
  readonly name: string;
  readonly format: ExportFormat;
  readonly rows: readonly unknown[];
};

/** Song `index` as an export has it. */
function songAt(minutes: number, index = minutes, more: Row = {}): Row {
  return {
    ts: `${new Date(at(minutes)).toISOString().slice(0, 19)}Z`,
    ms_played: 100_000,
    spotify_track_uri: `spotify:track:track-${index}`,
    master_metadata_track_name: `Exported ${index}`,
    master_metadata_album_artist_name: 'Exported',
    reason_end: 'trackdone',
    platform: 'ios',
    ...more,
  };
}

function audio(rows: readonly unknown[], name = 'Streaming_History_Audio_0.json'): File {
  return { name, format: 'extended', rows };
}

const account = (rows: readonly unknown[]): File => ({
  name: 'StreamingHistory_music_0.json',
  format: 'account',
  rows,
});

function minuteOf(minutes: number, index = minutes): Row {
  return {
    endTime: new Date(at(minutes)).toISOString().slice(0, 16).replace('T', ' '),
    artistName: `Artist ${index % 4}`,
    trackName: `Song ${index}`,
    msPlayed: 100_000,
  };
}

type Options = {
  readonly withPrivate?: boolean;
  readonly songs?: Awaited<ReturnType<ExportSource['listSongs']>>;
  readonly wrap?: (sink: ImportSink) => ImportSink;
};

const PLAYS =
  'SELECT ended_at, ms_played, uri, api_key IS NOT NULL AS polled, export_key IS NOT NULL AS exported, account_key IS NOT NULL AS by_minute FROM play JOIN item USING (item_id) ORDER BY ended_at, ms_played';
const GAPS =
  'SELECT after, before, name AS closed_by FROM gap LEFT JOIN import ON import_id = closed_by ORDER BY after';

describe.each(LIBRARIES)('an import into a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  afterEach(() => world.empty());
  afterAll(() => world.close());

  async function importFiles(
    files: readonly File[],
    { songs = [], withPrivate = false, wrap = (sink) => sink }: Options = {},
  ): Promise<ImportReport> {
    const source: ExportSource = {
      entries: files.map((file) => {
        const { format, name } = file;
        const read = () => Promise.resolve({ ...file, sha256: JSON.stringify(file.rows) });
        return { name, format, size: 1, read };
      }),
      listSongs: () => Promise.resolve(songs),
      close: () => undefined,
    };
    const sink = wrap(new LibraryImports(world.open()));
    return await importPlays({ source, sink }, { withPrivate, withCountry: false, nowMs: NOW_MS });
  }
  const put = (...poll: Parameters<typeof pollOf>) =>
    new LibraryPlays(world.open(), {}).putPoll(pollOf(...poll));
  const plays = () => world.query(PLAYS);
  const content = async (): Promise<SqlRow[][]> =>
    await Promise.all([
      plays(),
      world.query('SELECT uri, kind, name, main_artist, named_by FROM item ORDER BY uri'),
      world.query(GAPS),
      world.query(
        'SELECT name, format, rows_read, rows_new, rows_known, rows_repeated, rows_private, first_at, last_at, reconciled_at IS NULL AS pending FROM import ORDER BY name',
      ),
    ]);

  it('joins each polled play with its row, one to one, and keeps the polled time', async () => {
    await put(playsOf(1, 20).map((play) => ({ ...play, endedAtMs: play.endedAtMs + 1_234 })));
    const rows = Array.from({ length: 20 }, (__, index) => songAt(index + 1));

    const report = await importFiles([audio([...rows, songAt(30)])]);

    expect(report).toMatchObject({ read: 21, new: 21, known: 0, gapsClosed: 0 });
    expect(report.differencesMs).toEqual(rows.map(() => 1_234));
    expect(await plays()).toEqual([
      ...rows.map((row, index) => ({
        ended_at: at(index + 1) + 1_234,
        ms_played: 100_000,
        uri: row.spotify_track_uri,
        polled: 1,
        exported: 1,
        by_minute: 0,
      })),
      expect.objectContaining({ ended_at: at(30), polled: 0, exported: 1 }),
    ]);
    const [joined] = await world.query('SELECT * FROM play WHERE play_id = 1');
    expect(joined).toMatchObject({
      api_key: `${at(1) + 1_234}|spotify:track:track-1`,
      reason_end: 'trackdone',
      device: 'ios',
      counted: 1,
      import_id: 1,
    });
  });

  it('joins what a poll finds after the import', async () => {
    await importFiles([audio([songAt(1), songAt(2), songAt(3)])]);

    expect(await put(playsOf(2, 4))).toEqual({ fresh: 3, forgotten: 0, gaps: 0 });

    expect((await plays()).map(({ polled, exported }) => [polled, exported])).toEqual([
      [0, 1],
      [1, 1],
      [1, 1],
      [1, 0],
    ]);
    expect(await put(playsOf(2, 4), { minutes: 6 })).toEqual({ fresh: 0, forgotten: 0, gaps: 0 });
    expect(await plays()).toHaveLength(4);
  });

  it('joins nothing further apart than a minute, shorter than 30 s, or of another song', async () => {
    await put([playAt(10, trackOf(1)), playAt(20, trackOf(2)), playAt(30, trackOf(3))]);
    const rows = [
      songAt(10, 1, { ts: new Date(at(10) - 61_000).toISOString() }),
      songAt(20, 2, { ms_played: 29_999 }),
      songAt(30, 4),
    ];

    expect(await importFiles([audio(rows)])).toMatchObject({ new: 3, differencesMs: [] });
    expect(await plays()).toHaveLength(6);
  });

  it('joins a song under another of its URIs', async () => {
    const isrc = { external_ids: { isrc: 'ZZSAME' } };
    await put([playAt(1, trackOf(1, isrc)), playAt(10, trackOf(2, isrc))]);

    const report = await importFiles([audio([songAt(1, 2), songAt(10, 1)])]);

    expect(report.differencesMs).toEqual([0, 0]);
    expect((await plays()).map(({ uri }) => uri)).toEqual([
      'spotify:track:track-1',
      'spotify:track:track-2',
    ]);
  });

  it('keeps every repeat of a short song', async () => {
    const seconds = [0, 31, 62, 95, 127].map((second) => second / 60);
    const short = trackOf(1, { duration_ms: 31_000 });
    await put(seconds.slice(1).map((minutes) => playAt(10 + minutes + 0.05, short)));
    const rows = seconds.map((minutes) => songAt(10 + minutes, 1, { ms_played: 31_000 }));

    const report = await importFiles([audio(rows)]);

    expect(report.differencesMs).toHaveLength(4);
    expect(report.differencesMs.every((ms) => ms >= 3_000 && ms < 4_001)).toBe(true);
    expect((await plays()).map(({ polled, exported }) => [polled, exported])).toEqual([
      [0, 1],
      ...[1, 2, 3, 4].map(() => [1, 1]),
    ]);
  });

  it('closes the gaps that it covers, and no others', async () => {
    await put(playsOf(1, 50));
    await put(playsOf(101, 150));
    await put(playsOf(201, 250));

    const report = await importFiles([audio([songAt(40), songAt(120)])]);
    expect(report.gapsClosed).toBe(1);
    expect(await world.query(GAPS)).toEqual([
      { after: at(50), before: at(101), closed_by: 'Streaming_History_Audio_0.json' },
      { after: at(150), before: at(201), closed_by: null },
    ]);
    // Also where it adds nothing.
    await put(playsOf(51, 100), { minutes: 251 });
    await world.query('UPDATE gap SET closed_by = NULL');
    expect(await importFiles([audio([songAt(40), songAt(120)])])).toMatchObject({
      new: 0,
      gapsClosed: 1,
    });
  });

  it('covers no time of a file that is missing or has only what was watched', async () => {
    const day = 1_440;
    const source = [minuteOf(50 * day - 300 * day)];
    const before = songAt(-300 * day);
    const after = songAt(-100 * day);
    await importFiles([account(source)]);

    await importFiles([audio([before], 'endsong_0.json'), audio([after], 'endsong_2.json')]);
    await importFiles([audio([before, after], 'Streaming_History_Video_2018-2026.json')]);

    expect((await plays()).map(({ by_minute }) => by_minute)).toEqual([0, 1, 0]);
    await importFiles([audio([before, after, songAt(0)], 'endsong_3.json')]);
    expect((await plays()).map(({ by_minute }) => by_minute)).toEqual([0, 0, 0]);
  });

  it.each(['before', 'after', 'with'])('takes account data %s extended data', async (when) => {
    await put(playsOf(60, 62).map((play) => ({ ...play, endedAtMs: play.endedAtMs + 20_000 })));
    const extended = audio([songAt(1), songAt(2), songAt(3)]);
    const lesser = account([1, 2, 3, 60, 61, 70].map((minutes) => minuteOf(minutes)));
    const imports = {
      before: [[lesser], [extended]],
      after: [[extended], [lesser]],
      with: [[lesser, extended]],
    }[when];

    for (const files of imports ?? []) await importFiles(files);

    expect(await plays()).toEqual([
      ...[1, 2, 3].map((minutes) =>
        expect.objectContaining({ ended_at: at(minutes), exported: 1, by_minute: 0 }),
      ),
      ...[60, 61].map((minutes) =>
        expect.objectContaining({
          ended_at: at(minutes) + 20_000,
          ms_played: 100_000,
          polled: 1,
          by_minute: 1,
        }),
      ),
      expect.objectContaining({ ended_at: at(62) + 20_000, ms_played: null, by_minute: 0 }),
      expect.objectContaining({ ended_at: at(70), polled: 0, by_minute: 1 }),
    ]);
  });

  it('adds nothing the second time, also under another name and with more', async () => {
    await put(playsOf(1, 3));
    const rows = [songAt(1), songAt(2), songAt(2), null, songAt(7, 7, { incognito_mode: true })];
    const first = await importFiles([audio(rows)]);
    const before = await content();

    const again = await importFiles([audio(rows, 'endsong_9.json')]);

    expect(first).toMatchObject({ read: 5, new: 2, known: 0, repeated: 1, refused: 1, private: 1 });
    expect(again).toMatchObject({ read: 5, new: 0, known: 2, repeated: 1, refused: 1, private: 1 });
    expect(await content()).toEqual(before);
    const newer = await importFiles([audio([...rows, songAt(9)])]);
    expect(newer).toMatchObject({ read: 6, new: 1, known: 2, repeated: 1, refused: 1, private: 1 });
  });

  it('takes the private plays of a file when they are asked for later', async () => {
    const files = [audio([songAt(1), songAt(2, 2, { incognito_mode: true })])];
    expect(await importFiles(files)).toMatchObject({ new: 1, private: 1 });
    expect(await importFiles(files, { withPrivate: true })).toMatchObject({ new: 1, known: 1 });
    const before = await content();

    expect(await importFiles(files)).toMatchObject({ new: 0, known: 1, private: 1 });
    expect(await importFiles(files, { withPrivate: true })).toMatchObject({ new: 0, known: 2 });

    expect(await content()).toEqual(before);
    expect(before.at(-1)).toMatchObject([{ rows_read: 2, rows_new: 2, rows_private: 0 }]);
  });

  it('does not bring back what was forgotten', async () => {
    await world.open().run([
      {
        sql: 'INSERT INTO forgotten (before, artist_hash, made_at) VALUES (:before, NULL, 0), (NULL, :artist, 0)',
        args: { before: at(2), artist: toArtistHash('Gone') },
      },
    ]);
    const rows = [
      songAt(1),
      songAt(2),
      songAt(3, 3, { master_metadata_album_artist_name: 'gone' }),
    ];

    expect(await importFiles([audio(rows)])).toMatchObject({ read: 3, new: 1, forgotten: 2 });
    expect((await plays()).map(({ ended_at }) => ended_at)).toEqual([at(2)]);
  });

  const FILES = [
    audio([songAt(40), songAt(41), songAt(42)]),
    audio([songAt(42), songAt(99), songAt(120)], 'Streaming_History_Audio_1.json'),
    account([minuteOf(41), minuteOf(130), minuteOf(131, 99)]),
  ];
  const STOPS = [
    ...[1, 2, 3].map((call) => ({ name: 'putFile', call }) as const),
    { name: 'finishImport', call: 1 } as const,
  ];

  it.each(STOPS)('stopped before $name $call is finished by the next', async ({ call, name }) => {
    const begin = async (): Promise<void> => {
      await put(playsOf(1, 50));
      await put(playsOf(101, 150));
    };
    await begin();
    await importFiles(FILES);
    const undisturbed = await content();
    await world.empty();
    await begin();
    let calls = 0;
    const wrap = (sink: ImportSink): ImportSink => {
      const stopAt = (method: string): void => {
        if (method === name && ++calls === call) throw new Error('Stopped.');
      };
      return {
        openImport: () => sink.openImport(),
        findKnown: () => sink.findKnown(),
        putFile: async (file) => {
          stopAt('putFile');
          return await sink.putFile(file);
        },
        finishImport: async (finished) => {
          stopAt('finishImport');
          return await sink.finishImport(finished);
        },
      };
    };
    await expect(importFiles(FILES, { wrap })).rejects.toThrow('Stopped.');
    expect(await content()).not.toEqual(undisturbed);

    await importFiles(FILES);

    expect(await content()).toEqual(undisturbed);
  });

  it('stopped before its end is finished by the next poll', async () => {
    await put(playsOf(1, 50));
    const stopped = (sink: ImportSink): ImportSink => ({
      openImport: () => sink.openImport(),
      findKnown: () => sink.findKnown(),
      putFile: (file) => sink.putFile(file),
      finishImport: () => Promise.reject(new Error('Stopped.')),
    });
    await expect(importFiles(FILES, { wrap: stopped })).rejects.toThrow('Stopped.');
    expect(await plays()).toHaveLength(57);

    await put([playAt(51)]);

    expect(await plays()).toHaveLength(55);
    expect(await world.query('SELECT 1 FROM import WHERE reconciled_at IS NULL')).toEqual([]);
  });

  it('twice at the same moment stores and joins each play once', async () => {
    await put(playsOf(1, 50));
    const rows = Array.from({ length: 60 }, (__, index) => songAt(index + 1));

    const reports = await Promise.all(
      [audio(rows), audio(rows)].map((file) => importFiles([file])),
    );

    expect(reports.map((report) => report.new).sort()).toEqual([0, 60]);
    expect(await plays()).toHaveLength(60);
    expect((await plays()).every((play) => play.exported === 1 && play.ms_played)).toBe(true);
  });

  it('keeps the names of the Web API, and prefers those of extended data to those of account data', async () => {
    await put([playAt(1)]);
    const uri = 'spotify:track:track-2';
    const songs = [{ artist: 'Artist 2', title: 'Song 2', uri }];
    const named = () => world.query('SELECT uri, name, named_by FROM item ORDER BY uri');

    await importFiles([account([minuteOf(2)])], { songs });
    expect((await named())[1]).toEqual({ uri, name: 'Song 2', named_by: 'account' });
    await importFiles([audio([songAt(1), songAt(2)])]);

    expect(await named()).toEqual([
      { uri: 'spotify:track:track-1', name: 'Song 1', named_by: 'api' },
      { uri, name: 'Exported 2', named_by: 'extended' },
    ]);
    await put([playAt(2)]);
    expect((await named())[1]).toEqual({ uri, name: 'Song 2', named_by: 'api' });
  });

  it('gives account data the URIs of songs that are known by name', async () => {
    await put([playAt(1)]);
    await importFiles([
      audio([songAt(5, 5, { master_metadata_album_artist_name: 'X' })]),
      account([
        minuteOf(101, 1),
        { ...minuteOf(102), artistName: 'x', trackName: 'EXPORTED 5' },
        minuteOf(103),
      ]),
    ]);

    expect((await plays()).slice(-3).map(({ uri }) => uri)).toEqual([
      'spotify:track:track-1',
      'spotify:track:track-5',
      expect.stringMatching(/^unknown:/),
    ]);
  });

  it('stores names of every kind as they are', async () => {
    const names = [
      'Beyonce\u0301',
      'שלום \u202e',
      '\u{1f469}\u200d\u{1f3a4}',
      '\'"\\',
      '東京'.repeat(2_000),
      // What Node 22 reads out of a file ends at U+0000.
      process.versions.node.startsWith('22.') ? 'ab' : 'a\u0000b',
    ];
    await importFiles([
      audio(names.map((name, index) => songAt(index, index, { master_metadata_track_name: name }))),
    ]);

    const stored = await world.query('SELECT name FROM item ORDER BY item_id');
    expect(stored.map(({ name }) => name)).toEqual(names);
  });
});
