import { shortHash } from '../../lib/short-hash.ts';
import type { ExportFormat, ImportedPlay } from '../model/imports.ts';
import { type ImportRules, sortRows, toArtistHash, toSongKey } from './imported-rows.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12);
const RULES: ImportRules = {
  withPrivate: false,
  withCountry: false,
  nowMs: NOW_MS,
  forgotten: { beforeMs: 0, artists: new Set(), songs: new Set() },
  covered: [],
  songs: new Map(),
};

/** All keys of 2025. */
const SONG = {
  ts: '2025-03-09T18:04:11Z',
  platform: 'ios',
  ms_played: 201_340,
  conn_country: 'DE',
  ip_addr: '192.0.2.7',
  master_metadata_track_name: 'Paper Lanterns',
  master_metadata_album_artist_name: 'The Invented',
  master_metadata_album_album_name: 'Made Up',
  spotify_track_uri: 'spotify:track:0000000000000000000aaa',
  episode_name: null,
  episode_show_name: null,
  spotify_episode_uri: null,
  audiobook_title: null,
  audiobook_uri: null,
  audiobook_chapter_uri: null,
  audiobook_chapter_title: null,
  reason_start: 'clickrow',
  reason_end: 'trackdone',
  shuffle: true,
  skipped: false,
  offline: false,
  offline_timestamp: 1_741_543_245,
  incognito_mode: false,
};
const NAMELESS = {
  ...SONG,
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
};
const EPISODE = {
  ...NAMELESS,
  episode_name: 'Number One',
  episode_show_name: 'A Show',
  spotify_episode_uri: 'spotify:episode:0000000000000000000eee',
};
/** Its URIs look like a podcast's. */
const CHAPTER = {
  ...NAMELESS,
  audiobook_title: 'The Long Meadow',
  audiobook_uri: 'spotify:show:0000000000000000000bbb',
  audiobook_chapter_title: 'Chapter 1',
  audiobook_chapter_uri: 'spotify:episode:0000000000000000000ccc',
};
const SONG_STORED = {
  ended_at: Date.UTC(2025, 2, 9, 18, 4, 11),
  ms_played: 201_340,
  counted: 1,
  key: shortHash(
    '1741543451000|spotify:track:0000000000000000000aaa|201340|clickrow|trackdone|1741543245|ios',
  ),
  uri: 'spotify:track:0000000000000000000aaa',
  kind: 'track',
  name: 'Paper Lanterns',
  main_artist: 'The Invented',
  parent_name: 'Made Up',
  parent_uri: null,
  reason_start: 'clickrow',
  reason_end: 'trackdone',
  skipped: false,
  shuffle: true,
  offline: false,
  incognito: false,
  device: 'ios',
  country: null,
};
const NOBODY = { name: null, main_artist: null, parent_name: null };
const unknownOf = (...names: string[]): string => `unknown:${shortHash(names.join('|'))}`;

const sort = (
  rows: readonly unknown[],
  rules: Partial<ImportRules> = {},
  format: ExportFormat = 'extended',
) => sortRows({ name: 'f.json', format, sha256: '', rows }, { ...RULES, ...rules }, new Set());

/** How the play of a row differs from that of `SONG`. */
function differenceOf(row: unknown): Partial<ImportedPlay> {
  const [play] = sort([row]).plays;
  const columns = Object.entries(play ?? {}).filter(
    ([name, value]) => name !== 'key' && value !== SONG_STORED[name as keyof typeof SONG_STORED],
  );
  return Object.fromEntries(columns);
}

it('stores these columns of a song, and nothing else of it', () => {
  expect(sort([SONG])).toEqual({
    plays: [SONG_STORED],
    refused: [],
    known: 0,
    repeated: 0,
    forgotten: 0,
    private: 0,
    range: { firstMs: SONG_STORED.ended_at, lastMs: SONG_STORED.ended_at },
  });
});

