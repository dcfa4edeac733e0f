import {
  type CallRequest,
  type Decision,
  decide,
  type GateSettings,
  reschedule,
} from './admission.ts';
import { EMPTY_STATE, type GateState } from './gate-state.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const PACE = { burstCalls: 2, callsPerSecond: 1 };
const REQUEST: CallRequest = {
  calls: { playlist: 1 },
  owner: 'process-1',
  deadlineAt: NOW + 10_000,
  isAdmitted: false,
  isWhole: true,
  slowestMs: 0,
};
const FOUR = { 'playlist-items': 4 };

function decideOn(
  request: Partial<CallRequest>,
  state: Partial<GateState> = {},
  settings: Partial<GateSettings> = { pace: PACE },
): Decision {
  return decide(
    { ...EMPTY_STATE, ...state },
    { ...REQUEST, ...request },
    { now: NOW, settings: { pace: undefined, budget: undefined, ...settings } },
  );
}

function startsMs(decision: Decision): number[] | string {
  return decision.kind === 'go' ? decision.startsAt.map((at) => at - NOW) : decision.refusal.kind;
}

const laneOf = (owner: string, ms: number): Partial<GateState> => ({
  lane: { owner, freeAt: NOW + ms },
});

describe('the lane', () => {
  it("of another process is waited for, one's own is not", () => {
    expect(startsMs(decideOn({}, laneOf('process-2', 9_999)))).toEqual([9_999]);
    expect(startsMs(decideOn({}, laneOf('process-1', 9_999)))).toEqual([0]);
    expect(startsMs(decideOn({}, laneOf('process-2', -1)))).toEqual([0]);
  });

  it('that is not free before the run ends refuses it, and says when to come again', () => {
    expect(decideOn({}, laneOf('process-2', 10_000))).toEqual({
      kind: 'refuse',
      refusal: { kind: 'pace', needed: 1, freeAt: NOW + 1 },
    });
  });

  it('is believed to be taken for a minute and no longer', () => {
    const deadlineAt = NOW + 100_000;

    expect(startsMs(decideOn({ deadlineAt }, laneOf('process-2', 60_000)))).toEqual([60_000]);
    expect(startsMs(decideOn({ deadlineAt }, laneOf('process-2', 60_001)))).toEqual([0]);
  });

  it.each([
    { known: 'nothing, a second', callMs: undefined, count: 1, ms: 1_000 },
    { known: 'it, so long', callMs: 600, count: 1, ms: 600 },
    { known: 'it, for each but the first half as much', callMs: 600, count: 4, ms: 3_500 },
  ])('is taken for the time of a call after the last: where one knows $known', (taken) => {
    const { callMs, count, ms } = taken;

    expect(decideOn({ calls: { playlist: count } }, { callMs })).toMatchObject({
      kind: 'go',
      next: { lane: { owner: 'process-1', freeAt: NOW + ms } },
    });
  });

  it('is not given up by asking for less', () => {
    expect(decideOn({}, laneOf('process-1', 5_000))).toMatchObject({
      next: { lane: { freeAt: NOW + 5_000 } },
    });
    expect(decideOn({}, laneOf('process-2', 5_000))).toMatchObject({
      next: { lane: { owner: 'process-1', freeAt: NOW + 6_000 } },
    });
  });

  it.each([
    { what: 'nothing new', callMs: 700, slowestMs: 0, learnt: 700 },
    { what: 'half as much again as one just seen', callMs: 700, slowestMs: 2_000, learnt: 3_000 },
    { what: 'a slow one less and less', callMs: 2_000, slowestMs: 100, learnt: 1_800 },
    { what: 'never less than 500 ms', callMs: 520, slowestMs: 100, learnt: 500 },
    { what: 'never more than 8,000 ms', callMs: 700, slowestMs: 9_000, learnt: 8_000 },
    { what: 'a second where none was seen', callMs: undefined, slowestMs: 100, learnt: 900 },
  ])('remembers of the time of a call $what', ({ callMs, learnt, slowestMs }) => {
    expect(decideOn({ slowestMs }, { callMs })).toMatchObject({ next: { callMs: learnt } });
  });
});

