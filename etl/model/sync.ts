/** Backup and sync of playlists: what is wanted of a list, and what a write does to it. */
import * as z from 'zod/mini';

/** What can be wanted of a target by a source. */
export const SOURCE_GOALS = [
  'append',
  'append-newest-first',
  'append-once',
  'dated',
  'mirror',
  'mirror-exact',
] as const;
export type SourceGoal = (typeof SOURCE_GOALS)[number];

/** An inbox appends, and then is emptied. */
export const SYNC_MODES = [...SOURCE_GOALS, 'inbox'] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

export const toSourceGoal = (mode: SyncMode): SourceGoal => (mode === 'inbox' ? 'append' : mode);

/** What a person writes about a pair, in `syncs.csv`. */
export const PAIR_COLUMNS = ['name', 'source', 'target', 'mode', 'apply', 'max_removals'] as const;
export type PairColumn = (typeof PAIR_COLUMNS)[number];
export type PairCells = Readonly<Record<PairColumn, string>>;

/** What a run can have been about. */
export const SYNC_GOALS = [...SOURCE_GOALS, 'version', 'take-back', 'clear'] as const;

/** Spotify's limit. */
export const MAX_LIST_ITEMS = 10_000;
/** What every kind of app may ask for at once. */
export const PAGE_ITEMS = 50;
/** Spotify's limit of one write. */
export const MAX_WRITE_ITEMS = 100;

const text = z.exactOptional(z.string());

/** One position of a list. */
export const listEntrySchema = z.object({
  /** Absent where Spotify has withdrawn the item. */
  uri: text,
  kind: z.enum(['track', 'episode', 'local', 'unavailable']),
  /** For people: a title, with a track's main artist. */
  name: text,
  /** ISO 8601 in UTC, to the second. */
  added_at: text,
  added_by: text,
});
export type ListEntry = z.infer<typeof listEntrySchema>;

/** One call that changes the items of a list. Positions are those of the list before it. */
export const itemsWriteSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('add'),
    uris: z.array(z.string()),
    /** Absent: at the end. */
    position: z.exactOptional(z.int()),
  }),
  z.object({ kind: z.literal('replace'), uris: z.array(z.string()) }),
  /** Moves `length` items from `start` to before `before`. */
  z.object({ kind: z.literal('move'), start: z.int(), length: z.int(), before: z.int() }),
  /** Every copy of each URI. */
  z.object({ kind: z.literal('remove'), uris: z.array(z.string()) }),
]);
export type ItemsWrite = z.infer<typeof itemsWriteSchema>;

/** A write, and the hash of the list after it. */
const syncStepSchema = z.object({ write: itemsWriteSchema, hash: z.string() });

/** Steps that are made in a row, and then checked by reading. */
export const syncStageSchema = z.object({
  steps: z.array(syncStepSchema),
  /** Calls of the check. */
  checkCalls: z.int(),
});
export type SyncStage = z.infer<typeof syncStageSchema>;

/** Why changes are held: shown, and not made. */
export const GUARDS = ['collapse', 'empty', 'exact', 'removals', 'rewrite', 'quota'] as const;
export type Guard = (typeof GUARDS)[number];

const movedBlockSchema = z.object({
  from: z.int(),
  to: z.int(),
  items: z.array(listEntrySchema),
});
export type MovedBlock = z.infer<typeof movedBlockSchema>;

const listOf = <Schema extends z.ZodMiniType>(schema: Schema) => z.readonly(z.array(schema));
const entries = listOf(listEntrySchema);

/** What would be done to one list. What is held is in `add`, `remove` and `move` too. */
export const syncPlanSchema = z.object({
  before: entries,
  /** The list after all stages. */
  after: entries,
  add: entries,
  remove: entries,
  move: listOf(movedBlockSchema),
  notCopyable: entries,
  stages: listOf(syncStageSchema),
  held: listOf(z.enum(GUARDS)),
  /** Keys that were this pair's, and by the user's doing are no longer. */
  lapsed: listOf(z.string()),
});
export type SyncPlan = z.infer<typeof syncPlanSchema>;

