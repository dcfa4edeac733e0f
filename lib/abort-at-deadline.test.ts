import { abortAtDeadline } from './abort-at-deadline.ts';

const deadline = (ms: number, signal?: AbortSignal) => ({
  ms,
  signal,
  onTimeout: () => new Error('too late'),
});
const never = (): Promise<never> => new Promise<never>(() => undefined);

test('returns what is ready in time, however far the deadline is, and throws what fails in time', async () => {
  for (const ms of [60_000, Number.POSITIVE_INFINITY]) {
    expect(await abortAtDeadline(deadline(ms), () => Promise.resolve('here'))).toBe('here');
  }
  const broken = (): Promise<never> => Promise.reject(new Error('broken'));
  await expect(abortAtDeadline(deadline(60_000), broken)).rejects.toThrow('broken');
});

test('ends at the deadline, and when the signal is aborted', async () => {
  await expect(abortAtDeadline(deadline(1), never)).rejects.toThrow('too late');

  const stop = new AbortController();
  const waiting = abortAtDeadline(deadline(60_000, stop.signal), never);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(abortAtDeadline(deadline(60_000, stop.signal), never)).rejects.toThrow('stopped');
});

test('aborts what it gives up, with the reason', async () => {
  let given: AbortSignal | undefined;
  const begin = (signal: AbortSignal): Promise<never> => {
    given = signal;
    return never();
  };

  await expect(abortAtDeadline(deadline(1), begin)).rejects.toThrow('too late');
  expect(given?.reason).toEqual(new Error('too late'));
});
