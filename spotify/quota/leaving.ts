/** What a run leaves behind in the shared state when it ends. Pure. */
import { dueAnnouncement, type LoginAge } from './announcements.ts';
import type { AppFacts, Calls, GateState } from './gate-state.ts';
import { addCalls, negativeOf, toHour, totalOf } from './ledger.ts';
import { giveBackCalls, type Pace } from './pace.ts';

/** Calls leased and not made, and when they were leased: they are taken from that hour. */
export type UnusedCalls = { readonly calls: Calls; readonly leasedAt: number };

export type Leaving = {
  readonly unused: readonly UnusedCalls[];
  /** What the run learnt about the app, on top of what was known. */
  readonly facts: AppFacts;
  readonly loginAge: LoginAge | undefined;
};

export type LeavingContext = {
  readonly owner: string;
  readonly pace: Pace | undefined;
  readonly now: number;
};

export type AfterRun = {
  /** Undefined where nothing is to be written. */
  readonly next: GateState | undefined;
  /** The mark of days left that this write announces. */
  readonly announcement: number | undefined;
};

/** A lane that is expected to be free so soon is not worth a write. */
const WORTH_A_WRITE_MS = 1_000;

export function afterRun(state: GateState, leaving: Leaving, context: LeavingContext): AfterRun {
  const { facts, loginAge, unused } = leaving;
  const announcement =
    loginAge === undefined ? undefined : dueAnnouncement(loginAge, state.announced);
  const next = withoutUnused(withoutLane(state, context), unused, context);
  const isNews = next !== state || announcement !== undefined || hasNews(state.facts, facts);
  if (!isNews) return { next: undefined, announcement };
  const announced =
    announcement === undefined || loginAge === undefined
      ? state.announced
      : { authorizedAt: loginAge.authorizedAt, days: announcement };
  return { announcement, next: { ...next, facts: mergeFacts(state.facts, facts), announced } };
}

/** Done sooner than expected: nobody who asks from now on need wait. Those who asked before keep their time. */
function withoutLane(state: GateState, { owner, now }: LeavingContext): GateState {
  const { lane } = state;
  return lane?.owner === owner && lane.freeAt > now + WORTH_A_WRITE_MS
    ? { ...state, lane: { owner, freeAt: now } }
    : state;
}

function withoutUnused(
  state: GateState,
  unused: readonly UnusedCalls[],
  { pace, now }: LeavingContext,
): GateState {
  const given = unused.reduce((sum, { calls }) => sum + totalOf(calls), 0);
  if (given === 0) return state;
  const hours = unused.reduce(
    (counted, { calls, leasedAt }) =>
      addCalls(counted, negativeOf(calls), { hour: toHour(leasedAt), now }),
    state.hours,
  );
  const fullAt = pace === undefined ? state.fullAt : giveBackCalls(pace, state.fullAt, given);
  return { ...state, hours, fullAt };
}

/** What the run did not learn stays as it was known. */
function mergeFacts(known: AppFacts, learnt: AppFacts): AppFacts {
  return {
    appKind: learnt.appKind ?? known.appKind,
    playlistApi: learnt.playlistApi ?? known.playlistApi,
    pageLimit: learnt.pageLimit ?? known.pageLimit,
  };
}

function hasNews(known: AppFacts, learnt: AppFacts): boolean {
  const { appKind, pageLimit, playlistApi } = mergeFacts(known, learnt);
  return (
    appKind !== known.appKind || pageLimit !== known.pageLimit || playlistApi !== known.playlistApi
  );
}
