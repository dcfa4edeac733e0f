import { LOAD_CALLS_A_DAY, simulateFleet } from '../support/account-simulation.ts';

/** `npm run bench -- scaling` does it for a million lists. */
describe('Accounts that load all their lists for the first time', () => {
  test('with 200 lists each need no more than a day, and no wait', async () => {
    const figures = await simulateFleet({ accounts: 20, listsEach: 200 });

    expect(figures).toMatchObject({ lists: 4_000, starts: 20, waits: 0, callsOverBudget: 0 });
    expect(figures.days).toBeLessThan(1);
    expect(figures.wastedCalls).toBe(0);
  });

  test('with thousands use the budget of every day up, and never more', async () => {
    const figures = await simulateFleet({ accounts: 2, listsEach: 5_000 });

    expect(figures).toMatchObject({ lists: 10_000, callsOverBudget: 0 });
    expect(figures.mostCallsADay).toBe(LOAD_CALLS_A_DAY);
    // The ledger counts by the hour, so a day of calls takes up to 25 hours; and one list a day is opened for nothing.
    const fewestDays = figures.calls / 2 / LOAD_CALLS_A_DAY;
    expect(figures.days).toBeGreaterThan(fewestDays - 1);
    expect(figures.days).toBeLessThan(fewestDays * 1.15 + 1);
    expect(figures.wastedCalls).toBeLessThan(figures.calls / 500);
  });
});
