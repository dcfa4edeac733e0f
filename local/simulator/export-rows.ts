/** Rows of Spotify's extended streaming history, with the keys of the year in which they were exported. */
import { type Catalogue } from './catalogue-model.ts';
import { FORBIDDEN, type Heard, type Listen } from './export-heard.ts';
import { createListens, type HistoryOptions } from './export-listens.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

/** What an export of that time has: the names of its files and the keys of its rows. */
export type Era = 'endsong' | 'named' | 'addressed' | 'audiobooks';

export type HistoryRow = {
  readonly endedAtMs: number;
  readonly isVideo: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
};

const NAMELESS = {
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
  episode_name: null,
  episode_show_name: null,
  spotify_episode_uri: null,
};
const NO_AUDIOBOOK = {
  audiobook_title: null,
  audiobook_uri: null,
  audiobook_chapter_uri: null,
  audiobook_chapter_title: null,
};
const STARTS = [
  ...(
    'fwdbtn clickrow playbtn backbtn appload remote trackerror clickside endplay popup uriopen ' +
    'switched-to-audio unknown '
  )
    .trim()
    .split(' '),
  '',
  null,
];
const ENDS = [
  ...(
    'fwdbtn endplay backbtn logout remote trackerror unexpected-exit ' +
    'unexpected-exit-while-paused clickrow clickside playbtn appload popup uriopen unknown '
  )
    .trim()
    .split(' '),
  '',
  null,
];
const RICH = [
  `Android OS 7.0 API 24 (motorola, ${FORBIDDEN.deviceModel})`,
  `iOS 11.2.1 (${FORBIDDEN.deviceModel})`,
  'Windows 10 (10.0.19041; x64; AppX)',
  'OS X 12.6.0 [arm 2]',
  'Linux [x86-64 0]',
  'web_player windows 10;chrome 88.0',
  'Partner google cast_tv;Chromecast',
  'Partner tesla;car',
  'WebOS TV',
];
const POOR = 'android ios ios linux windows osx not_applicable web_player cast'.split(' ');
const RICH_UNTIL_MS = Date.UTC(2023, 9, 19);
const VIDEOS_SINCE_MS = Date.UTC(2022, 0, 1);
/** No row of this time says that it was skipped. */
const UNSKIPPED = [Date.UTC(2015, 3, 13), Date.UTC(2022, 9, 16)] as const;
const UNKNOWN_FLAGS = [Date.UTC(2023, 0, 1), Date.UTC(2025, 0, 1)] as const;
/** Here Spotify lost what was heard. */
const LOST = [
  [Date.UTC(2022, 9, 1), Date.UTC(2023, 1, 15)],
  [Date.UTC(2024, 6, 1), Date.UTC(2024, 7, 1)],
] as const;

/** As many as asked, in order; now and then a row comes twice, or has the second of the one before. */
export function* createHistory(
  catalogue: Catalogue,
  options: HistoryOptions,
): Generator<HistoryRow> {
  const random = createSeededRandom(options.seed ^ 0x20_3e_11);
  const countTwice = Math.floor((options.rows ?? 12_000) / 500);
  let before: HistoryRow | undefined;
  let twice = 0;
  const rows = (options.rows ?? 12_000) - countTwice;
  for (const listen of createListens(catalogue, { ...options, rows })) {
    before = toRow(listen, random);
    yield before;
    if (twice < countTwice && random.percent(1)) {
      twice += 1;
      yield before;
    }
  }
  if (before === undefined) return;
  for (; twice < countTwice; twice += 1) yield before;
}

export function toEra({ endedAtMs }: HistoryRow): Era {
  const year = new Date(endedAtMs).getUTCFullYear();
  if (year < 2022) return 'endsong';
  if (year < 2024) return 'named';
  return year < 2025 ? 'addressed' : 'audiobooks';
}

