import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { openLibrary } from '../../app/library.ts';
import { givenRows } from '../../test/support/given-rows.ts';
import { type ExportOptions, type ExportSummary, exportRows } from './export-rows.ts';

const id = (letter: string): string => letter.repeat(22);
const addresses = (kind: string, of: string) => ({
  [`${kind}_id`]: of,
  [`${kind}_uri`]: `spotify:${kind}:${of}`,
  [`${kind}_url`]: `https://open.spotify.com/${kind}/${of}`,
});
const artist = (letter: string, name: string) => ({
  ...addresses('artist', id(letter)),
  artist_name: name,
});
const list = (letter: string, name: string, more: object = {}) => ({
  ...addresses('playlist', id(letter)),
  playlist_name: name,
  playlist_snapshot_id: 's',
  playlist_num_items: 0,
  playlist_tracks: [],
  playlist_others: [],
  playlist_added_at: [],
  playlist_added_by: [],
  playlist_contributors: [],
  playlist_skipped: { episode: 0, local: 0, unavailable: 0 },
  extracted_at: '2026-11-20T08:00:00.000Z',
  run_id: 'r',
  ...more,
});

const TRIP = list('P', 'Road/Trip\r\n#EXTINF:1,x', {
  playlist_num_items: 5,
  playlist_tracks: [id('T'), id('T'), id('U')],
  playlist_others: [
    { position: 1, kind: 'local', uri: 'spotify:local:Me::=Demo:60', name: '=Demo' },
    { position: 4, kind: 'unavailable' },
  ],
  playlist_added_at: [1_600_000_000, -1, 1_600_000_002, 1_600_000_003, -1],
  playlist_added_by: [0, -1, 1, 0, -1],
  playlist_contributors: ['ada', 'bob'],
  playlist_skipped: { episode: 0, local: 1, unavailable: 1 },
});
const TABLES = {
  playlist: [TRIP],
  track: [
    {
      ...addresses('track', id('T')),
      track_name: 'Two\nLines',
      track_duration: 185_900,
      track_explicit: false,
      track_isrc: 'ZZ1',
      track_disc_number: 1,
      track_number: 2,
      track_album: id('L'),
      track_artists: [id('B'), id('A')],
    },
    // Its album is missing.
    { ...addresses('track', id('U')), track_name: 'Lost', track_album: id('M') },
    { ...addresses('track', id('V')), track_name: 'Elsewhere' },
  ],
  album: [
    {
      ...addresses('album', id('L')),
      album_name: 'First',
      album_release_date: '1981',
      album_artists: [id('A')],
    },
  ],
  artist: [artist('A', 'Ada'), artist('B', 'Bo, Jr.'), artist('C', 'Nobody')],
};

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'spotify-etl-export-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

const run = (
  tables: Parameters<typeof givenRows>[0],
  options: Partial<ExportOptions>,
): Promise<ExportSummary> =>
  exportRows({ source: givenRows(tables) }, { format: 'csv', owner: 'me', out, ...options });
const read = (name: string): Promise<string> => readFile(join(out, name), 'utf8');

test('the columns of exportify are those that it publishes, what we do not have is empty', async () => {
  await run(TABLES, { format: 'exportify' });

  const text = await read('playlists/Road_Trip_#EXTINF_1,x.csv');
  const [head] = text.split('\n');
  // The expectation of its own test, src/components/PlaylistTable.test.tsx.
  const published =
    '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name","Album Artist URI(s)","Album Artist Name(s)","Album Release Date","Album Image URL","Disc Number","Track Number","Track Duration (ms)","Track Preview URL","Explicit","Popularity","ISRC","Added By","Added At"';
  expect(head).toBe(published.replaceAll('"', ''));
  const [first, local, ...others] = parse(text, { columns: true });
  expect(others).toHaveLength(2);
  expect(first).toEqual({
    'Track URI': `spotify:track:${id('T')}`,
    'Track Name': 'Two\nLines',
    'Artist URI(s)': `spotify:artist:${id('B')}, spotify:artist:${id('A')}`,
    'Artist Name(s)': String.raw`Bo\, Jr., Ada`,
    'Album URI': `spotify:album:${id('L')}`,
    'Album Name': 'First',
    'Album Artist URI(s)': `spotify:artist:${id('A')}`,
    'Album Artist Name(s)': 'Ada',
    'Album Release Date': '1981',
    'Album Image URL': '',
    'Disc Number': '1',
    'Track Number': '2',
    'Track Duration (ms)': '185900',
    'Track Preview URL': '',
    Explicit: 'false',
    Popularity: '',
    ISRC: 'ZZ1',
    'Added By': 'spotify:user:ada',
    'Added At': '2020-09-13T12:26:40Z',
  });
  expect(local).toMatchObject({ 'Track Name': "'=Demo" });
});

test('a flat file has every position, with names and safe for a spreadsheet unless told otherwise', async () => {
  await run(TABLES, { flat: true });
  const rows: Record<string, string>[] = parse(await read('playlist_items_flat.csv'), {
    columns: true,
  });
  await run(TABLES, { flat: true, formulaSafety: false });

  expect(rows.map((row) => Object.values(row).slice(1))).toEqual([
    [
      ...['1', 'Two\nLines', 'Bo, Jr., Ada', 'First', '2020-09-13T12:26:40Z', 'ada', '3:05'],
      `https://open.spotify.com/track/${id('T')}`,
    ],
    ['2', "'=Demo", '', '', '', '', '', 'spotify:local:Me::=Demo:60'],
    expect.arrayContaining(['3', 'Two\nLines', 'bob']),
    [
      '4',
      'Lost',
      '',
      '',
      '2020-09-13T12:26:43Z',
      'ada',
      '',
      `https://open.spotify.com/track/${id('U')}`,
    ],
    ['5', '', '', '', '', '', '', ''],
  ]);
  expect(await read('playlist_items_flat.csv')).toContain(',2,=Demo,');
});

