/** Whether calls may be made, and when: decided from the shared state alone. Pure. */
import type { Calls, Cooldown, Endpoint, GateState } from './gate-state.ts';
import { addCalls, type Budget, callsLeft, leftAt, toHour, totalOf } from './ledger.ts';
import { type Pace, scheduleCalls, shortestMs } from './pace.ts';

export type GateSettings = {
  /** Undefined: calls start as they come, and nobody waits for a turn. */
  readonly pace: Pace | undefined;
  /** Undefined: calls are counted, none is refused. */
  readonly budget: Budget | undefined;
};

export type CallRequest = {
  readonly calls: Calls;
  /** The process that asks. Two calls of one process are its own affair; of two processes one waits for the other's turn. */
  readonly owner: string;
  /** Milliseconds since the epoch; a call that cannot start before is refused. */
  readonly deadlineAt: number;
  /** A run that was admitted is finished: what it still needs is counted, and not refused for want of budget. */
  readonly isAdmitted: boolean;
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
  /** Another process has its turn until then. */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** A call's answer is known by then, and a cooldown it brings is stored: the next process may look. */
const TURN_MS = 500;
/** What each further call of a turn is taken to need; a turn that lasts longer is taken anew. */
const CALL_MS = 250;

export function decide(
  state: GateState,
  request: CallRequest,
  { settings, now }: { readonly settings: GateSettings; readonly now: number },
): Decision {
  const refusal =
    findCooldown(state, now) ?? findWant(state, request, { budget: settings.budget, now });
  if (refusal !== undefined) return { kind: 'refuse', refusal };
  const { pace } = settings;
  const hours = addCalls(state.hours, request.calls, { hour: toHour(now), now });
  const count = totalOf(request.calls);
  if (pace === undefined) {
    return { kind: 'go', next: { ...state, hours }, startsAt: Array(count).fill(now) };
  }
  const { turn } = state;
  if (turn !== undefined && turn.owner !== request.owner && turn.until > now) {
    return turn.until < request.deadlineAt
      ? { kind: 'wait', until: turn.until }
      : { kind: 'refuse', refusal: { kind: 'pace', needed: count, freeAt: turn.until } };
  }
  return paceCalls({ ...state, hours }, request, { pace, now });
}

function findCooldown({ cooldown }: GateState, now: number): Refusal | undefined {
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
  const kind = { budget, isListening: calls['recently-played' satisfies Endpoint] !== undefined };
  const left = callsLeft(hours, now, kind);
  if (left >= needed) return undefined;
  return { kind: 'budget', needed, left, freeAt: leftAt(hours, { needed, now }, kind) };
}

function paceCalls(
  state: GateState,
  { calls, deadlineAt, isAdmitted, owner }: CallRequest,
  { pace, now }: { readonly pace: Pace; readonly now: number },
): Decision {
  const count = totalOf(calls);
  const { startsAt, fullAt } = scheduleCalls(pace, { count, fullAt: state.fullAt, now });
  const lastStartAt = startsAt.at(-1) ?? now;
  const lateMs = lastStartAt - deadlineAt;
  if (lateMs >= 0 && !isAdmitted) {
    const isPossible = shortestMs(pace, count) < deadlineAt - now;
    const freeAt = isPossible ? now + lateMs + 1 : undefined;
    return { kind: 'refuse', refusal: { kind: 'pace', needed: count, freeAt } };
  }
  const until = lastStartAt + TURN_MS + Math.max(0, count - 1) * CALL_MS;
  return { kind: 'go', next: { ...state, fullAt, turn: { owner, until } }, startsAt };
}
