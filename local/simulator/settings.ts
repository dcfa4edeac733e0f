import { type QuotaGate } from './quota.ts';
import { type AppKind } from './wire-links.ts';

/** What may be changed while the simulator runs. */
export type SimulatorSettings = {
  readonly appKind?: AppKind | undefined;
  /** Waited before every answer; default 0. */
  readonly latencyMs?: number | undefined;
  /**
   * Calls of a rolling day, of all apps together, before 429 `QUOTA_EXCEEDED`; null, the default, is without end. A new
   * quota starts with no calls counted.
   */
  readonly quota?: number | null | undefined;
  /** What the user says when an app asks: on a page (the default), or at once. */
  readonly consent?: 'page' | 'agree' | 'deny' | undefined;
  /** Whose refresh tokens are good for one refresh only: those got by PKCE (the default), all or none. */
  readonly rotation?: 'pkce' | 'always' | 'never' | undefined;
  /** Whether the user is on the app's list; if not, in which form every call with their token is refused. */
  readonly allowListed?: true | 'json' | 'text' | undefined;
  /** Whether tracks, albums and artists lack half of their optional fields; default false. Which half, the ID decides. */
  readonly sparse?: boolean | undefined;
  /** Whether the owner of the apps has Premium, without which no call is answered. */
  readonly premium?: boolean | undefined;
  /** From when to when the recently played list stands still, on the simulator's clock; null, the default, is never. */
  readonly frozen?: { readonly fromMs: number; readonly untilMs: number } | null | undefined;
  /** How many items come with their playlist; default 100. */
  readonly firstPageItems?: number | undefined;
  /** Whether a recently played page has 43 items at most, though there are more; default false. */
  readonly shortPage?: boolean | undefined;
  /** Whether a recently played page comes in disorder; default false. */
  readonly unsorted?: boolean | undefined;
} & WritingSettings;

/** How writing to playlists behaves. */
export type WritingSettings = {
  /** For how long after a write the old `snapshot_id` is shown beside the new items; default 0. */
  readonly snapshotDelayMs?: number | undefined;
  /** Whether a third snapshot is shown in the second half of that time, which no write has returned; default false. */
  readonly foreignSnapshot?: boolean | undefined;
  /** Whether a DELETE takes all copies of a URI and ignores `positions` (the default), or obeys them. */
  readonly deletesAllCopies?: boolean | undefined;
  /** URIs of the catalogue that make a write of new items fail with 502. */
  readonly poison?: readonly string[] | undefined;
  /** URIs of the catalogue that make it fail with 400, like one that never was. */
  readonly dead?: readonly string[] | undefined;
  /** URIs that a DELETE leaves where they are, though it answers 200, as of a relinked track. */
  readonly undeletable?: readonly string[] | undefined;
  /** Whether a write to a playlist that another write is busy with is 500; default true. */
  readonly refusesConcurrentWrites?: boolean | undefined;
  /** How many items fit into a playlist; default 10,000. */
  readonly maxItems?: number | undefined;
  /** What a list that is full answers; default 403. */
  readonly fullStatus?: 403 | 500 | undefined;
  /** Whether a playlist is public however it was asked for; default false. */
  readonly ignoresPrivate?: boolean | undefined;
  /** Whether names and descriptions are refused and changed as Spotify does; default true. */
  readonly refusesTexts?: boolean | undefined;
  /** Whether the scope that a write needs depends on whether the list is public; default true. If not, either scope will do. */
  readonly scopeByPublic?: boolean | undefined;
};

/** The settings in force. */
export type Settings = { apiUrl: string } & {
  -readonly [Name in keyof SimulatorSettings]-?: Exclude<SimulatorSettings[Name], undefined>;
};

const DEFAULTS: Settings = {
  apiUrl: '',
  appKind: 'C',
  latencyMs: 0,
  quota: null,
  consent: 'page',
  rotation: 'pkce',
  allowListed: true,
  premium: true,
  sparse: false,
  frozen: null,
  firstPageItems: 100,
  shortPage: false,
  unsorted: false,
  snapshotDelayMs: 0,
  foreignSnapshot: false,
  deletesAllCopies: true,
  poison: [],
  dead: [],
  undeletable: [],
  refusesConcurrentWrites: true,
  maxItems: 10_000,
  fullStatus: 403,
  ignoresPrivate: false,
  refusesTexts: true,
  scopeByPublic: true,
};

/** The defaults, with what is given in their place. */
export function createSettings(given: SimulatorSettings): Settings {
  return change({ ...DEFAULTS }, given);
}

/** Changes what is given and leaves the rest. */
export function configure(
  { settings, quotaGate }: { readonly settings: Settings; readonly quotaGate: QuotaGate },
  given: SimulatorSettings,
): void {
  change(settings, given);
  if (given.quota !== undefined) quotaGate.clear();
}

function change(settings: Settings, given: SimulatorSettings): Settings {
  const changes = Object.entries(given).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(settings, name),
  );
  return Object.assign(settings, Object.fromEntries(changes));
}
