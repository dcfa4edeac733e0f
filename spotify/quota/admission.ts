/** Whether calls may be made, and when: decided from the shared state alone. Pure. */
import type { Calls, Cooldown, GateState } from './gate-state.ts';
import { laneFreeAt, learnCallMs, takeLane } from './lane.ts';
import { addCalls, type Budget, callsLeft, leftAt, toHour, totalOf } from './ledger.ts';
import { believable, type Pace, scheduleCalls, shortestMs } from './pace.ts';

export type GateSettings = {
  /** Undefined: calls start as they come, whoever else calls. */
  readonly pace: Pace | undefined;
  /** Undefined: calls are counted, none is refused. */
  readonly budget: Budget | undefined;
};

export type CallRequest = {
  readonly calls: Calls;
  /** The process that asks. */
  readonly owner: string;
  /** Milliseconds since the epoch; what cannot start before is refused. */
  readonly deadlineAt: number;
  /** A run that was admitted is finished: what it still needs is counted, and not refused for want of budget. */
  readonly isAdmitted: boolean;
  /** Whether the calls are worth nothing unless all of them can start in time. */
  readonly isWhole: boolean;
  /** How long the slowest call of this process has taken since it asked last, in milliseconds. */
  readonly slowestMs: number;
};

/** Why calls are refused. */
export type Refusal =
  | ({ readonly kind: 'cooldown' } & Cooldown)
  /** `freeAt` is undefined where no day has that many. */
  | {
      readonly kind: 'budget';
      readonly needed: number;
      readonly left: number;
      readonly freeAt: number | undefined;
    }
  /** `freeAt` is undefined where the pace is too slow for so many calls in the time of a run. */
  | { readonly kind: 'pace'; readonly needed: number; readonly freeAt: number | undefined };

export type Decision =
  | { readonly kind: 'go'; readonly next: GateState; readonly startsAt: readonly number[] }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

type Context = { readonly settings: GateSettings; readonly now: number };

/** Calls that would start later are given their time later: nobody keeps the others waiting for longer. */
const FARTHEST_START_MS = 30_000;
/** With the time that processes before this one have the lane. */
const FARTHEST_MS = 120_000;

export function decide(state: GateState, request: CallRequest, context: Context): Decision {
  const { now, settings } = context;
  const refusal =
    findCooldown(state, now) ?? findWant(state, request, { budget: settings.budget, now });
  if (refusal !== undefined) return { kind: 'refuse', refusal };
  const { calls, slowestMs } = request;
  const counted: GateState = {
    ...state,
    hours: addCalls(state.hours, calls, { hour: toHour(now), now }),
    callMs: slowestMs === 0 ? state.callMs : learnCallMs(state.callMs, slowestMs),
  };
  return settings.pace === undefined
    ? { kind: 'go', next: counted, startsAt: Array<number>(totalOf(calls)).fill(now) }
    : paceCalls(counted, { ...request, count: totalOf(calls) }, { pace: settings.pace, now });
}

/** Gives calls that were counted before their times. */
export function reschedule(
  state: GateState,
  request: Omit<CallRequest, 'calls'> & { readonly count: number },
  { pace, now }: { readonly pace: Pace; readonly now: number },
): Decision {
  const cooldown = findCooldown(state, now);
  return cooldown === undefined
    ? paceCalls(state, request, { pace, now })
    : { kind: 'refuse', refusal: cooldown };
}

export function findCooldown({ cooldown }: GateState, now: number): Refusal | undefined {
  return cooldown !== undefined && cooldown.until > now
    ? { kind: 'cooldown', ...cooldown }
    : undefined;
}

function findWant(
  { hours }: GateState,
  { calls, isAdmitted }: CallRequest,
  { budget, now }: { readonly budget: Budget | undefined; readonly now: number },
): Refusal | undefined {
  if (budget === undefined || isAdmitted) return undefined;
  const needed = totalOf(calls);
  const kind = { budget, isListening: 'recently-played' in calls };
  const left = callsLeft(hours, now, kind);
  if (left >= needed) return undefined;
  return { kind: 'budget', needed, left, freeAt: leftAt(hours, { needed, now }, kind) };
}

function paceCalls(
  state: GateState,
  request: Omit<CallRequest, 'calls'> & { readonly count: number },
  { pace, now }: { readonly pace: Pace; readonly now: number },
): Decision {
  const { count, deadlineAt, isWhole, owner } = request;
  const beginAt = laneFreeAt(state, owner, now);
  const fullBefore = believable(pace, { fullAt: state.fullAt, farthestMs: FARTHEST_MS, now });
  const wanted = scheduleCalls(pace, { count, fullAt: fullBefore, now: beginAt }).startsAt;
  const lateMs = (wanted.at(isWhole ? -1 : 0) ?? beginAt) - deadlineAt;
  if (lateMs >= 0) return { kind: 'refuse', refusal: tooLate(request, { pace, now, lateMs }) };
  const startsAt = wanted.filter(
    (startAt, index) =>
      index === 0 || (startAt <= beginAt + FARTHEST_START_MS && startAt < deadlineAt),
  );
  const { fullAt } = scheduleCalls(pace, {
    count: startsAt.length,
    fullAt: fullBefore,
    now: beginAt,
  });
  const lastStartAt = startsAt.at(-1) ?? beginAt;
  const lane = takeLane(state, { count: startsAt.length, lastStartAt, owner });
  return { kind: 'go', next: { ...state, fullAt, lane }, startsAt };
}

/** What the pace cannot bring to an end even after a rest is not worth another try, and an admitted run has no other. */
function tooLate(
  {
    count,
    deadlineAt,
    isAdmitted,
  }: Pick<CallRequest, 'deadlineAt' | 'isAdmitted'> & { readonly count: number },
  { lateMs, now, pace }: { readonly lateMs: number; readonly now: number; readonly pace: Pace },
): Refusal {
  // One more: the call that opens a playlist goes before those that are asked for here.
  const isPossible = !isAdmitted && shortestMs(pace, count + 1) < deadlineAt - now;
  return { kind: 'pace', needed: count, freeAt: isPossible ? now + lateMs + 1 : undefined };
}
