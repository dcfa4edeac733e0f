/** What the gate remembers about a Spotify app, shared by all functions that use it. An adapter implements the port. */

/** Endpoints as the ledger counts them. */
export type Endpoint = 'playlist' | 'playlist-items' | 'my-playlists' | 'me' | 'recently-played';

/** Calls by endpoint. A later version may know more endpoints: theirs count too. */
export type Calls = Readonly<Record<string, number>>;

/** Calls by the hour they were leased in, counted in hours since the epoch. */
export type HourlyCalls = ReadonlyMap<number, Calls>;

/** What has been learnt about how this app is served. */
export type AppFacts = {
  /** C serves pages under `items`; A and B both under `tracks`. */
  readonly appKind?: 'A or B' | 'C' | undefined;
  /** The name under which the listing of items has answered. */
  readonly playlistApi?: 'items' | 'tracks' | undefined;
  /** The largest page this app has not been refused. */
  readonly pageLimit?: number | undefined;
};

/** Spotify has asked for silence. */
export type Cooldown = {
  /** Milliseconds since the epoch; no call before it. */
  readonly until: number;
  readonly reason: 'quota' | 'rate-limit';
};

/** Milliseconds since the epoch throughout. */
export type GateState = {
  /** Grows by one with each write; 0 where nothing is stored yet. */
  readonly revision: number;
  readonly cooldown?: Cooldown | undefined;
  readonly hours: HourlyCalls;
  /** When the pace's bucket is full again. */
  readonly fullAt: number;
  /** The process that calls last of all that have asked so far, and when it is expected to be done. */
  readonly lane?: { readonly owner: string; readonly freeAt: number } | undefined;
  /** How long a call takes, in milliseconds: what the slowest of late took. */
  readonly callMs?: number | undefined;
  /** Of the write that made it so: a write whose answer was lost knows itself again. */
  readonly writeId?: string | undefined;
  readonly facts: AppFacts;
  /** How few days the login that began at `authorizedAt` had left when that was last announced. */
  readonly announced?: { readonly authorizedAt: string; readonly days: number } | undefined;
};

export const EMPTY_STATE: GateState = { revision: 0, hours: new Map(), fullAt: 0, facts: {} };

/** Time a call to the store may take: no longer than the run's own. */
export type StoreLimits = { readonly deadlineAt: number };

export type GateStore = {
  /** Read consistently; `EMPTY_STATE` where nothing is stored. */
  read(limits: StoreLimits): Promise<GateState>;
  /** Writes `next` in place of revision `seen`; false where that no longer stands. The stored revision is `seen + 1`. */
  write(next: GateState, seen: number, limits: StoreLimits): Promise<boolean>;
};