describe.each<[string, unknown, Partial<ImportedPlay>]>([
  [
    'an episode',
    EPISODE,
    {
      ...NOBODY,
      kind: 'episode',
      uri: 'spotify:episode:0000000000000000000eee',
      name: 'Number One',
      parent_name: 'A Show',
    },
  ],
  [
    'an episode without a name',
    { ...EPISODE, episode_name: null, episode_show_name: null },
    { ...NOBODY, kind: 'episode', uri: 'spotify:episode:0000000000000000000eee' },
  ],
  [
    'an episode without a URI',
    { ...EPISODE, spotify_episode_uri: null },
    {
      ...NOBODY,
      kind: 'episode',
      uri: unknownOf('Number One', '', 'A Show'),
      name: 'Number One',
      parent_name: 'A Show',
    },
  ],
  [
    'a chapter of a book',
    CHAPTER,
    {
      ...NOBODY,
      kind: 'chapter',
      uri: 'spotify:episode:0000000000000000000ccc',
      name: 'Chapter 1',
      parent_name: 'The Long Meadow',
      parent_uri: 'spotify:show:0000000000000000000bbb',
    },
  ],
  [
    'a chapter that is named as an episode too',
    { ...EPISODE, ...CHAPTER, episode_name: 'Chapter 1', episode_show_name: 'The Long Meadow' },
    {
      ...NOBODY,
      kind: 'chapter',
      uri: 'spotify:episode:0000000000000000000ccc',
      name: 'Chapter 1',
      parent_name: 'The Long Meadow',
      parent_uri: 'spotify:show:0000000000000000000bbb',
    },
  ],
  [
    'a book without a chapter',
    { ...CHAPTER, audiobook_chapter_title: null, audiobook_chapter_uri: null },
    {
      ...NOBODY,
      kind: 'chapter',
      uri: unknownOf('', '', 'The Long Meadow'),
      parent_name: 'The Long Meadow',
      parent_uri: 'spotify:show:0000000000000000000bbb',
    },
  ],
  [
    'a local file',
    { ...SONG, spotify_track_uri: null },
    { kind: 'local', uri: unknownOf('Paper Lanterns', 'The Invented', 'Made Up') },
  ],
  [
    'a local file with a URI of its own',
    { ...SONG, spotify_track_uri: 'spotify:local:The+Invented:Made+Up:Paper+Lanterns:201' },
    { kind: 'local', uri: 'spotify:local:The+Invented:Made+Up:Paper+Lanterns:201' },
  ],
  [
    'a song that Spotify has lost',
    NAMELESS,
    { ...NOBODY, kind: 'unknown', uri: unknownOf('', '', '') },
  ],
  ['a song with a URI alone', { ...NAMELESS, spotify_track_uri: SONG.spotify_track_uri }, NOBODY],
  [
    'a song with a URI of nonsense',
    { ...SONG, spotify_track_uri: 'https://example.org/x y' },
    { kind: 'local', uri: unknownOf('Paper Lanterns', 'The Invented', 'Made Up') },
  ],
  ['empty names', { ...SONG, master_metadata_album_artist_name: '' }, { main_artist: null }],
  [
    'names of odd types',
    {
      ...SONG,
      master_metadata_track_name: 7,
      master_metadata_album_artist_name: { first: 'The' },
      master_metadata_album_album_name: ['Made Up'],
    },
    NOBODY,
  ],
  [
    'a name too long for a name',
    { ...SONG, master_metadata_album_album_name: 'x'.repeat(8_193) },
    { parent_name: null },
  ],
  [
    'half a character in a name',
    { ...SONG, master_metadata_track_name: 'a\ud83d' },
    { name: 'a\ufffd' },
  ],
  [
    'nothing known of how it was played',
    { ...SONG, reason_start: null, reason_end: null, skipped: null, shuffle: null, offline: null },
    { reason_start: null, reason_end: null, skipped: null, shuffle: null, offline: null },
  ],
  [
    'odd types of how it was played',
    {
      ...SONG,
      reason_start: 1,
      reason_end: [],
      skipped: 'no',
      shuffle: 0,
      offline: 1,
      platform: 5,
    },
    {
      reason_start: null,
      reason_end: null,
      skipped: null,
      shuffle: null,
      offline: null,
      device: null,
    },
  ],
  ['an empty reason', { ...SONG, reason_start: '' }, { reason_start: null }],
  [
    'a reason that nobody knows',
    { ...SONG, reason_start: 'switched-to-audio' },
    { reason_start: 'switched-to-audio' },
  ],
  [
    'only what it must have',
    { ts: SONG.ts, ms_played: SONG.ms_played },
    {
      ...NOBODY,
      kind: 'unknown',
      uri: unknownOf('', '', ''),
      reason_start: null,
      reason_end: null,
      skipped: null,
      shuffle: null,
      offline: null,
      incognito: null,
      device: null,
    },
  ],
  [
    'keys that nobody knows',
    { ...SONG, mood: 'blue', user_agent_decrypted: 'x', username: 'y' },
    {},
  ],
  ['the time as old exports have it', { ...SONG, ts: '2025-03-09 18:04:11' }, {}],
  ['a time to the millisecond', { ...SONG, ts: '2025-03-09T18:04:11.900Z' }, {}],
  [
    '29.999 s',
    { ...SONG, ms_played: 29_999, reason_end: 'fwdbtn' },
    { ms_played: 29_999, counted: 0, reason_end: 'fwdbtn' },
  ],
  [
    '30 s',
    { ...SONG, ms_played: 30_000, reason_end: 'fwdbtn' },
    { ms_played: 30_000, reason_end: 'fwdbtn' },
  ],
  ['a short song to its end', { ...SONG, ms_played: 12_000 }, { ms_played: 12_000 }],
  [
    'no time at all',
    { ...SONG, ms_played: 0, reason_end: 'fwdbtn' },
    { ms_played: 0, counted: 0, reason_end: 'fwdbtn' },
  ],
  ['part of a millisecond', { ...SONG, ms_played: 201_340.4 }, {}],
])('of a row with %s', (_, row, difference) => {
  it('stores what differs', () => {
    expect(differenceOf(row)).toEqual(difference);
    expect(sort([row]).refused).toEqual([]);
  });
});

