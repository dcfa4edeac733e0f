/** What the viewer chose; kept in this browser and nowhere else. */
import { useEffect, useState } from 'preact/hooks';
import type { Measure } from '../numbers/history.ts';

export type Settings = {
  readonly zone: string;
  /** 0 = Sunday. */
  readonly firstWeekday: number;
  readonly measure: Measure;
};

export type ChangeSettings = (changed: Partial<Settings>) => void;

const KEY = 'spotify-etl dashboard';

export function useSettings(): [Settings, ChangeSettings] {
  const [settings, set] = useState(load);
  useEffect(() => {
    const follow = ({ key }: StorageEvent): void => {
      if (key === KEY) set(load());
    };
    addEventListener('storage', follow);
    return () => {
      removeEventListener('storage', follow);
    };
  }, []);
  const change: ChangeSettings = (changed) => {
    const next = { ...settings, ...changed };
    set(next);
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // A browser can refuse to keep anything for a file.
    }
  };
  return [settings, change];
}

/** By its name, or by that of its city, which can be another than in the browser's list: Kyiv is its Kiev. */
export function findZone(text: string): string | undefined {
  const wanted = text.trim().replaceAll(' ', '_');
  const regions = Intl.supportedValuesOf('timeZone').map((zone) =>
    zone.slice(0, zone.lastIndexOf('/') + 1),
  );
  return ['', ...new Set(regions)]
    .map((region) => resolveZone(region + wanted))
    .find((zone) => zone !== undefined);
}

function resolveZone(timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function load(): Settings {
  const usual: Settings = {
    zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    firstWeekday: 1,
    measure: 'plays',
  };
  const kept = read();
  if (typeof kept !== 'object' || kept === null) return usual;
  const { firstWeekday, measure, zone } = { firstWeekday: 0, measure: '', zone: '', ...kept };
  return {
    zone: (typeof zone === 'string' ? resolveZone(zone) : undefined) ?? usual.zone,
    firstWeekday: [0, 1, 6].includes(firstWeekday) ? firstWeekday : usual.firstWeekday,
    measure: measure === 'minutes' ? measure : usual.measure,
  };
}

function read(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null');
  } catch {
    return undefined;
  }
}
