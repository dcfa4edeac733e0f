import { type CallRequest, type Decision, decide, type GateSettings } from './admission.ts';
import { EMPTY_STATE, type GateState } from './gate-state.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const PACE = { burstCalls: 2, callsPerSecond: 1 };
const REQUEST: CallRequest = {
  calls: { playlist: 1 },
  owner: 'process-1',
  deadlineAt: NOW + 10_000,
  isAdmitted: false,
};

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

describe('the turn of another process', () => {
  const othersUntil = (until: number): Partial<GateState> => ({
    turn: { owner: 'process-2', until },
  });

  it('is waited for where it ends in the time of the run', () => {
    expect(decideOn({}, othersUntil(NOW + 9_999))).toEqual({ kind: 'wait', until: NOW + 9_999 });
  });

  it.each([10_000, 12_000])(
    'of %d ms is no use to a run of 10,000, which is told when it ends',
    (ms) => {
      expect(decideOn({ calls: { 'playlist-items': 3 } }, othersUntil(NOW + ms))).toEqual({
        kind: 'refuse',
        refusal: { kind: 'pace', needed: 3, freeAt: NOW + ms },
      });
    },
  );

  it("that has just ended is in nobody's way", () => {
    expect(decideOn({}, othersUntil(NOW)).kind).toBe('go');
  });
});

describe('calls that are let go', () => {
  it('start all at once where there is no pace', () => {
    expect(decideOn({ calls: { 'playlist-items': 3 } }, {}, {})).toMatchObject({
      kind: 'go',
      startsAt: [NOW, NOW, NOW],
    });
  });

  it('take a turn that lasts 500 ms beyond the start of the last, and 250 more for each but the first', () => {
    expect(decideOn({ calls: { 'playlist-items': 4 } })).toMatchObject({
      kind: 'go',
      startsAt: [NOW, NOW, NOW + 1_000, NOW + 2_000],
      next: { turn: { owner: 'process-1', until: NOW + 2_000 + 500 + 750 } },
    });
  });
});

describe('the time of a run', () => {
  it('must not be up when the last call starts', () => {
    const calls = { 'playlist-items': 4 };

    expect(decideOn({ calls, deadlineAt: NOW + 2_001 }).kind).toBe('go');
    expect(decideOn({ calls, deadlineAt: NOW + 2_000 })).toEqual({
      kind: 'refuse',
      refusal: { kind: 'pace', needed: 4, freeAt: undefined },
    });
  });

  it('is another time long enough where only calls before stand in the way', () => {
    // The bucket is full again in a second: all four start a second later than from a full one.
    const busy = { fullAt: NOW + 1_000 };
    const calls = { 'playlist-items': 4 };

    expect(decideOn({ calls, deadlineAt: NOW + 2_500 }, busy)).toEqual({
      kind: 'refuse',
      refusal: { kind: 'pace', needed: 4, freeAt: NOW + 501 },
    });
  });
});