it.each([
  ['Android OS 7.0 API 24 (motorola, XT1585)', 'android'],
  ['android', 'android'],
  ['iOS 11.2.1 (iPhone9,3)', 'ios'],
  ['ipad', 'ios'],
  ['OS X 12.6.0 [arm 2]', 'macos'],
  ['osx', 'macos'],
  ['Windows 10 (10.0.19041; x64; AppX)', 'windows'],
  ['Linux [x86-64 0]', 'linux'],
  ['web_player windows 10;chrome 88.0', 'web'],
  ['WebPlayer (websocket RFC6455)', 'web'],
  ['Partner google cast_tv;Chromecast', 'cast'],
  ['Partner tesla;car', 'car'],
  ['WebOS TV', 'tv'],
  ['sony_playstation;ps4', 'tv'],
  ['not_applicable', 'other'],
  ['', null],
  [null, null],
])('of the device %p only the class %p stays', (platform, device) => {
  const [play] = sort([{ ...SONG, platform }]).plays;
  expect(play?.device).toBe(device);
});

it.each<[unknown, string]>([
  [null, 'It is not an object.'],
  ['a text', 'It is not an object.'],
  [[SONG], 'It is not an object.'],
  [7, 'It is not an object.'],
  [{}, 'It has no time.'],
  [{ ...SONG, ts: null }, 'It has no time.'],
  [{ ...SONG, ts: 1_741_543_451 }, 'It has no time.'],
  [{ ...SONG, ts: '' }, 'Its time cannot be read.'],
  [{ ...SONG, ts: 'yesterday' }, 'Its time cannot be read.'],
  [{ ...SONG, ts: '2025-13-09T18:04:11Z' }, 'Its time cannot be read.'],
  [{ ...SONG, ts: '2025-03-09T18:04:11+01:00' }, 'Its time cannot be read.'],
  [{ ...SONG, ts: '1970-01-01T00:00:00Z' }, 'It is older than Spotify.'],
  [{ ...SONG, ts: '2005-12-31T23:59:59Z' }, 'It is older than Spotify.'],
  [{ ...SONG, ts: '2026-11-21T12:00:01Z' }, 'It is in the future.'],
  [{ ...SONG, ms_played: null }, 'It does not say how long it was played.'],
  [{ ...SONG, ms_played: undefined }, 'It does not say how long it was played.'],
  [{ ...SONG, ms_played: '201340' }, 'It does not say how long it was played.'],
  [{ ...SONG, ms_played: -1 }, 'It does not say how long it was played.'],
  [{ ...SONG, ms_played: 1e300 }, 'It does not say how long it was played.'],
  [{ ...SONG, ms_played: Number.POSITIVE_INFINITY }, 'It does not say how long it was played.'],
])('refuses %j: %s', (row, reason) => {
  expect(sort([SONG, row])).toMatchObject({
    plays: [SONG_STORED],
    refused: [{ file: 'f.json', index: 1, reason }],
  });
});

