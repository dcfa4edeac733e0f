/** What an examination of the set-up finds, before anybody judges it. */
import type { LoginState } from '../spotify/login/find-login.ts';

export type { LoginState };

/** What was asked for, or why it could not be had. The error is one of this project, or the AWS SDK's. */
export type Found<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown };

/** Runs `look` and returns its error instead of throwing it. */
export async function found<Value>(look: () => Promise<Value>): Promise<Found<Value>> {
  try {
    return { ok: true, value: await look() };
  } catch (error) {
    return { ok: false, error };
  }
}

export type Usage = {
  /** Calls of the last 24 hours. */
  readonly calls: number;
  /** Calls left to loads now; undefined where there is no budget. */
  readonly left: number | undefined;
  readonly cooldown: Cooldown | undefined;
};

/** `until` in milliseconds since the epoch. */
export type Cooldown = { readonly until: number; readonly reason: string };

/** One list that was tried, and whether its items came. */
export type TriedList = { readonly name: string; readonly isReadable: boolean };

export type SpotifyFindings = {
  /** Absent where no client secret is set. */
  readonly secret?: Found<true>;
  /** Whether a new token was to be had. */
  readonly token: Found<true>;
  /** The user's lists; absent where they were not asked for. */
  readonly lists?: Found<number>;
  readonly own?: Found<TriedList>;
  readonly foreign?: Found<TriedList>;
  readonly appKind?: 'A or B' | 'C' | undefined;
  /** How far this machine's clock is ahead of Spotify's. */
  readonly clockSkewMs?: number | undefined;
};

export type Examination = {
  readonly clientId: string;
  readonly login: Found<LoginState | undefined>;
  readonly usage: Found<Usage>;
  /** The cooldown that was ended by hand, if one was on; undefined where nobody asked for that. */
  readonly cleared: Found<Cooldown | undefined> | undefined;
  /** By physical name. */
  readonly tables: ReadonlyMap<string, Found<unknown>>;
  /** Undefined where asking Spotify is pointless or forbidden now; not ok where the quota refused the calls. */
  readonly spotify: Found<SpotifyFindings> | undefined;
  /** Requests to Spotify, for tokens too. */
  readonly spotify_requests: number;
};
