/** Rows of Spotify's exports as plays. */
import { shortHash } from '../../lib/short-hash.ts';
import type { ExportFormat, ExportRow, ImportedPlay } from '../model/imports.ts';

/** Spotify did not exist before. */
const EARLIEST_MS = Date.UTC(2006, 0, 1);
const DAY_MS = 86_400_000;
/** A podcast left running for a weekend is true; a year is not. */
const MAX_PLAYED_MS = 365 * DAY_MS;
/** A play counts from then on, and a shorter song if it was played to its end. */
const COUNTED_MS = 30_000;

/** A row as a play, or the reason why it is none. Looked at by hand: there can be hundreds of thousands. */
export function toImportedPlay(
  row: unknown,
  format: ExportFormat,
  nowMs: number,
): ImportedPlay | string {
  if (!isRow(row)) return 'It is not an object.';
  const isExtended = format === 'extended';
  const endedAt = parseTime(isExtended ? row.ts : row.endTime, nowMs);
  if (typeof endedAt === 'string') return endedAt;
  const msPlayed = isExtended ? row.ms_played : row.msPlayed;
  if (typeof msPlayed !== 'number' || msPlayed < 0 || msPlayed > MAX_PLAYED_MS)
    return 'It does not say how long it was played.';
  const played = { ended_at: endedAt, ms_played: Math.round(msPlayed) };
  return isExtended ? toExtendedPlay(row, played) : toAccountPlay(row, played);
}

function isRow(row: unknown): row is ExportRow {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

const MAX_TEXT_LENGTH = 8_192;

/** What is no text is left out, and so is the empty one. */
function textOf(value: unknown): string | null {
  const isText = typeof value === 'string' && value !== '' && value.length <= MAX_TEXT_LENGTH;
  return isText ? value.toWellFormed() : null;
}

/** What is no single value says nothing. */
const plain = (value: unknown): unknown => (typeof value === 'object' ? '' : value);

const flagOf = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

/** `2025-03-09T18:04:11Z`, `2013-05-01 18:04:11` of older exports, or `2023-09-15 14:04`; UTC. */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?Z?$/;

function parseTime(given: unknown, nowMs: number): number | string {
  if (typeof given !== 'string') return 'It has no time.';
  const [, day = '', time = ''] = TIME.exec(given) ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(ms)) return 'Its time cannot be read.';
  if (ms < EARLIEST_MS) return 'It is older than Spotify.';
  return ms > nowMs + DAY_MS ? 'It is in the future.' : ms;
}

type Heard = Pick<
  ImportedPlay,
  'uri' | 'kind' | 'name' | 'main_artist' | 'parent_name' | 'parent_uri'
>;

type Played = Pick<ImportedPlay, 'ended_at' | 'ms_played'>;

function toExtendedPlay(row: ExportRow, { ended_at, ms_played }: Played): ImportedPlay {
  const heard = toHeard(row);
  // Spotify's own words, the empty one too.
  const [start, end] = [row.reason_start, row.reason_end];
  const raw = row.spotify_track_uri ?? row.spotify_episode_uri ?? row.audiobook_chapter_uri;
  const told = [raw ?? heard.uri, ms_played, start, end, row.offline_timestamp, row.platform];
  const reason_end = textOf(end);
  return {
    ...heard,
    ended_at,
    ms_played,
    counted: isCounted(ms_played, reason_end),
    key: shortHash([ended_at, ...told.map(plain)].join('|')),
    reason_start: textOf(start),
    reason_end,
    skipped: flagOf(row.skipped),
    shuffle: flagOf(row.shuffle),
    offline: flagOf(row.offline),
    incognito: flagOf(row.incognito_mode),
    device: toDevice(textOf(row.platform)),
    country: textOf(row.conn_country),
  };
}

const isCounted = (msPlayed: number, reasonEnd: string | null): 0 | 1 =>
  msPlayed >= COUNTED_MS || reasonEnd === 'trackdone' ? 1 : 0;

/** A book first: its URIs look like a podcast's. */
function toHeard(row: ExportRow): Heard {
  const [book, chapter] = [textOf(row.audiobook_title), textOf(row.audiobook_chapter_title)];
  const [bookUri, chapterUri] = [textOf(row.audiobook_uri), textOf(row.audiobook_chapter_uri)];
  if (chapterUri ?? bookUri ?? book) {
    return toItem('chapter', chapterUri, { name: chapter, parent_name: book, parent_uri: bookUri });
  }
  const [uri, episode] = [textOf(row.spotify_episode_uri), textOf(row.episode_name)];
  if (uri ?? episode) {
    return toItem('episode', uri, { name: episode, parent_name: textOf(row.episode_show_name) });
  }
  const name = textOf(row.master_metadata_track_name);
  const track = textOf(row.spotify_track_uri);
  const isTrack = track?.startsWith('spotify:track:') === true;
  return toItem(isTrack ? 'track' : name === null ? 'unknown' : 'local', track, {
    name,
    main_artist: textOf(row.master_metadata_album_artist_name),
    parent_name: textOf(row.master_metadata_album_album_name),
  });
}

type Names = Partial<Pick<Heard, 'name' | 'main_artist' | 'parent_name' | 'parent_uri'>>;

const URI = /^spotify:[a-z]+:\S{1,512}$/;

function toItem(
  kind: Heard['kind'],
  uri: string | null,
  { main_artist = null, name = null, parent_name = null, parent_uri = null }: Names,
): Heard {
  const isUri = uri !== null && URI.test(uri);
  return {
    uri: isUri ? uri : `unknown:${shortHash([name, main_artist, parent_name].join('|'))}`,
    kind,
    name,
    main_artist,
    parent_name,
    parent_uri,
  };
}

function toAccountPlay(row: ExportRow, { ended_at, ms_played }: Played): ImportedPlay {
  const heard = toAccountHeard(row);
  const key = [ended_at, heard.main_artist ?? heard.parent_name, heard.name, ms_played];
  return {
    ...heard,
    ended_at,
    ms_played,
    counted: isCounted(ms_played, null),
    key: key.join('|'),
    reason_start: null,
    reason_end: null,
    skipped: null,
    shuffle: null,
    offline: null,
    incognito: null,
    device: null,
    country: null,
  };
}

function toAccountHeard(row: ExportRow): Heard {
  const [book, chapter] = [textOf(row.audiobookName), textOf(row.chapterName)];
  if (book ?? chapter) return toItem('chapter', null, { name: chapter, parent_name: book });
  const [show, episode] = [textOf(row.podcastName), textOf(row.episodeName)];
  if (show ?? episode) return toItem('episode', null, { name: episode, parent_name: show });
  const name = textOf(row.trackName);
  const main_artist = textOf(row.artistName);
  return toItem(name === null ? 'unknown' : 'track', null, { name, main_artist });
}

const DEVICES: readonly (readonly [RegExp, string])[] = [
  [/web_?player/i, 'web'],
  [/cast/i, 'cast'],
  [/\bcar\b|automotive|tesla/i, 'car'],
  [/\btv\b|roku|playstation|ps[345]|xbox|bravia|webos|tizen/i, 'tv'],
  [/android/i, 'android'],
  [/ios|iphone|ipad/i, 'ios'],
  [/os ?x|macos|darwin/i, 'macos'],
  [/windows/i, 'windows'],
  [/linux/i, 'linux'],
];

/** The class of a device: `platform` names its model. */
function toDevice(platform: string | null): string | null {
  if (platform === null) return null;
  return DEVICES.find(([words]) => words.test(platform))?.[1] ?? 'other';
}
