/** What the page gets of a library. Times are in milliseconds since the epoch, unless their name says otherwise. */
import type { AlbumTrend, TrendPoint } from '../etl/model/album-trend.ts';
import type { TimeRange } from '../etl/model/imports.ts';

export type DashboardData = {
  readonly madeAtMs: number;
  /** The file or address it was made from. */
  readonly library: string;
  readonly items: readonly DashboardItem[];
  readonly plays: DashboardPlays;
  /** Times whose plays are all known but for the gaps: those of extended exports, and from the first poll on. Oldest first. */
  readonly covered: readonly TimeRange[];
  readonly gaps: readonly DashboardGap[];
  readonly playlists: readonly DashboardPlaylist[];
  /** Undefined where no album was measured. */
  readonly albums: DashboardAlbums | undefined;
  readonly health: DashboardHealth;
};

/** What a play or a playlist item names. */
export type DashboardItem = {
  readonly uri: string;
  readonly kind: 'track' | 'episode' | 'chapter' | 'local' | 'unknown';
  /** Empty where nobody knows it. */
  readonly name: string;
  /** The main artist. Empty where nobody knows it. */
  readonly artist: string;
  /** The album or the show. Empty where nobody knows it. */
  readonly parent: string;
  /** The album's first artist. */
  readonly parentArtist: string;
  readonly durationMs: number | undefined;
  /** The index of the item it is counted under: the same recording under another URI. Its own, if there is none. */
  readonly countedAs: number;
  /** Statistics leave it out. */
  readonly isLeftOut: boolean;
};

/** One entry a play in each, oldest first. */
export type DashboardPlays = {
  readonly length: number;
  readonly endedAtMs: Float64Array;
  /** Indexes into `items`. */
  readonly item: Uint32Array;
  /** −1: unknown, because only a poll knows of the play. */
  readonly heardMs: Int32Array;
  /** Bits: `COUNTED`, `SKIPPED`. */
  readonly flags: Uint8Array;
};

/** Long enough to be a play in a statistic. */
export const COUNTED = 1;
/** Ended by Next or Previous, flagged as skipped, or stopped within 30 seconds. A flag that says no proves nothing. */
export const SKIPPED = 2;

/** A time in which plays may be missing. */
export type DashboardGap = {
  readonly afterMs: number;
  readonly beforeMs: number;
  readonly cause: string;
  /** An import has filled it. */
  readonly isClosed: boolean;
};

export type DashboardPlaylist = {
  readonly id: string;
  readonly name: string;
  readonly ownerName: string;
  readonly url: string | undefined;
  readonly readAtMs: number;
  /** User IDs, which `addedBy` counts into. */
  readonly contributors: readonly string[];
  /** The three below have one entry for each position. */
  readonly items: readonly (number | null)[];
  /** Days since the epoch, UTC; 0 where Spotify does not say. */
  readonly addedDay: readonly number[];
  /** Index into `contributors`; −1 where Spotify does not say. */
  readonly addedBy: readonly number[];
  /** The oldest first; the newest is the list as it is. */
  readonly versions: readonly {
    readonly seenAtMs: number;
    readonly size: number;
    /** Against the version before; 0 for the oldest. */
    readonly added: number;
    readonly removed: number;
  }[];
};

export type DashboardAlbums = {
  readonly market: string;
  readonly trend: AlbumTrend;
  readonly points: readonly TrendPoint[];
};

export type DashboardHealth = {
  /** The newest first, at most 50. */
  readonly polls: readonly {
    readonly atMs: number;
    readonly returned: number;
    readonly fresh: number;
    readonly outcome: string;
  }[];
  /** The newest first. */
  readonly imports: readonly {
    readonly name: string;
    readonly finishedAtMs: number | undefined;
    readonly rowsRead: number;
    readonly rowsNew: number;
    readonly rowsRefused: number;
  }[];
  /** The last run of each pair, the newest first. */
  readonly syncs: readonly {
    readonly pair: string;
    readonly target: string;
    readonly startedAtMs: number;
    /** `done`, or why not; undefined: cut off. */
    readonly outcome: string | undefined;
  }[];
  /** Undefined where nobody has counted. `left` is undefined without a budget. */
  readonly calls: { readonly spent: number; readonly left: number | undefined } | undefined;
  /** Until a login must be renewed; undefined where that is not known. */
  readonly loginDaysLeft: number | undefined;
};
