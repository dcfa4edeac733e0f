import { type AppFacts, EMPTY_STATE, type GateState } from './gate-state.ts';
import { type AfterRun, afterRun, type Leaving } from './leaving.ts';
import { toHour } from './ledger.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const PACE = { burstCalls: 2, callsPerSecond: 1 };
const AUTHORIZED_AT = '2026-05-24T12:00:00.000Z';
const KNOWN: Required<AppFacts> = { appKind: 'A or B', playlistApi: 'tracks', pageLimit: 50 };
const STATE: GateState = {
  ...EMPTY_STATE,
  revision: 7,
  hours: new Map([[toHour(NOW), { playlist: 2, 'playlist-items': 10 }]]),
  fullAt: NOW + 12_000,
  facts: KNOWN,
  announced: { authorizedAt: AUTHORIZED_AT, days: 7 },
};

function leave(leaving: Partial<Leaving>): AfterRun {
  return afterRun(
    STATE,
    { unused: [], facts: {}, loginAge: undefined, ...leaving },
    { owner: 'process-1', pace: PACE, now: NOW },
  );
}

describe('a run that ends', () => {
  it('writes nothing where it has nothing to tell', () => {
    expect(leave({})).toEqual({ next: undefined, announcement: undefined });
    expect(leave({ facts: KNOWN }).next).toBeUndefined();
  });

  it.each<[keyof AppFacts, AppFacts]>([
    ['appKind', { appKind: 'C' }],
    ['playlistApi', { playlistApi: 'items' }],
    ['pageLimit', { pageLimit: 25 }],
  ])(
    'tells of the app what is news, be it the %s alone, and leaves what it did not learn',
    (_, facts) => {
      expect(leave({ facts }).next).toEqual({ ...STATE, facts: { ...KNOWN, ...facts } });
    },
  );

  it('gives back to its hour and to the pace what it leased and did not call', () => {
    const unused = [
      { calls: { 'playlist-items': 3, playlist: 1 }, leasedAt: NOW },
      { calls: { 'playlist-items': 1 }, leasedAt: NOW },
    ];
    const hours = new Map([[toHour(NOW), { playlist: 1, 'playlist-items': 6 }]]);

    expect(leave({ unused }).next).toEqual({ ...STATE, hours, fullAt: NOW + 12_000 - 5_000 });
  });

  it('has no pace to give anything back to where none is set', () => {
    const unused = [{ calls: { playlist: 1 }, leasedAt: NOW }];
    const after = afterRun(
      STATE,
      { unused, facts: {}, loginAge: undefined },
      { owner: 'process-1', pace: undefined, now: NOW },
    );

    expect(after.next?.fullAt).toBe(STATE.fullAt);
  });

  it('leaves what was announced as it is where it announces nothing', () => {
    const loginAge = { authorizedAt: AUTHORIZED_AT, daysLeft: 5 };
    const { announcement, next } = leave({ facts: { pageLimit: 25 }, loginAge });

    expect(announcement).toBeUndefined();
    expect(next?.announced).toEqual(STATE.announced);
  });

  it('notes what it announces', () => {
    const { announcement, next } = leave({
      loginAge: { authorizedAt: AUTHORIZED_AT, daysLeft: 1 },
    });

    expect(announcement).toBe(1);
    expect(next).toEqual({ ...STATE, announced: { authorizedAt: AUTHORIZED_AT, days: 1 } });
  });

  it("frees the lane it expected to need for longer, and nobody else's", () => {
    const lane = (owner: string, ms: number): GateState['lane'] => ({ owner, freeAt: NOW + ms });
    const after = (held: GateState['lane']): GateState | undefined =>
      afterRun(
        { ...STATE, lane: held },
        { unused: [], facts: {}, loginAge: undefined },
        { owner: 'process-1', pace: PACE, now: NOW },
      ).next;

    expect(after(lane('process-1', 1_001))?.lane).toEqual(lane('process-1', 0));
    expect(after(lane('process-1', 1_000))).toBeUndefined();
    expect(after(lane('process-2', 9_000))).toBeUndefined();
    expect(after(undefined)).toBeUndefined();
  });
});
