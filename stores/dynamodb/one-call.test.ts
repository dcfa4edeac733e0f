import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { callTable, REPEAT_BUDGET_MS, repeat } from './one-call.ts';
import { OutOfTimeError } from './table-errors.ts';

const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
const outage = Object.assign(new Error('oops'), { $metadata: { httpStatusCode: 500 } });
const refused = Object.assign(new Error('no'), { name: 'ValidationException' });

function failing(errors: readonly Error[]): { calls: () => number; call: () => Promise<string> } {
  let calls = 0;
  return {
    calls: () => calls,
    call: () => {
      const error = errors[calls];
      calls += 1;
      return error === undefined ? Promise.resolve('done') : Promise.reject(error);
    },
  };
}

const contextOf = (leftMs = 60_000) => {
  const clock = createVirtualClock({ chances: [0.999999] });
  const limits = { clock, deadlineAt: START_MS + leftMs };
  return { clock, context: { purpose: 'read', what: 'the call', limits } as const };
};

describe('repeat', () => {
  const forEver = () => Promise.reject(throttled);

  it('waits longer from time to time, up to two seconds, and gives up after twelve', async () => {
    const { clock, context } = contextOf();

    await expect(repeat(context.limits, forEver)).rejects.toBe(throttled);

    expect(clock.slept.map(Math.round)).toEqual([
      50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000,
    ]);
    expect(clock.now() - START_MS).toBeLessThan(REPEAT_BUDGET_MS);
  });

  it('spreads its waits down to none', async () => {
    const clock = createVirtualClock({ chances: [0] });
    const { call } = failing([throttled, outage, throttled]);

    expect(await repeat({ clock, deadlineAt: START_MS + 60_000 }, call)).toBe('done');

    expect(clock.slept).toEqual([0, 0, 0]);
  });

  it('sends nothing where the time is up already', async () => {
    const { call, calls } = failing([]);

    await expect(repeat(contextOf(-1).context.limits, call)).rejects.toThrow(OutOfTimeError);

    expect(calls()).toBe(0);
  });
});

describe.each(['read', 'load', 'lastWrite'] as const)('a call for a %s', (purpose) => {
  const run = (context: ReturnType<typeof contextOf>['context'], call: () => Promise<string>) =>
    callTable({ ...context, purpose }, call);

  it('runs a call again while what it fails with may pass, and waits longer from time to time', async () => {
    const { call, calls } = failing([throttled, outage, throttled]);
    const { clock, context } = contextOf();

    expect(await run(context, call)).toBe('done');

    expect([calls(), clock.slept.map(Math.round)]).toEqual([4, [50, 100, 200]]);
  });

  it('gives up after six repeats and says what for', async () => {
    const { call, calls } = failing(Array.from({ length: 9 }, () => throttled));

    await expect(run(contextOf().context, call)).rejects.toMatchObject({
      code: 'TABLE_THROTTLED',
      message: expect.stringContaining('the call'),
      cause: throttled,
    });

    expect(calls()).toBe(7);
  });

  it('does not wait beyond the deadline', async () => {
    const { call, calls } = failing([outage, outage, outage]);
    const { clock, context } = contextOf(100);

    await expect(run(context, call)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });

    expect([calls(), clock.now() < START_MS + 100]).toEqual([2, true]);
  });

  it('hands on at once what no repeat can fix', async () => {
    const { call, calls } = failing([refused]);

    await expect(run(contextOf().context, call)).rejects.toBe(refused);

    expect(calls()).toBe(1);
  });
});

it('makes a call only once where it must not be repeated', async () => {
  const { call, calls } = failing([throttled, outage]);

  await expect(callTable({ ...contextOf().context, maxRepeats: 0 }, call)).rejects.toMatchObject({
    code: 'TABLE_THROTTLED',
  });

  expect(calls()).toBe(1);
});
