/** The ports of a load. An adapter implements them; the stage knows nothing else about it. */
import type {
  ExportFile,
  ForgetRules,
  ImportedPlay,
  NamedSong,
  RowCounts,
  TimeRange,
} from '../model/imports.ts';
import type { StoredVersion } from '../model/playlist-listing.ts';
import type { PlayRecords, RecentPlays } from '../model/plays.ts';
import type { CatalogueTable, PlaylistRecord, StoredPlaylist } from '../model/records.ts';

/** A row of a catalogue table: its key and its attributes, the key among them. */
export type CatalogueRow = {
  readonly table: CatalogueTable;
  readonly key: string;
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** What to set of a row, and which of its attributes to remove while they still have the value that was seen. */
export type RowChange = CatalogueRow & { readonly dropped?: Readonly<Record<string, unknown>> };

export type RowKey = Pick<CatalogueRow, 'table' | 'key'>;

export type CatalogueSink = {
  /** Stored rows of these keys. A key without a row is left out. */
  findRows(keys: readonly RowKey[]): Promise<CatalogueRow[]>;
  /**
   * Writes whole rows of one table, each key once, and returns when all are stored.
   *
   * @throws EtlError `LOAD_INCOMPLETE` with counts if some could not be stored in time
   * @throws EtlError `ROW_REFUSED` where the store refuses one as it is
   */
  putRows(rows: readonly CatalogueRow[]): Promise<void>;
  /**
   * Sets these attributes of rows and removes the dropped ones; all others stay. A missing row is created.
   *
   * @throws EtlError `ROW_REFUSED` where the store refuses one as it is
   */
  updateRows(changes: readonly RowChange[]): Promise<void>;
};

export type PlaylistSink = {
  findPlaylist(playlistId: string): Promise<StoredPlaylist | undefined>;
  /**
   * Asked before anything is written. Left out where a playlist of any size can be stored.
   *
   * @throws EtlError `PLAYLIST_TOO_LARGE`
   */
  assertFits?(record: PlaylistRecord): void;
  /**
   * Stores the playlist unless a newer read of it is stored. Attributes this record lacks stay as stored. `isRepair` removes
   * those of them that are malformed, where the store has no types that prevent it.
   *
   * @throws EtlError `NEWER_RUN_WON`
   */
  putPlaylist(record: PlaylistRecord, options?: { readonly isRepair: boolean }): Promise<void>;
};

/** Which playlists are stored, and in which version. */
export type StoredVersions = Pick<CatalogueSink, 'findRows'> & {
  /**
   * The stored versions of these playlists, in no order. A playlist that is not stored is left out.
   *
   * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `RUN_OUT_OF_TIME`
   */
  findVersions(playlistIds: readonly string[]): Promise<StoredVersion[]>;
};

/** One answer about the last plays. */
export type Poll = Pick<RecentPlays, 'askedAtMs' | 'returned'> & {
  /** Whose plays they are. */
  readonly accountId: string;
  readonly records: PlayRecords;
};

export type PollOutcome = {
  /** Plays that were not stored before. */
  readonly fresh: number;
  /** Plays that were forgotten, and are not stored again. */
  readonly forgotten: number;
  /** Gaps that no earlier poll has found: 0 or 1. */
  readonly gaps: number;
  /** The end of the newest play, in milliseconds since the epoch, if unusually long ago. */
  readonly quietSinceMs?: number;
};

export type PlaySink = {
  /**
   * Stores the plays, what they refer to and a gap, all or nothing. Plays that are stored stay as they are.
   *
   * @throws EtlError `CONFIG_INVALID` where the plays of another account are stored
   */
  putPoll(poll: Poll): Promise<PollOutcome>;
  /** What `putPoll` would answer. Writes nothing. */
  previewPoll(poll: Poll): Promise<PollOutcome>;
};

/** What helps to read account data. */
export type KnownHistory = {
  /** The times that imported extended histories cover. */
  readonly covered: readonly TimeRange[];
  /** Songs that are known by name and URI. */
  readonly songs: readonly NamedSong[];
};

/** A file of an export, ready to be stored. */
export type ImportedFile = Omit<ExportFile, 'rows'> & {
  /** When the import began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Each key once. */
  readonly plays: readonly ImportedPlay[];
  readonly range: TimeRange | undefined;
  /** Of its rows; `known` are those known by other means than their keys. */
  readonly counts: Omit<RowCounts, 'new'>;
};

export type ImportOutcome = {
  /** Polled times minus imported ones of the plays that were joined, in milliseconds. */
  readonly differencesMs: readonly number[];
  readonly gapsClosed: number;
};

export type ImportSink = {
  openImport(): Promise<ForgetRules>;
  /** Asked after the extended files: what they tell is part of it. */
  findKnown(): Promise<KnownHistory>;
  /** Stores a file, all or nothing, and returns how many of its plays were not stored before. */
  putFile(file: ImportedFile): Promise<number>;
  /** Joins polled and imported plays, and closes gaps. Finishes what was interrupted before, too. */
  finishImport(nowMs: number): Promise<ImportOutcome>;
};
