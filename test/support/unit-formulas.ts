/** The formulas of docs/cost.md for what a run uses of the tables. */

type FirstLoad = {
  /** Tracks, albums and artists, each at most 1 KB. */
  readonly rows: number;
  readonly playlistBytes: number;
  /** The quota's row is read once, and written for each reservation. */
  readonly quotaReads: number;
  readonly quotaWrites: number;
  /** Of the rows those not stored yet; all, where not said. */
  readonly newRows?: number;
};

const WRITE_UNIT_BYTES = 1024;
/** Of a consistent read. */
const READ_UNIT_BYTES = 4096;

export function readsOfFirstLoad({ quotaReads, rows }: FirstLoad): number {
  // The playlist's row, which is not there, is asked for too.
  return quotaReads + 1 + rows;
}

export function writesOfFirstLoad({
  quotaWrites,
  newRows,
  playlistBytes,
  rows,
}: FirstLoad): number {
  return quotaWrites + (newRows ?? rows) + Math.ceil(playlistBytes / WRITE_UNIT_BYTES);
}

/** A track, its album and its main artist: whether they are stored. */
export const READS_OF_SAMPLE = 3;

/** The quota's row and the playlist's, read consistently, and the sample of a list that is not empty. */
export function readsOfUnchanged(playlistBytes: number, sample = READS_OF_SAMPLE): number {
  return 1 + Math.ceil(playlistBytes / READ_UNIT_BYTES) + sample;
}

/** The quota counts the call. */
export const WRITES_OF_UNCHANGED = 1;

/** Of the stored rows that a list is compared with: not consistent, for half the price; and the sample of one that is unchanged. */
export function readsOfListing(playlists: number, playlistBytes: number): number {
  return 1 + (playlists * Math.ceil(playlistBytes / READ_UNIT_BYTES)) / 2 + READS_OF_SAMPLE;
}
