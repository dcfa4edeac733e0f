/** The state that all processes of a Spotify app share: one row, read and replaced as a whole. An adapter implements the port. */

/** Calls by the hour they were reserved in (`2026-11-20T14`) and by purpose; rows of older versions have them by endpoint. */
export type HourlyCalls = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Facts about an app for the next process, with the row's attribute names. */
export type AppFacts = {
  /** C serves pages under `items`; A and B both under `tracks`. */
  readonly app_kind?: 'A or B' | 'C';
  /** The name that the listing of items has answered to. */
  readonly playlist_api?: 'items' | 'tracks';
  /** The largest page size that Spotify has not refused. */
  readonly page_limit?: number;
  /** How few days the login of `authorized_at` had left when a run last warned of its end. */
  readonly announced?: { readonly authorized_at: string; readonly days: number };
};

/** Spotify has asked us to stop calling. */
export type Cooldown = {
  /** Milliseconds since the epoch; no call before it. */
  readonly until: number;
  readonly reason: 'quota' | 'rate-limit';
};

export type QuotaState = {
  /** Grows by one with each write; 0 if nothing is stored yet. */
  readonly revision: number;
  readonly cooldown?: Cooldown | undefined;
  readonly calls: HourlyCalls;
  /** When the pace's bucket is full again, in milliseconds since the epoch. */
  readonly fullAt: number;
  readonly facts: AppFacts;
};

export const EMPTY_STATE: QuotaState = { revision: 0, calls: {}, fullAt: 0, facts: {} };

/** A call to the store ends when the run's time is up. */
export type StoreLimits = {
  readonly deadlineAt: number;
  /** Forbids repeats of a write: after a lost answer a repeat may find its own write, and return false. */
  readonly isOnce?: boolean;
};

export type QuotaStore = {
  /** Reads consistently; `EMPTY_STATE` if nothing is stored. */
  read(limits: StoreLimits): Promise<QuotaState>;
  /** Replaces revision `seen` by `next`, stored as `seen + 1`; false if `seen` is no longer the stored one. */
  write(next: QuotaState, seen: number, limits: StoreLimits): Promise<boolean>;
};
