import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { orReadError, orTableError } from './one-call.ts';

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
  return { clock, context: { what: 'the call', limits: { clock, deadlineAt: START_MS + leftMs } } };
};

describe.each([orTableError, orReadError])('%p', (run) => {
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

  it('hands on at once what no repeat can mend', async () => {
    const { call, calls } = failing([refused]);

    await expect(run(contextOf().context, call)).rejects.toBe(refused);

    expect(calls()).toBe(1);
  });
});

it('repeats a call that must not be applied twice only after DynamoDB has refused it', async () => {
  const { call, calls } = failing([throttled, outage]);
  const { context } = contextOf();

  await expect(orReadError({ ...context, isOnce: true }, call)).rejects.toMatchObject({
    code: 'TABLE_UNAVAILABLE',
  });

  expect(calls()).toBe(2);
});