it.each([['2006-01-01T00:00:00Z'], ['2026-11-21T12:00:00Z']])('takes a play at %s', (ts) => {
  expect(sort([{ ...SONG, ts }]).plays.map(({ ended_at }) => ended_at)).toEqual([Date.parse(ts)]);
});

it('tells rows apart by all that makes a listen, and by nothing else', () => {
  const same = [
    { ...SONG, ts: '2025-03-09 18:04:11' },
    { ...SONG, master_metadata_track_name: 'Paper Lanterns (2025)', conn_country: 'ZZ' },
    { ...SONG, audiobook_title: undefined, ip_addr: undefined, skipped: null, offline: true },
  ];
  const others = [
    { ts: '2025-03-09T18:04:12Z' },
    // Two songs share a second: they came back online in it.
    { spotify_track_uri: 'spotify:track:0000000000000000000aab' },
    { ms_played: 201_341 },
    { reason_start: 'trackdone' },
    { reason_end: 'fwdbtn' },
    { reason_end: null },
    { platform: 'android' },
    ...[0, 57, null, 1_741_543_245_000, 1_741_543_245.5, 'then'].map((offline_timestamp) => ({
      offline_timestamp,
    })),
    { spotify_track_uri: null },
    { spotify_track_uri: null, master_metadata_track_name: 'Another Tape' },
  ].map((more) => ({ ...SONG, ...more }));

  const { plays, repeated } = sort([SONG, ...same, ...others, SONG]);

  expect(plays).toHaveLength(1 + others.length);
  expect(repeated).toBe(same.length + 1);
});

it('knows the keys of earlier files of the import', () => {
  const seen = new Set<string>();
  const file = { name: 'f.json', format: 'extended', sha256: '', rows: [SONG, EPISODE] } as const;
  expect(sortRows(file, RULES, seen)).toMatchObject({ repeated: 0 });
  expect(sortRows(file, RULES, seen)).toMatchObject({ repeated: 2, plays: [] });
});

describe('plays of private sessions and the country', () => {
  const rows = [
    { ...SONG, incognito_mode: true },
    { ...SONG, incognito_mode: true },
    { ...EPISODE, incognito_mode: null },
    { ...CHAPTER, incognito_mode: 'yes' },
  ];

  it('are counted and not taken', () => {
    expect(sort(rows)).toMatchObject({
      private: 1,
      repeated: 1,
      plays: [
        { kind: 'episode', incognito: null, country: null },
        { kind: 'chapter', incognito: null, country: null },
      ],
    });
  });

  it('are taken if asked for', () => {
    expect(sort(rows, { withPrivate: true, withCountry: true })).toMatchObject({
      private: 0,
      repeated: 1,
      plays: [
        { kind: 'track', incognito: true, country: 'DE' },
        { kind: 'episode', country: 'DE' },
        { kind: 'chapter', country: 'DE' },
      ],
    });
  });
});

it('keeps out what was forgotten: before a date, or of an artist in whatever case', () => {
  const forgotten = {
    beforeMs: Date.UTC(2020, 0, 1),
    artists: new Set([toArtistHash('THE INVENTED')]),
    songs: new Set<string>(),
  };
  const rows = [SONG, EPISODE, { ...EPISODE, ts: '2019-12-31T23:59:59Z' }, NAMELESS];
  expect(sort(rows, { forgotten })).toMatchObject({
    forgotten: 2,
    plays: [{ kind: 'episode' }, { kind: 'unknown' }],
  });
});

