/** Which calls are reserved, and which are given back: decided from the stored state alone. Pure. */
import { addCalls, type Budget, callsLeft, leftAt, type Purpose } from './ledger.ts';
import { giveBackCalls, MAX_AHEAD_MS, type Pace, scheduleCalls } from './pace.ts';
import { coolingDown, overBudget, tooFast } from './refusals.ts';
import type { AppFacts, QuotaState } from './store.ts';

export type QuotaSettings = {
  /** Undefined: calls start at once, whatever other processes do. */
  readonly pace: Pace | undefined;
  /** Undefined: calls are counted, none is refused. */
  readonly budget: Budget | undefined;
};

type Context = QuotaSettings & { readonly now: number };

export type Reservation = {
  readonly count: number;
  readonly purpose: Purpose;
  /** A run that was admitted is finished: what it still needs is counted, and not refused for want of budget. */
  readonly isAdmitted: boolean;
  /** Milliseconds since the epoch; where one of the calls would start later, all are refused. */
  readonly deadlineAt: number;
};

/** One call that may be made. Milliseconds since the epoch. */
export type Permit = {
  readonly startAt: number;
  readonly reservedAt: number;
  /** When the bucket was full again after its reservation. */
  readonly fullAt: number;
};

/** @throws EtlError where the calls may not be made; nothing is reserved then */
export function reserveCalls(
  state: QuotaState,
  { count, deadlineAt, isAdmitted, purpose }: Reservation,
  { budget, now, pace }: Context,
): readonly [next: QuotaState, permits: readonly Permit[]] {
  refuseInCooldown(state, now);
  const kind = { budget, purpose };
  const left = callsLeft(state.calls, now, kind);
  if (left < count && !isAdmitted) {
    const freeAt = leftAt(state.calls, { needed: count, now }, kind);
    throw overBudget({ needed: count, left, freeAt, now });
  }
  const { fullAt, startsAt } = scheduleCalls(pace, { count, fullAt: state.fullAt, now });
  const latestAt = Math.min(deadlineAt, now + MAX_AHEAD_MS);
  const lateMs = (startsAt.at(-1) ?? now) - latestAt;
  if (lateMs >= 0) {
    // After a pause there may be time, also for the call that opens a playlist. An admitted run has no other try.
    const rested = scheduleCalls(pace, { count: count + 1, fullAt: now, now });
    const isPossible = !isAdmitted && (rested.startsAt.at(-1) ?? now) < latestAt;
    throw tooFast({ needed: count, freeAt: isPossible ? now + lateMs + 1 : undefined, now });
  }
  const calls = addCalls(state.calls, { at: now, count, purpose }, now);
  const permits = startsAt.map((startAt) => ({ startAt, reservedAt: now, fullAt }));
  return [{ ...state, calls, fullAt }, permits];
}

/** @throws EtlError `SPOTIFY_QUOTA_EXCEEDED`, `SPOTIFY_RATE_LIMITED` until the cooldown ends */
export function refuseInCooldown({ cooldown }: QuotaState, now: number): void {
  if (cooldown !== undefined && cooldown.until > now) throw coolingDown(cooldown, now);
}

/** What a run leaves behind when it ends. */
export type Leftover = {
  readonly unused: readonly Permit[];
  readonly purpose: Purpose;
  readonly facts: AppFacts;
};

/** The same state where nothing is worth a write. */
export function releaseCalls(
  state: QuotaState,
  { facts, purpose, unused }: Leftover,
  { now, pace }: Context,
): QuotaState {
  // The kind of app goes along with other news: the next process learns it from its first reply.
  const hasNews = (['playlist_api', 'page_limit', 'announced'] as const).some(
    (name) => facts[name] !== undefined && facts[name] !== state.facts[name],
  );
  if (unused.length === 0 && !hasNews) return state;
  // Where others have reserved since, their calls come behind these, and new ones must not start at the same time.
  const last = unused.filter(({ fullAt }) => fullAt === state.fullAt).length;
  return {
    ...state,
    calls: unused.reduce(
      (calls, { reservedAt: at }) => addCalls(calls, { at, count: -1, purpose }, now),
      state.calls,
    ),
    fullAt: giveBackCalls(pace, state.fullAt, last),
    facts: { ...state.facts, ...facts },
  };
}
