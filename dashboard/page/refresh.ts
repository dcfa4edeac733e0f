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

/** Whether the command that refreshes the page has ended. */
export function useRefresh({ onData, version }: Served): boolean {
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    if (version === undefined) return undefined;
    const stop = new AbortController();
    let known = version;
    const look = async (): Promise<void> => {
      const current = await getText('dashboard/version', stop.signal);
      if (current === undefined || current === known) return;
      const packed = await getText('dashboard/data', stop.signal);
      if (packed === undefined) return;
      onData(await unpackDashboard(packed));
      known = current;
    };
    const keepLooking = async (): Promise<void> => {
      try {
        await look();
        setFailures(0);
      } catch {
        setFailures((count) => count + 1);
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void keepLooking(), PAUSE_MS);
    };
    let timer = setTimeout(() => void keepLooking(), PAUSE_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [version]);
  return failures >= FAILURES;
}

/** Undefined where the command answers that it cannot read the library now. */
async function getText(path: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(path, { signal, cache: 'no-store' });
  return response.ok ? await response.text() : undefined;
}