it('has the range of all rows that have a time', () => {
  const rows = ['2024-05-01T00:00:00Z', '2023-01-01 10:00:00', '2025-01-01T00:00:00Z'].map(
    (ts) => ({
      ...SONG,
      ts,
      incognito_mode: true,
    }),
  );
  expect(sort([...rows, null]).range).toEqual({
    firstMs: Date.UTC(2023, 0, 1, 10),
    lastMs: Date.UTC(2025, 0, 1),
  });
  expect(sort([null]).range).toBeUndefined();
});

describe('account data', () => {
  const music = {
    endTime: '2025-09-15 14:04',
    artistName: 'The Invented',
    trackName: 'Paper Lanterns',
    msPlayed: 201_340,
  };
  const podcast = {
    endTime: '2025-09-15 14:05',
    podcastName: 'A Show',
    episodeName: 'Number One',
    msPlayed: 29_999,
  };
  const book = {
    endTime: '2025-09-15 14:06',
    audiobookName: 'The Long Meadow',
    chapterName: 'Chapter 1',
    authorName: 'Nobody',
    msPlayed: 60_000,
  };
  const endedAt = Date.UTC(2025, 8, 15, 14, 4);
  const nothingElse = {
    parent_uri: null,
    reason_start: null,
    reason_end: null,
    skipped: null,
    shuffle: null,
    offline: null,
    incognito: null,
    device: null,
    country: null,
  };

  it('is stored by name and minute', () => {
    const { plays, repeated } = sort([music, podcast, book, music], {}, 'account');
    expect(repeated).toBe(1);
    expect(plays).toEqual([
      {
        ...nothingElse,
        ended_at: endedAt,
        ms_played: 201_340,
        counted: 1,
        key: `${endedAt}|The Invented|Paper Lanterns|201340`,
        uri: unknownOf('Paper Lanterns', 'The Invented', ''),
        kind: 'track',
        name: 'Paper Lanterns',
        main_artist: 'The Invented',
        parent_name: null,
      },
      {
        ...nothingElse,
        ended_at: endedAt + 60_000,
        ms_played: 29_999,
        counted: 0,
        key: `${endedAt + 60_000}|A Show|Number One|29999`,
        uri: unknownOf('Number One', '', 'A Show'),
        kind: 'episode',
        name: 'Number One',
        main_artist: null,
        parent_name: 'A Show',
      },
      {
        ...nothingElse,
        ended_at: endedAt + 120_000,
        ms_played: 60_000,
        counted: 1,
        key: `${endedAt + 120_000}|The Long Meadow|Chapter 1|60000`,
        uri: unknownOf('Chapter 1', '', 'The Long Meadow'),
        kind: 'chapter',
        name: 'Chapter 1',
        main_artist: null,
        parent_name: 'The Long Meadow',
      },
    ]);
  });

  it('gets the URI of a song that is known by name', () => {
    const uri = 'spotify:track:0000000000000000000aaa';
    const songs = new Map([[toSongKey('the invented', 'PAPER LANTERNS'), uri]]);
    const { plays } = sort([music, podcast], { songs }, 'account');
    expect(plays.map((play) => play.uri)).toEqual([uri, unknownOf('Number One', '', 'A Show')]);
  });

  it('without names is unknown, and without a time or length refused', () => {
    const rows = [
      { endTime: music.endTime, msPlayed: 5 },
      { ...music, endTime: null },
      { ...music, msPlayed: '5' },
      { ...music, ts: SONG.ts, endTime: undefined },
    ];
    expect(sort(rows, {}, 'account')).toMatchObject({
      plays: [{ kind: 'unknown', uri: unknownOf('', '', ''), ...NOBODY }],
      refused: [{ index: 1 }, { index: 2 }, { index: 3 }],
    });
  });

  it.each([
    { when: 'in the minute of the first extended play', first: 30_000, last: 3_600_000, known: 1 },
    { when: 'in the minute before it', first: 60_000, last: 3_600_000, known: 0 },
    { when: 'at the last extended play', first: -3_600_000, last: 0, known: 1 },
    { when: 'after it', first: -3_600_000, last: -1, known: 0 },
  ])('$when: $known is known', ({ first, known, last }) => {
    const covered = [{ firstMs: endedAt + first, lastMs: endedAt + last }];
    const sorted = sort([music], { covered }, 'account');
    expect([sorted.known, sorted.plays.length]).toEqual([known, 1 - known]);
  });
});
