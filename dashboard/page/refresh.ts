/** A page that a command serves asks whether its library changed. */
import { useEffect, useState } from 'preact/hooks';
import type { DashboardData } from '../data.ts';
import { unpackDashboard } from '../unpack.ts';

const PAUSE_MS = 5000;
const FAILURES = 3;

type Served = {
  /** Of the library that the page was made from; undefined in a file. */
  readonly version: string | undefined;
  readonly onData: (data: DashboardData) => void;
};

/** Why the page is not refreshed any more, as a sentence; undefined while it is. */
export function useRefresh({ onData, version }: Served): string | undefined {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (version === undefined) return undefined;
    const stop = new AbortController();
    let known = version;
    let failures = 0;
    const look = async (): Promise<void> => {
      const current = await getText('dashboard/version', stop.signal);
      if (current === known) return;
      onData(await unpackDashboard(await getText('dashboard/data', stop.signal)));
      known = current;
    };
    const keepLooking = async (): Promise<void> => {
      try {
        await look();
        failures = 0;
        setProblem(undefined);
      } catch (error) {
        failures += 1;
        if (failures >= FAILURES && error instanceof Error) setProblem(error.message);
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void keepLooking(), PAUSE_MS);
    };
    let timer = setTimeout(() => void keepLooking(), PAUSE_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [version]);
  return problem;
}

/** @throws Error with a sentence for the person */
async function getText(path: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(path, { signal, cache: 'no-store' }).catch(() => undefined);
  if (response?.ok === true) return await response.text();
  // So the command answers where it cannot read the library. Another program can have its port now.
  throw new Error(response?.status === 503 ? await response.text() : 'The command has ended.');
}
