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

/** By its name, or by that of its city. */
export function findZone(text: string): string | undefined {
  const wanted = text.trim().replaceAll(' ', '_');
  if (isZone(wanted)) return wanted;
  return Intl.supportedValuesOf('timeZone').find((zone) =>
    zone.toLowerCase().endsWith(`/${wanted.toLowerCase()}`),
  );
}

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
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
    zone: typeof zone === 'string' && isZone(zone) ? zone : usual.zone,
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
