import { within } from './within.ts';

const patience = (ms: number, stop = new AbortController().signal) => ({
  ms,
  stop,
  onTimeout: () => new Error('nobody came'),
});
const never = (): Promise<never> => new Promise<never>(() => undefined);

test('what comes in time is taken, and its failure too', async () => {
  expect(await within(patience(60_000), () => Promise.resolve('here'))).toBe('here');
  const broken = (): Promise<never> => Promise.reject(new Error('broken'));
  await expect(within(patience(60_000), broken)).rejects.toThrow('broken');
});

test('waiting ends with the time, and when it is stopped', async () => {
  await expect(within(patience(1), never)).rejects.toThrow('nobody came');

  const stop = new AbortController();
  const waiting = within(patience(60_000, stop.signal), never);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(within(patience(60_000, stop.signal), never)).rejects.toThrow('stopped');
});

test('what is given up is told so, with the reason', async () => {
  let given: AbortSignal | undefined;
  const begin = (signal: AbortSignal): Promise<never> => {
    given = signal;
    return never();
  };

  await expect(within(patience(1), begin)).rejects.toThrow('nobody came');
  expect(given?.reason).toEqual(new Error('nobody came'));
});