describe('calls that are let go', () => {
  it('start all at once where there is no pace', () => {
    const decision = decideOn({ calls: { 'playlist-items': 3 } }, {}, {});

    expect(decision.kind).toBe('go');
    expect(startsMs(decision)).toEqual([0, 0, 0]);
  });

  it('follow the pace, and fill its bucket', () => {
    expect(decideOn({ calls: FOUR })).toMatchObject({
      kind: 'go',
      startsAt: [NOW, NOW, NOW + 1_000, NOW + 2_000],
      next: { fullAt: NOW + 4_000 },
    });
  });

  it('that need not all be made are those that can start in time, and within 30 seconds', () => {
    const some = { calls: { 'playlist-items': 50 }, isWhole: false };

    expect(startsMs(decideOn({ ...some, deadlineAt: NOW + 2_000 }))).toEqual([0, 0, 1_000]);
    expect(startsMs(decideOn({ ...some, deadlineAt: NOW + 2_001 }))).toHaveLength(4);
    expect(startsMs(decideOn({ ...some, deadlineAt: NOW + 90_000 }))).toHaveLength(32);
    expect(decideOn({ ...some, deadlineAt: NOW + 2_000 })).toMatchObject({
      next: { fullAt: NOW + 3_000 },
    });
  });

  it('that can be none at all are refused', () => {
    const late = { calls: FOUR, isWhole: false, deadlineAt: NOW + 1_000 };

    expect(startsMs(decideOn(late, { fullAt: NOW + 2_000 }))).toBe('pace');
    expect(startsMs(decideOn(late, { fullAt: NOW + 1_999 }))).toEqual([999]);
  });

  it('do not wait for a bucket that cannot be so empty', () => {
    const deadlineAt = NOW + 500_000;
    const fullIn = (ms: number): ReturnType<typeof startsMs> =>
      startsMs(decideOn({ deadlineAt }, { fullAt: NOW + ms }));

    expect(fullIn(122_000)).toEqual([121_000]);
    expect(fullIn(122_001)).toEqual([1_000]);
  });
});

describe('the time of a run', () => {
  it('must not be up when the last call starts', () => {
    expect(decideOn({ calls: FOUR, deadlineAt: NOW + 2_001 }).kind).toBe('go');
    expect(decideOn({ calls: FOUR, deadlineAt: NOW + 2_000 })).toEqual({
      kind: 'refuse',
      refusal: { kind: 'pace', needed: 4, freeAt: undefined },
    });
  });

  it('is another time long enough where all calls and the one before them fit after a rest', () => {
    const busy = { fullAt: NOW + 2_000 };
    const freeAt = (ms: number, isAdmitted = false): unknown =>
      decideOn({ calls: FOUR, deadlineAt: NOW + ms, isAdmitted }, busy);
    const refused = (at: number | undefined): Decision => ({
      kind: 'refuse',
      refusal: { kind: 'pace', needed: 4, freeAt: at },
    });

    expect(freeAt(3_001)).toEqual(refused(NOW + 1_000));
    expect(freeAt(3_000)).toEqual(refused(undefined));
    expect(freeAt(3_001, true)).toEqual(refused(undefined));
  });
});

describe('calls that were counted before', () => {
  const again = (state: Partial<GateState>): Decision =>
    reschedule({ ...EMPTY_STATE, ...state }, { ...REQUEST, count: 3 }, { pace: PACE, now: NOW });

  it('are given their times and not counted again', () => {
    const decision = again({});

    expect(startsMs(decision)).toEqual([0, 0, 1_000]);
    expect(decision).toMatchObject({ next: { hours: EMPTY_STATE.hours } });
  });

  it('are refused in a cooldown, and after it no more', () => {
    const cooldown = { until: NOW + 1, reason: 'quota' as const };

    expect(again({ cooldown })).toEqual({
      kind: 'refuse',
      refusal: { kind: 'cooldown', ...cooldown },
    });
    expect(again({ cooldown: { ...cooldown, until: NOW } }).kind).toBe('go');
  });
});
