import type { CatalogueRecords } from './records.ts';
import type { Track } from './spotify-objects.ts';

/** One listen, as Spotify lists it. */
export type Play = {
  readonly track: Track;
  /** When it ended, in milliseconds since the epoch. */
  readonly endedAtMs: number;
  /** The URI of the list, album or artist it was played from. */
  readonly contextUri?: string | undefined;
};

/** The last plays, at most 50: Spotify lists no more. */
export type RecentPlays = {
  readonly plays: readonly Play[];
  /** How many entries the answer had. */
  readonly returned: number;
  /** When it was asked for, in milliseconds since the epoch. */
  readonly askedAtMs: number;
};

/** The row of a play, with its column names. */
export type PlayRecord = {
  /** Milliseconds since the epoch. */
  readonly ended_at: number;
  readonly uri: string;
  readonly context_uri?: string;
  /** Of the main artist, `toArtistHash`: a forgotten one is known by it. */
  readonly artist_hash?: string;
  /** Likewise, `toUriHash`. */
  readonly uri_hash: string;
};

/** All rows of some plays, without duplicates. */
export type PlayRecords = CatalogueRecords & { readonly plays: readonly PlayRecord[] };

/** What one poll did. Wire names. */
export type PollSummary = {
  /** Plays in Spotify's answer. */
  readonly returned: number;
  readonly new: number;
  /** Stored before. */
  readonly known: number;
  /** Times in which plays may be missing, found by this poll. */
  readonly gaps: number;
  /** Plays that are not stored, because they were forgotten; absent if there are none. */
  readonly forgotten?: number;
  /** Entries of the answer that are no play; absent if there are none. */
  readonly unreadable?: number;
  /** The end of the newest play, ISO 8601, if unusually long ago: nothing was played, or Spotify's list is frozen. */
  readonly quiet_since?: string;
};
