/** Figures, days and moments as text. */
import { toCount } from '../../charts/chart.ts';
import { toShortDay } from '../../charts/days.ts';
import type { Calendar } from '../numbers/calendar.ts';

export { toCount } from '../../charts/chart.ts';

export const NO_NAME = '(no name)';

export const toName = (name: string): string => (name.trim() === '' ? NO_NAME : name);

/** `3 Mar 2026 – 8 Mar 2026`, or the one day. */
export function toDayRange(from: number, days: number): string {
  return days === 1 ? toShortDay(from) : `${toShortDay(from)} – ${toShortDay(from + days - 1)}`;
}

/** Of a moment, in the viewer's zone. */
export const toDayOf = (calendar: Calendar, ms: number): string =>
  Number.isFinite(ms) ? toShortDay(calendar.dayOf(ms)) : '';

/** `3 Mar 2026, 14:05` */
export function toMoment(calendar: Calendar, ms: number): string {
  return `${toDayOf(calendar, ms)}, ${toClock(calendar, ms)}`;
}

/** `14:05` */
export function toClock({ zone }: Calendar, ms: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: zone }).format(ms);
}

export const toPercent = (share: number): string => `${Math.round(share * 100)} %`;

/** `2 h 5 min`; from 100 hours on without minutes. */
export function toDuration(minutes: number): string {
  const whole = Math.round(minutes);
  const [hours, rest] = [Math.floor(whole / 60), whole % 60];
  if (hours === 0) return `${rest} min`;
  return hours >= 100 || rest === 0 ? `${toCount(hours)} h` : `${hours} h ${rest} min`;
}

export const toMinutesAndSeconds = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

export function quantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${toCount(count)} ${count === 1 ? noun : plural}`;
}
