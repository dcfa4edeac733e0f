/** Rows of the exports that Spotify makes of a user's data, and the plays they become. */

/** `extended`: the whole streaming history. `account`: the last 12 months, by name and minute. */
export type ExportFormat = 'extended' | 'account';

/** A row as it stands in an export. Every key may be missing, and what nobody names is not read. */
export type ExportRow = Readonly<Record<string, unknown>>;

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

/** From `firstMs` to `lastMs`, both included, in milliseconds since the epoch. */
export type TimeRange = { readonly firstMs: number; readonly lastMs: number };

/** What was forgotten and must not come back. */
export type ForgetRules = {
  /** What ended before, in milliseconds since the epoch. */
  readonly beforeMs: number;
  /** `shortHash` of main artists' names in lower case. */
  readonly artists: ReadonlySet<string>;
  /** `shortHash` of songs' URIs. */
  readonly songs: ReadonlySet<string>;
};

/** A song by its names. */
export type NamedSong = { readonly artist: string; readonly title: string; readonly uri: string };

/** What became of rows. Wire names. */
export type RowCounts = Readonly<
  Record<'read' | 'new' | 'known' | 'repeated' | 'refused' | 'forgotten' | 'private', number>
>;

/** A row that is not a play, and why. Never its content. */
export type RefusedRow = {
  readonly file: string;
  /** Counted from 0. */
  readonly index: number;
  readonly reason: string;
};
