/** Rows of Spotify's exports as plays. */
import { shortHash } from '../../lib/short-hash.ts';
import {
  type AccountRow,
  accountRowSchema,
  type ExportFormat,
  type ExtendedRow,
  extendedRowSchema,
  type ImportedPlay,
} from '../model/imports.ts';

/** Spotify did not exist before. */
const EARLIEST_MS = Date.UTC(2006, 0, 1);
const DAY_MS = 86_400_000;
/** A play counts from then on, and a shorter song if it was played to its end. */
const COUNTED_MS = 30_000;

/** A row as a play, or the reason why it is none. */
export function toImportedPlay(
  row: unknown,
  format: ExportFormat,
  nowMs: number,
): ImportedPlay | string {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'It is not an object.';
  const parsed = format === 'extended' ? parseExtended(row, nowMs) : parseAccount(row, nowMs);
  return parsed;
}

function parseExtended(row: object, nowMs: number): ImportedPlay | string {
  const { data, error } = extendedRowSchema.safeParse(row);
  if (data === undefined) return describe(error.issues[0]?.path[0]);
  const endedAt = parseTime(data.ts, nowMs);
  return typeof endedAt === 'string' ? endedAt : toExtendedPlay(data, endedAt);
}

function parseAccount(row: object, nowMs: number): ImportedPlay | string {
  const { data, error } = accountRowSchema.safeParse(row);
  if (data === undefined) return describe(error.issues[0]?.path[0]);
  const endedAt = parseTime(data.endTime, nowMs);
  return typeof endedAt === 'string' ? endedAt : toAccountPlay(data, endedAt);
}

const describe = (field: unknown): string =>
  field === 'ts' || field === 'endTime'
    ? 'It has no time.'
    : 'It does not say how long it was played.';

/** `2025-03-09T18:04:11Z`, `2013-05-01 18:04:11` of older exports, or `2023-09-15 14:04`; UTC. */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?Z?$/;

function parseTime(given: string, nowMs: number): number | string {
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

function toExtendedPlay(row: ExtendedRow, ended_at: number): ImportedPlay {
  const { offline_timestamp, platform, reason_end = null, reason_start = null } = row;
  const heard = toHeard(row);
  const ms_played = Math.round(row.ms_played);
  const raw =
    row.spotify_track_uri ?? row.spotify_episode_uri ?? row.audiobook_chapter_uri ?? heard.uri;
  return {
    ...heard,
    ended_at,
    ms_played,
    counted: isCounted(ms_played, reason_end),
    key: shortHash(
      [ended_at, raw, ms_played, reason_start, reason_end, offline_timestamp, platform].join('|'),
    ),
    reason_start,
    reason_end,
    skipped: row.skipped ?? null,
    shuffle: row.shuffle ?? null,
    offline: row.offline ?? null,
    incognito: row.incognito_mode ?? null,
    device: toDevice(platform),
    country: row.conn_country ?? null,
  };
}

const isCounted = (msPlayed: number, reasonEnd: string | null): 0 | 1 =>
  msPlayed >= COUNTED_MS || reasonEnd === 'trackdone' ? 1 : 0;

/** A book first: its URIs look like a podcast's. */
function toHeard(row: ExtendedRow): Heard {
  const { audiobook_chapter_title, audiobook_chapter_uri, audiobook_title, audiobook_uri } = row;
  if (audiobook_chapter_uri ?? audiobook_uri ?? audiobook_title) {
    const names = { name: audiobook_chapter_title, parent_name: audiobook_title };
    return toItem('chapter', audiobook_chapter_uri, { ...names, parent_uri: audiobook_uri });
  }
  if (row.spotify_episode_uri ?? row.episode_name) {
    const names = { name: row.episode_name, parent_name: row.episode_show_name };
    return toItem('episode', row.spotify_episode_uri, names);
  }
  const names = {
    name: row.master_metadata_track_name,
    main_artist: row.master_metadata_album_artist_name,
    parent_name: row.master_metadata_album_album_name,
  };
  const uri = row.spotify_track_uri;
  const kind = uri?.startsWith('spotify:track:') ? 'track' : names.name ? 'local' : 'unknown';
  return toItem(kind, uri, names);
}

type Names = {
  readonly [Name in 'name' | 'main_artist' | 'parent_name' | 'parent_uri']?:
    | string
    | null
    | undefined;
};

const URI = /^spotify:[a-z]+:\S{1,512}$/;

function toItem(
  kind: Heard['kind'],
  uri: string | null | undefined,
  { main_artist = null, name = null, parent_name = null, parent_uri = null }: Names,
): Heard {
  const named = shortHash([name, main_artist, parent_name].join('|'));
  return {
    uri: uri && URI.test(uri) ? uri : `unknown:${named}`,
    kind,
    name,
    main_artist,
    parent_name,
    parent_uri,
  };
}

function toAccountPlay(row: AccountRow, ended_at: number): ImportedPlay {
  const ms_played = Math.round(row.msPlayed);
  const heard = toAccountHeard(row);
  return {
    ...heard,
    ended_at,
    ms_played,
    counted: isCounted(ms_played, null),
    key: [row.endTime, heard.main_artist ?? heard.parent_name, heard.name, ms_played].join('|'),
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

function toAccountHeard(row: AccountRow): Heard {
  const { artistName, audiobookName, chapterName, episodeName, podcastName, trackName } = row;
  if (audiobookName ?? chapterName) {
    return toItem('chapter', undefined, { name: chapterName, parent_name: audiobookName });
  }
  if (podcastName ?? episodeName) {
    return toItem('episode', undefined, { name: episodeName, parent_name: podcastName });
  }
  return toItem(trackName ? 'track' : 'unknown', undefined, {
    name: trackName,
    main_artist: artistName,
  });
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
function toDevice(platform: string | null | undefined): string | null {
  if (!platform) return null;
  return DEVICES.find(([words]) => words.test(platform))?.[1] ?? 'other';
}
