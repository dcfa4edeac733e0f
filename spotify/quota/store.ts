/** What all processes that use a Spotify app share about it: one row, read and replaced whole. An adapter implements the port. */

/** Calls by the hour they were reserved in (`2026-11-20T14`) and by purpose; rows of older versions have them by endpoint. */
export type HourlyCalls = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What has been learnt about an app, kept for the next process, with the names of the row. */
export type AppFacts = {
  /** C serves pages under `items`; A and B both under `tracks`. */
  readonly app_kind?: 'A or B' | 'C';
  /** The name under which the listing of items has answered. */
  readonly playlist_api?: 'items' | 'tracks';
  /** The largest page this app has not been refused. */
  readonly page_limit?: number;
  /** How few days the login of `authorized_at` had left when a run last warned of its end. */
  readonly announced?: { readonly authorized_at: string; readonly days: number };
};

/** Spotify has asked everybody to stop calling. */
export type Cooldown = {
  /** Milliseconds since the epoch; no call before it. */
  readonly until: number;
  readonly reason: 'quota' | 'rate-limit';
};

export type QuotaState = {
  /** Grows by one with each write; 0 where nothing is stored yet. */
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
  /** Reads consistently; `EMPTY_STATE` where nothing is stored. */
  read(limits: StoreLimits): Promise<QuotaState>;
  /** Replaces revision `seen` by `next`, stored as `seen + 1`; false where `seen` is no longer the stored one. */
  write(next: QuotaState, seen: number, limits: StoreLimits): Promise<boolean>;
};
