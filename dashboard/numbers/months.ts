/** Month by month. */
import { monthOf } from './calendar.ts';
import { eachPlay, groupAt, type History, isCounted, MUSIC, SPOKEN } from './history.ts';
import type { DayPeriod } from './periods.ts';

export type MonthFigures = {
  readonly month: number;
  readonly plays: number;
  readonly minutes: number;
  readonly spokenPlays: number;
  readonly spokenMinutes: number;
  /** Songs first heard in it. */
  readonly firstListens: number;
  /** Plays of artists first heard in this month. */
  readonly newArtistPlays: number;
};

const NOTHING = {
  plays: 0,
  minutes: 0,
  spokenPlays: 0,
  spokenMinutes: 0,
  firstListens: 0,
  newArtistPlays: 0,
};

/** Every month of the period, those without plays too. */
export function toMonths(history: History, period: DayPeriod): MonthFigures[] {
  const { from, until } = period;
  if (until <= from) return [];
  const first = monthOf(from);
  const months = Array.from({ length: monthOf(until - 1) - first + 1 }, (_, at) => ({
    month: first + at,
    ...NOTHING,
  }));
  const numbers = Int32Array.from({ length: until - from }, (_, at) => monthOf(from + at) - first);
  const artists = history.groups('artists');
  const newIn = toFirstDays(history, 'artists').map((day) => monthOf(day) - first);
  eachPlay(history, period, (at) => {
    const number = numbers[(history.day[at] ?? 0) - from] ?? 0;
    const month = months[number];
    if (month === undefined) return;
    const plays = isCounted(history, at) ? 1 : 0;
    const minutes = (history.heardMs[at] ?? 0) / 60_000;
    if (history.kind[at] === SPOKEN) {
      month.spokenPlays += plays;
      month.spokenMinutes += minutes;
    }
    if (history.kind[at] !== MUSIC) return;
    month.plays += plays;
    month.minutes += minutes;
    if (newIn[groupAt(history, artists, at)] === number) month.newArtistPlays += plays;
  });
  for (const day of toFirstDays(history, 'songs')) {
    const month = day >= from && day < until ? months[monthOf(day) - first] : undefined;
    if (month !== undefined) month.firstListens += 1;
  }
  return months;
}

/** When each group was first heard; NaN for one that never was. */
const toFirstDays = ({ calendar, groups }: History, kind: 'songs' | 'artists'): number[] =>
  Array.from(groups(kind).firstMs, (ms) => (Number.isNaN(ms) ? ms : calendar.dayOf(ms)));
