/** Rows of the exports that Spotify makes of a user's data, and the plays they become. */
import * as z from 'zod/mini';
import { optional } from '../../lib/optional-values.ts';

/** `extended`: the whole streaming history. `account`: the last 12 months, by name and minute. */
export type ExportFormat = 'extended' | 'account';

const text = optional(z.string().check(z.maxLength(8_192)));
const flag = optional(z.boolean());

const playedSchema = z.number().check(z.gte(0));

/** A row of the extended streaming history. Every key may be missing; what is not named here is not read. */
export const extendedRowSchema = z.object({
  ts: z.string(),
  ms_played: playedSchema,
  platform: text,
  conn_country: text,
  master_metadata_track_name: text,
  master_metadata_album_artist_name: text,
  master_metadata_album_album_name: text,
  spotify_track_uri: text,
  episode_name: text,
  episode_show_name: text,
  spotify_episode_uri: text,
  audiobook_title: text,
  audiobook_uri: text,
  audiobook_chapter_uri: text,
  audiobook_chapter_title: text,
  reason_start: text,
  reason_end: text,
  shuffle: flag,
  skipped: flag,
  offline: flag,
  offline_timestamp: optional(z.number()),
  incognito_mode: flag,
});

/** A row of the account data: a song, an episode or a chapter. */
export const accountRowSchema = z.object({
  endTime: z.string(),
  msPlayed: playedSchema,
  artistName: text,
  trackName: text,
  podcastName: text,
  episodeName: text,
  audiobookName: text,
  chapterName: text,
});

export type ExtendedRow = z.infer<typeof extendedRowSchema>;
export type AccountRow = z.infer<typeof accountRowSchema>;

/** A play of an export, with the names of its columns. */
export type ImportedPlay = {
  /** Milliseconds since the epoch: whole seconds; whole minutes in account data. */
  readonly ended_at: number;
  readonly ms_played: number;
  readonly counted: 0 | 1;
  /** Equal for equal rows, also in a later export. */
  readonly key: string;
  /** `unknown:<hash of its names>` where the export has none. */
  readonly uri: string;
  readonly kind: 'track' | 'episode' | 'chapter' | 'local' | 'unknown';
  readonly name: string | null;
  readonly main_artist: string | null;
  /** The album, show or book. */
  readonly parent_name: string | null;
  readonly parent_uri: string | null;
  readonly reason_start: string | null;
  readonly reason_end: string | null;
  readonly skipped: boolean | null;
  readonly shuffle: boolean | null;
  readonly offline: boolean | null;
  readonly incognito: boolean | null;
  readonly device: string | null;
  readonly country: string | null;
};

/** One file of an export, read. */
export type ExportFile = {
  /** As it stands in the export, for messages. */
  readonly name: string;
  readonly format: ExportFormat;
  /** Of its content, in hexadecimal. */
  readonly sha256: string;
  readonly rows: readonly unknown[];
};

/** What became of rows. Wire names. */
export type RowCounts = {
  readonly read: number;
  readonly new: number;
  readonly known: number;
  readonly repeated: number;
  readonly refused: number;
  readonly forgotten: number;
  readonly private: number;
};

/** A row that is not a play, and why. Never its content. */
export type RefusedRow = {
  readonly file: string;
  /** Counted from 0. */
  readonly index: number;
  readonly reason: string;
};