/** A row as an export of that time has it. */
export function toWireRow({ endedAtMs, fields }: HistoryRow, era: Era): object {
  const iso = new Date(endedAtMs).toISOString();
  const isOld = era === 'endsong' && endedAtMs < Date.UTC(2018, 0, 1);
  const ts = isOld ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}` : `${iso.slice(0, 19)}Z`;
  if (era === 'endsong' || era === 'named') {
    return {
      ts,
      username: FORBIDDEN.userName,
      ip_addr_decrypted: FORBIDDEN.ipAddress,
      user_agent_decrypted: FORBIDDEN.userAgent,
      ...fields,
    };
  }
  const address = { ts, ip_addr: FORBIDDEN.ipAddress };
  return era === 'addressed'
    ? { ...address, ...fields }
    : { ...address, ...NO_AUDIOBOOK, ...fields };
}

function toRow(listen: Listen, random: SeededRandom): HistoryRow {
  const { endedAtMs, heard, isPrivate, isWhole, msPlayed } = listen;
  const isLost = LOST.some((time) => isWithin(endedAtMs, time)) && random.percent(40);
  const reason_end = drawEnd(listen, random);
  const fields = {
    platform: random.pick(endedAtMs < RICH_UNTIL_MS ? RICH : POOR),
    ms_played: msPlayed,
    conn_country: random.percent(96) ? 'DE' : random.pick(['FR', 'US', 'ZZ']),
    ...NAMELESS,
    ...(!isLost && nameHeard(heard)),
    reason_start: isWhole && random.percent(80) ? 'trackdone' : random.pick(STARTS),
    reason_end,
    shuffle: random.percent(1) ? null : random.percent(60),
    ...toFlags(listen, reason_end),
    offline_timestamp: drawOfflineTimestamp(listen, random),
    incognito_mode: isPrivate,
  };
  const isVideo = heard.kind !== 'local' && endedAtMs >= VIDEOS_SINCE_MS && random.percent(1);
  return { endedAtMs, isVideo, fields };
}

function toFlags({ endedAtMs, isOnline }: Listen, reasonEnd: string | null): object {
  if (isWithin(endedAtMs, UNKNOWN_FLAGS)) return { skipped: null, offline: null };
  const isSkip = reasonEnd === 'fwdbtn' || reasonEnd === 'backbtn';
  return { skipped: isSkip && !isWithin(endedAtMs, UNSKIPPED), offline: !isOnline };
}

function nameHeard(heard: Heard): object {
  switch (heard.kind) {
    case 'track':
    case 'local':
      return {
        master_metadata_track_name: heard.name,
        master_metadata_album_artist_name: heard.artist,
        master_metadata_album_album_name: heard.album,
        spotify_track_uri: heard.kind === 'track' ? heard.uri : null,
      };
    case 'episode':
      return {
        episode_name: heard.name,
        episode_show_name: heard.show,
        spotify_episode_uri: heard.uri,
      };
    case 'chapter':
      return {
        audiobook_title: heard.book,
        audiobook_uri: 'spotify:show:0audiobook000000000000',
        audiobook_chapter_uri: heard.uri,
        audiobook_chapter_title: heard.name,
      };
  }
}

function drawEnd({ endedAtMs, isWhole }: Listen, random: SeededRandom): string | null {
  if (new Date(endedAtMs).getUTCFullYear() === 2017) return random.percent(50) ? 'none' : null;
  if (isWhole) return 'trackdone';
  return random.percent(70) ? 'fwdbtn' : random.pick(ENDS);
}

/** When it was started: in seconds, sometimes in milliseconds; 0 in old files, and now and then nonsense. */
function drawOfflineTimestamp(
  { endedAtMs, msPlayed }: Listen,
  random: SeededRandom,
): number | null {
  if (endedAtMs < Date.UTC(2019, 0, 1)) return 0;
  const choice = random.integer(1, 100);
  if (choice === 1) return random.integer(1, 99);
  if (choice === 2) return null;
  const pausedMs = random.percent(80) ? random.integer(800, 3000) : random.integer(3000, 900_000);
  const startedAtMs = endedAtMs - msPlayed - pausedMs;
  return choice <= 20 ? startedAtMs : Math.floor(startedAtMs / 1000);
}

function isWithin(ms: number, [fromMs, untilMs]: readonly [number, number]): boolean {
  return ms >= fromMs && ms < untilMs;
}