test('no name breaks a line of a list for players', async () => {
  await run(TABLES, { format: 'm3u8' });

  expect(await read('playlists/Road_Trip_#EXTINF_1,x.m3u8')).toBe(
    [
      '#EXTM3U',
      '#PLAYLIST:Road/Trip #EXTINF:1,x',
      '#EXTINF:185,Bo, Jr., Ada - Two Lines',
      `https://open.spotify.com/track/${id('T')}`,
      '#EXTINF:-1,=Demo',
      'spotify:local:Me::=Demo:60',
      '#EXTINF:185,Bo, Jr., Ada - Two Lines',
      `https://open.spotify.com/track/${id('T')}`,
      '#EXTINF:-1,Lost',
      `https://open.spotify.com/track/${id('U')}`,
      '',
    ].join('\n'),
  );
});

test('every list has a file of its own in the folder, whatever its name', async () => {
  const names = [
    ...['../../etc/passwd', '/', '..', '.', '', 'CON', 'nul.txt', 'a\0b', 'A\u202Eb', 'straße'],
    ...['STRASSE', 'Mix', 'mix', 'mix (2)', 'é', 'e\u0301', '🎵'.repeat(300), 'plays'],
  ];
  const playlist = names.map((name, index) => list(String.fromCharCode(97 + index), name));

  await run({ playlist }, { format: 'm3u8' });

  const files = await readdir(join(out, 'playlists'));
  expect(await readdir(out)).toEqual(['playlists']);
  expect(new Set(files.map((file) => file.normalize('NFC').toUpperCase())).size).toBe(names.length);
  for (const file of files) {
    expect(Buffer.byteLength(file)).toBeLessThan(255);
    expect(file).not.toMatch(/^\.|[\p{C}/\\:]|^(?:con|nul)\b/iu);
  }
});

test('one list leaves the rows it leads to, by name, link or ID', async () => {
  const tables = {
    ...TABLES,
    playlist: [TRIP, list('Q', 'Other', { playlist_tracks: [id('V')] })],
  };

  const summary = await run(tables, { playlist: ['road/trip\r\n#extinf:1,x'] });
  await run(tables, {
    playlist: [`https://open.spotify.com/playlist/${id('Q')}`],
    format: 'jsonl',
  });

  expect(summary.tables.map(({ rows }) => rows)).toEqual([1, 2, 1, 2]);
  expect(await read('track_results.jsonl')).toContain('Elsewhere');
  expect(await read('artist_results.jsonl')).toBe('');
  await expect(run(tables, { playlist: ['none'] })).rejects.toThrow('no list none');
});

test('a malformed row is exported as far as it can be, and counted', async () => {
  const long = 'x'.repeat(40_000);
  const tables = {
    playlist: [
      { ...TRIP, playlist_added_at: 'never', playlist_added_by: null, playlist_name: long },
      { playlist_id: id('R'), playlist_tracks: { not: 'a list' } },
    ],
    track: [{ track_id: 'odd', track_name: ['a', 'list'], track_artists: 'x', track_explicit: 1 }],
  };
  const summaries = [];
  for (const format of ['csv', 'exportify', 'm3u8', 'parquet', 'sqlite'] as const) {
    summaries.push(await run(tables, { format }));
  }
  summaries.push(await run(tables, { flat: true }));

  for (const { tables: [lists, tracks] = [] } of summaries) {
    expect([lists?.malformed, tracks?.malformed]).toEqual([2, 1]);
  }
  expect(summaries[0]?.tooLong).toBe(1);
  const items = parse(await read('playlist_items.csv'), { columns: true });
  expect(items).toHaveLength(5);
  expect(items[2]).toMatchObject({ uri: `spotify:track:${id('T')}`, added_at: '' });
  for (const name of ['playlist_results.csv', 'track_results.csv', 'playlist_items_flat.csv']) {
    const cells: string[][] = parse(await read(name));
    expect(Math.max(...cells.flat().map(({ length }) => length))).toBeLessThanOrEqual(32_767);
  }
  expect(await read('track_results.csv')).toContain('odd,,,"[""a"",""list""]"');
});

test('a SQLite file is a library with the same rows', async () => {
  await run(TABLES, { format: 'sqlite' });

  const library = openLibrary({ place: join(out, 'library.db'), authToken: undefined });
  const again = join(out, 'again');
  const { libraryRows } = await import('../../app/picture.ts');
  await exportRows({ source: libraryRows(library) }, { format: 'jsonl', owner: 'me', out: again });
  await library.close();
  await run(TABLES, { format: 'jsonl' });

  expect(await readdir(out)).toContain('library.db');
  expect((await readdir(out)).filter((name) => name.startsWith('library.db'))).toHaveLength(1);
  expect(await readFile(join(again, 'playlist_results.jsonl'), 'utf8')).toBe(
    await read('playlist_results.jsonl'),
  );
});
