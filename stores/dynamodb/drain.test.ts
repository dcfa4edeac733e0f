import fc from 'fast-check';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { DRAIN_BUDGET_MS, drain } from './drain.ts';

const FAR = START_MS + 86_400_000;

/** Sends everything but what `keepBack` says, and notes what it was given each time. */
function senderOf(keepBack: (units: readonly string[], call: number) => readonly string[]): {
  sent: (readonly string[])[];
  send: (units: readonly string[]) => Promise<readonly string[]>;
} {
  const sent: (readonly string[])[] = [];
  const send = (units: readonly string[]): Promise<readonly string[]> => {
    sent.push(units);
    return Promise.resolve(keepBack(units, sent.length));
  };
  return { sent, send };
}

describe('drain', () => {
  it('sends once, without a wait, where all is taken', async () => {
    const clock = createVirtualClock();
    const { send, sent } = senderOf(() => []);

    expect(await drain(['a', 'b'], send, { clock, deadlineAt: FAR })).toEqual([]);

    expect([sent, clock.slept]).toEqual([[['a', 'b']], []]);
  });

  it('sends again only what came back unprocessed', async () => {
    const clock = createVirtualClock();
    const { send, sent } = senderOf((units, call) => (call === 3 ? [] : units.slice(1)));

    await drain(['a', 'b', 'c'], send, { clock, deadlineAt: FAR });

    expect(sent).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
  });

  it('waits longer from time to time, up to two seconds, and gives up after twelve', async () => {
    const clock = createVirtualClock({ chances: [0.999999] });
    const { send } = senderOf((units) => units);

    expect(await drain(['a'], send, { clock, deadlineAt: FAR })).toEqual(['a']);

    expect(clock.slept.map(Math.round)).toEqual([
      50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000,
    ]);
    expect(clock.now() - START_MS).toBeLessThan(DRAIN_BUDGET_MS);
  });

  it('spreads its waits down to none', async () => {
    const clock = createVirtualClock({ chances: [0] });
    const { send } = senderOf((units, call) => (call < 5 ? units : []));

    await drain(['a'], send, { clock, deadlineAt: FAR });

    expect(clock.slept).toEqual([0, 0, 0, 0]);
  });

  it("does not wait beyond the run's deadline and hands back what is left", async () => {
    const clock = createVirtualClock({ chances: [0.999999] });
    const { send, sent } = senderOf((units) => units.slice(-1));

    expect(await drain(['a', 'b'], send, { clock, deadlineAt: START_MS + 120 })).toEqual(['b']);

    expect(sent).toEqual([['a', 'b'], ['b']]);
    expect(clock.now()).toBeLessThan(START_MS + 120);
  });

  it('sends once even when the time is up already: the first try costs no wait', async () => {
    const clock = createVirtualClock();
    const { send, sent } = senderOf((units) => units);

    expect(await drain(['a'], send, { clock, deadlineAt: START_MS - 1 })).toEqual(['a']);

    expect(sent).toHaveLength(1);
  });

  it('loses nothing: what was not taken is handed back, whatever is kept back and when', async () => {
    const outcomes = fc.array(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(outcomes, fc.nat(20_000), async (kept, leftMs) => {
        const taken: string[] = [];
        const { send } = senderOf((units, call) => {
          const left = units.filter((_, index) => kept[call]?.[index] === true);
          taken.push(...units.filter((unit) => !left.includes(unit)));
          return left;
        });
        const limits = { clock: createVirtualClock(), deadlineAt: START_MS + leftMs };
        const left = await drain(['a', 'b', 'c', 'd', 'e'], send, limits);
        expect([...taken, ...left].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
      }),
      { numRuns: 30 },
    );
  });
});
