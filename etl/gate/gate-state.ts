/** What the gate remembers about a Spotify app, shared by all functions that use it. An adapter implements the port. */

/** Endpoints as the ledger counts them. */
export const ENDPOINTS = [
  'playlist',
  'playlist-items',
  'my-playlists',
  'me',
  'recently-played',
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Calls by endpoint. */
export type Calls = Readonly<Partial<Record<Endpoint, number>>>;

/** What has been learnt about how this app is served. */
export type AppFacts = {
  /** C serves pages under `items`; A and B under `tracks`, and do not tell themselves apart. */
  readonly appKind?: 'A or B' | 'C';
  /** The name under which the listing of items has answered. */
  readonly playlistApi?: 'items' | 'tracks';
  /** The largest page this app has not been refused. */
  readonly pageLimit?: number;
};

export type Cooldown = {
  /** Milliseconds since the epoch; no call before it. */
  readonly until: number;
  readonly reason: 'quota' | 'rate-limit';
};

export type GateState = {
  /** Grows with each write; 0 where nothing is stored yet. */
  readonly revision: number;
  readonly cooldown?: Cooldown;
  /** Calls leased in each hour (hours since the epoch), of the last 24 hours and the one under way. */
  readonly hours: Readonly<Record<number, Calls>>;
  /** When the pace's bucket is full again, milliseconds since the epoch. */
  readonly fullAt: number;
  /** Who may call now, and until when nobody else may, milliseconds since the epoch. */
  readonly turn?: { readonly owner: string; readonly until: number };
  readonly facts: AppFacts;
  /** The fewest days left of the login that have been announced, 30, 7 or 1, and of which login (`authorized_at`). */
  readonly announced?: { readonly authorizedAt: string; readonly days: number };
};

export type GateStore = {
  /** Read consistently; an empty state where nothing is stored. */
  read(): Promise<GateState>;
  /** Writes `next` where revision `seen` still stands; false where another was quicker. `next` gets revision `seen + 1`. */
  write(next: GateState, seen: number): Promise<boolean>;
};
