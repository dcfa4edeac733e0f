/**
 * The lane: processes call one after the other, in the order in which they asked. Each says when it expects to be done, and the next
 * one comes then; nobody tells that it is done, which would take a write for each call. So a quota that ends sooner than the ledger
 * thinks is met by one of them. Within a process nothing is waited for: it knows its own answers. Pure.
 */
import type { GateState } from './gate-state.ts';

const SHORTEST_CALL_MS = 500;
/** Before anybody has seen one. */
const UNKNOWN_CALL_MS = 1_000;
/** No call takes longer: its attempts are broken off then. */
const LONGEST_CALL_MS = 8_000;
/** Nobody has the lane for so long: who says so has a clock that is wrong. */
const FARTHEST_MS = 60_000;
/** A slow call is remembered, less and less. */
const FADING = 0.9;

/** When this process may begin, in milliseconds since the epoch. */
export function laneFreeAt({ lane }: GateState, owner: string, now: number): number {
  if (lane === undefined || lane.owner === owner || lane.freeAt > now + FARTHEST_MS) return now;
  return Math.max(now, lane.freeAt);
}

/** The lane after this process has asked for it for calls of which the last starts at `lastStartAt`. */
export function takeLane(
  state: GateState,
  {
    count,
    lastStartAt,
    owner,
  }: { readonly count: number; readonly lastStartAt: number; readonly owner: string },
): NonNullable<GateState['lane']> {
  const callMs = state.callMs ?? UNKNOWN_CALL_MS;
  const oneByOneMs = Math.max(0, count - 1) * (callMs / 2);
  const before = state.lane?.owner === owner ? state.lane.freeAt : 0;
  return { owner, freeAt: Math.max(before, lastStartAt + callMs + oneByOneMs) };
}

/** How long calls take, after this process has seen one that took so long. */
export function learnCallMs(known: number | undefined, seenMs: number): number {
  const faded = (known ?? UNKNOWN_CALL_MS) * FADING;
  return Math.round(Math.min(LONGEST_CALL_MS, Math.max(SHORTEST_CALL_MS, faded, seenMs * 1.5)));
}
