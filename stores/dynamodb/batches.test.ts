import { setImmediate as turn } from 'node:timers/promises';
import { runAll } from './batches.ts';

describe('runAll', () => {
  it('gives the results in order and never runs more at once than it may', async () => {
    let inFlight = 0;
    let most = 0;

    const results = await runAll([3, 1, 2, 5, 4], 2, async (unit) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      for (let turns = unit; turns > 0; turns -= 1) await turn();
      inFlight -= 1;
      return unit * 10;
    });

    expect(results).toEqual([30, 10, 20, 50, 40]);
    expect(most).toBe(2);
  });

  it('after a failure starts nothing, awaits what is under way, and throws the failure', async () => {
    const finished: number[] = [];
    const started: number[] = [];

    const running = runAll([1, 2, 3, 4], 2, async (unit) => {
      started.push(unit);
      await turn();
      if (unit === 1) throw new Error('the first');
      await turn();
      finished.push(unit);
    });

    await expect(running).rejects.toThrow('the first');
    expect(started).toEqual([1, 2]);
    expect(finished).toEqual([2]);
  });
});