/** Items that were there at the first start, by their dates, and how many of each key were added since. */
export type Removable = {
  readonly known: readonly ListEntry[];
  readonly added: readonly string[];
};

/** What is wanted of a list. */
export type SyncGoal =
  | { readonly kind: SourceGoal; readonly source: readonly ListEntry[] }
  /** Without these keys, as far as nothing of them has come since. */
  | { readonly kind: 'clear'; readonly keys: readonly string[]; readonly removable: Removable }
  /** Exactly these items, as far as they can come back. */
  | {
      readonly kind: 'version';
      readonly items: readonly ListEntry[];
      /** What may go; all where it is absent. */
      readonly removable?: Removable;
      /** Whether everything may be written again, what stays too. */
      readonly mayRewrite: boolean;
    }
  /** Without these keys, and with what was removed back in its place, each copy of it. */
  | {
      readonly kind: 'take-back';
      /** And since when each is there. */
      readonly added: SyncFacts['claims'];
      readonly removed: readonly string[];
      readonly items: readonly ListEntry[];
    };

/** What is known about a pair and its target. */
export type SyncFacts = {
  /** Keys that this pair has put into the target, and since when each is there, as Spotify says it. */
  readonly claims: ReadonlyMap<string, string | undefined>;
  /** Keys that this pair has ever seen in the target. */
  readonly seen: ReadonlySet<string>;
  /** Keys that Spotify does not add, and keys that it does not remove. */
  readonly notAddable: ReadonlySet<string>;
  readonly notRemovable: ReadonlySet<string>;
  /** How many items the source had when it was last believed. */
  readonly goodCount?: number | undefined;
  /** A smaller source was read so on an earlier day too. */
  readonly isSecondRead: boolean;
  readonly isExactConfirmed: boolean;
};

export type SyncOptions = {
  /** Replaces both caps on removals. */
  readonly maxRemovals?: number | undefined;
  readonly allowEmpty: boolean;
  readonly allowRewrite: boolean;
  /** The exact mirror is confirmed, for now and later. */
  readonly confirmsExact?: boolean;
  /** A replace has failed: edit instead. */
  readonly noReplace?: boolean;
};

/** A pair of which a run has left nothing to do. */
export const settledSchema = z.object({
  /** What was wanted of it. */
  about: z.string(),
  /** Of each list that was read or written. */
  versions: z.record(z.string(), z.string()),
  /** How long equal versions prove that there is nothing to do, in milliseconds since the epoch. */
  until: z.number(),
  /** Of the songs of the source. */
  present: z.number(),
  notCopyable: z.number(),
});
export type Settled = z.infer<typeof settledSchema>;

/** One run of a pair, an undo or a restore. */
export type SyncRun = {
  readonly run_id: string;
  readonly pair: string;
  readonly target_id: string;
  readonly kind: SyncGoal['kind'];
  /** ISO 8601. */
  readonly started_at: string;
  /** The run that this one takes back. */
  readonly undoes?: string | undefined;
};

export type EndedSyncRun = SyncRun & {
  readonly ended_at?: string;
  /** `done`, or why not; absent where the run was cut off. */
  readonly outcome?: string;
  readonly writes: number;
};

/** How many items a run has added and removed. */
export type RunChanges = { readonly added: number; readonly removed: number };

/** What an undo needs. */
export type UndoableRun = EndedSyncRun & {
  readonly before: readonly ListEntry[];
  readonly removed: readonly string[];
  /** What it has written, or may have written, and the hash of the list after it. */
  readonly steps: readonly { readonly write: ItemsWrite; readonly hash: string }[];
  /** What the run has put there, as far as it is still claimed, and since when. */
  readonly claimed: ReadonlyMap<string, string | undefined>;
  /** Of the list at the end, where nobody else had changed it meanwhile and each answer was clear. */
  readonly after_hash?: string;
};
