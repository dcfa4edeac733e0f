/** Decides from the stored state which calls are reserved, and which are returned. Pure. */
import { addCalls, type Budget, callsLeft, leftAt, type Purpose } from './ledger.ts';
import { giveBackCalls, MAX_AHEAD_MS, type Pace, scheduleCalls } from './pace.ts';
import { coolingDown, overBudget, tooFast } from './refusals.ts';
import type { AppFacts, QuotaState } from './store.ts';

export type QuotaSettings = {
  /** Undefined: no pace. */
  readonly pace: Pace | undefined;
  /** Undefined: calls are counted, never refused. */
  readonly budget: Budget | undefined;
};

type Context = QuotaSettings & { readonly now: number };

export type Reservation = {
  readonly count: number;
  readonly purpose: Purpose;
  /** An admitted run can finish: its further calls are counted, and not refused when the budget is spent. */
  readonly isAdmitted: boolean;
  /** Milliseconds since the epoch; if one of the calls would start later, all are refused. */
  readonly deadlineAt: number;
};

/** One reserved call. Milliseconds since the epoch. */
export type Permit = {
  readonly startAt: number;
  readonly reservedAt: number;
  /** When the bucket was full again after its reservation. */
  readonly fullAt: number;
};

/** @throws EtlError if the calls are refused; then nothing is reserved */
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
    // After a pause there may be time, even for the call that opens a playlist. An admitted run has no second try.
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

/** The changes to the state at the end of a run. */
export type Leftover = {
  readonly unused: readonly Permit[];
  readonly purpose: Purpose;
  readonly facts: AppFacts;
};

/** Returns the same state if a write is not needed. */
export function releaseCalls(
  state: QuotaState,
  { facts, purpose, unused }: Leftover,
  { now, pace }: Context,
): QuotaState {
  // The kind of app alone is not worth a write: the next process learns it from its first reply.
  const hasNews = (['playlist_api', 'page_limit', 'announced'] as const).some(
    (name) => facts[name] !== undefined && facts[name] !== state.facts[name],
  );
  if (unused.length === 0 && !hasNews) return state;
  // If others have reserved since, their calls come after these, so the time cannot be returned.
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
