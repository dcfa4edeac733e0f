/** The ports of a load. An adapter implements them; the stage knows nothing else about it. */

import type { AlbumListing, KnownAlbum } from '../model/albums.ts';
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
import type {
  CatalogueTable,
  PlaylistRecord,
  StoredPlaylist,
  TrackRecord,
} from '../model/records.ts';
import type {
  EndedSyncRun,
  ItemsWrite,
  ListEntry,
  RunChanges,
  Settled,
  SyncFacts,
  SyncRun,
  UndoableRun,
} from '../model/sync.ts';

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

/** Which albums artists have. */
export type ListingSink = {
  /** The listings of these artists in this market, in no order. An artist that was not listed is left out. */
  findListings(artistIds: readonly string[], market: string): Promise<AlbumListing[]>;
  /** Replaces the listing of its artist and market. Its albums are stored already. */
  putListing(listing: AlbumListing): Promise<void>;
  /**
   * Keeps the songs of an album, before its length is stored. Left out where the store can be asked for the tracks of an album.
   */
  putSongs?(albumId: string, tracks: readonly TrackRecord[]): Promise<void>;
};

/** What is stored of albums. */
export type StoredAlbums = {
  /** The albums in the listings of these artists in this market; one of two artists is there twice. */
  listAlbums(artistIds: readonly string[], market: string): Promise<KnownAlbum[]>;
  /** Names by ID, of the artists that have one. */
  findNames(artistIds: readonly string[]): Promise<Map<string, string>>;
};

export type ReportFile = {
  /** Below the report's place, with slashes. */
  readonly path: string;
  /** Its media type. */
  readonly type: string;
  readonly content: string | Uint8Array;
};

/** Where a report goes: a folder, or a bucket. */
export type FileSink = {
  /** Replaces files of these names. */
  putFiles(files: readonly ReportFile[]): Promise<void>;
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

/** What became of a write: done; surely not done; or nobody knows. */
export type WriteAnswer = 'done' | 'refused' | 'unknown';

export type WriteReply = {
  readonly answer: WriteAnswer;
  /** Of the list with what was written. */
  readonly snapshotId?: string | undefined;
};

/** Writes to lists of the user who is logged in. */
export type PlaylistWriter = {
  /**
   * Sends one call, and repeats it only if it was surely not done.
   *
   * @throws EtlError `TARGET_NOT_WRITABLE`, `SCOPE_MISSING` and those of every call; then it was not done
   */
  write(playlistId: string, write: ItemsWrite): Promise<WriteReply>;
  /** Creates an empty list and returns its ID; undefined where nobody knows whether it was created. */
  create(list: {
    readonly name: string;
    readonly description: string;
  }): Promise<string | undefined>;
  /** The user's list that has this mark in its description. */
  findMarked(mark: string): Promise<string | undefined>;
  /** The user's ID, as playlists name their owner. */
  getUserId(): Promise<string>;
  /** How many calls the budget leaves today. */
  callsLeft(): Promise<number>;
};

export type ListPlace = { readonly pair: string; readonly targetId: string };

/** Remembers what syncs have done, across processes: a few rows by key, for any store. */
export type SyncJournal = {
  /** What is known at `now`, in milliseconds since the epoch. */
  findFacts(place: ListPlace, now: number): Promise<StoredFacts>;
  /** Notes how large the source was, or that a read of it was not believed. */
  noteSource(pair: string, note: SourceNote): Promise<void>;
  confirmExact(place: ListPlace): Promise<void>;
  /** The last one that was noted. */
  findSettled(pair: string): Promise<Settled | undefined>;
  noteSettled(pair: string, settled: Settled): Promise<void>;

  /**
   * Keeps other writers from a list until then, in milliseconds since the epoch; again for the same holder renews it. False if
   * another holder has it at `now`.
   */
  lock(lock: TargetLock, now: number): Promise<boolean>;
  unlock(lock: Pick<TargetLock, 'targetId' | 'holder'>): Promise<void>;

  /** Opens a run, with what an undo needs; or opens it again, and changes nothing. Returns how many steps it has. */
  begin(run: SyncRun, lists: Pick<UndoableRun, 'before' | 'removed'>): Promise<number>;
  /** Before a write: what is meant. Ends the claims of what goes with it, and returns them. */
  intend(step: IntendedStep): Promise<readonly GivenUp[]>;
  /** After a write that was surely not made: the claims that `intend` has ended. */
  reclaim(givenUp: readonly GivenUp[]): Promise<void>;
  /** After it. */
  noteAnswer(step: Pick<IntendedStep, 'runId' | 'step'>, answer: WriteAnswer): Promise<void>;
  /** After a read that has found these, each once. */
  claim(place: ListPlace, items: readonly ClaimedItem[], runId: string): Promise<void>;
  /** After a write that has given these a new date: what is claimed stays so. */
  redate(place: ListPlace, items: readonly ClaimedItem[]): Promise<void>;
  /** Gives up the pair's claims on these. */
  disclaim(place: ListPlace, uris: readonly string[]): Promise<void>;
  /** Of the source, what is or was in the target. */
  noteSeen(place: ListPlace, uris: readonly string[]): Promise<void>;
  setAside(uris: readonly string[], aside: Aside): Promise<void>;
  end(
    runId: string,
    ended: Pick<UndoableRun, 'outcome' | 'ended_at' | 'after_hash'>,
  ): Promise<void>;

  /** The newest first; of one pair, or of all. */
  listRuns(pair?: string): Promise<EndedSyncRun[]>;
  /** Of the list as the last run has left it, where that is known. */
  findLastHash(targetId: string): Promise<string | undefined>;
  /** By run; without those that have added and removed nothing. */
  countChanges(pair?: string): Promise<ReadonlyMap<string, RunChanges>>;
  /** With the keys that it has put there and that are still claimed. */
  findRun(runId: string): Promise<UndoableRun | undefined>;

  /** A list that was created for a key, or whose creation has begun. */
  findCreation(key: string): Promise<Creation | undefined>;
  noteCreation(key: string, creation: Creation): Promise<void>;
};

export type StoredFacts = Pick<
  SyncFacts,
  'claims' | 'goodCount' | 'isExactConfirmed' | 'notAddable' | 'notRemovable' | 'seen'
> & { readonly suspect?: Suspect | undefined };

/** A claim as it is stored. */
export type GivenUp = Readonly<Record<string, unknown>> & { readonly uri: string };

export type ClaimedItem = Pick<ListEntry, 'uri' | 'added_at'>;

/** A read of a source that was not believed. */
export type Suspect = { readonly hash: string; readonly day: string };

export type SourceNote = { readonly goodCount: number } | { readonly suspect: Suspect };

export type TargetLock = {
  readonly targetId: string;
  readonly holder: string;
  readonly until: number;
};

export type IntendedStep = {
  readonly runId: string;
  readonly step: number;
  readonly write: ItemsWrite;
  readonly hash: string;
  readonly place: ListPlace;
  readonly disclaimed: readonly string[];
};

export type Aside = {
  readonly reason: 'not addable' | 'not removable';
  /** Milliseconds since the epoch. */
  readonly until: number;
};

export type Creation = { readonly mark: string; readonly targetId?: string | undefined };
