/** When music was heard. */
import type { DashboardItem } from '../data.ts';
import { weekdayOf } from './calendar.ts';
import { eachPlay, type History, isCounted, isSkipped, MUSIC } from './history.ts';
import type { DayPeriod } from './periods.ts';

export * from './days.ts';
export * from './months.ts';
export * from './sessions.ts';
export * from './streaks.ts';

/** The first index is the weekday, 0 = Sunday, the second the hour. */
export function toWeekHours(
  history: History,
  period: DayPeriod,
): { readonly plays: number[][]; readonly minutes: number[][] } {
  const [plays = [], minutes = []] = [0, 1].map(() => Array.from({ length: 7 }, () => zeros(24)));
  eachPlay(history, period, (at) => {
    if (history.kind[at] !== MUSIC) return;
    const weekday = weekdayOf(history.day[at] ?? 0);
    const hour = history.calendar.hourOf(history.data.plays.endedAtMs[at] ?? 0);
    add(minutes[weekday], hour, (history.heardMs[at] ?? 0) / 60_000);
    if (isCounted(history, at)) add(plays[weekday], hour, 1);
  });
  return { plays, minutes };
}

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

function add(to: number[] = [], at: number, value: number): void {
  to[at] = (to[at] ?? 0) + value;
}

export type PlayOfDay = {
  readonly endedAtMs: number;
  readonly item: DashboardItem;
  /** −1: unknown. */
  readonly heardMs: number;
  readonly isCounted: boolean;
  readonly isSkipped: boolean;
};

/** All plays of a day, the oldest first, with what statistics leave out. */
export function listPlaysOfDay(history: History, day: number): readonly PlayOfDay[] {
  const { items, plays } = history.data;
  const listed: PlayOfDay[] = [];
  eachPlay(history, { from: day, until: day + 1 }, (at) => {
    const item = items[plays.item[at] ?? 0];
    if (item === undefined) return;
    listed.push({
      endedAtMs: plays.endedAtMs[at] ?? 0,
      item,
      heardMs: plays.heardMs[at] ?? -1,
      isCounted: isCounted(history, at),
      isSkipped: isSkipped(history, at),
    });
  });
  return listed;
}
