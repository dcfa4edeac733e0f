/** Periods of days, each with the one before it to compare with. */
import { type Calendar, firstDayOfMonth, monthOf, toIsoDay, weekdayOf } from './calendar.ts';

export type PeriodChoice =
  | { readonly kind: 'all' }
  /** The calendar week, month or year that runs now. */
  | { readonly kind: 'week' | 'month' | 'year' }
  | { readonly kind: 'oneYear'; readonly year: number }
  | { readonly kind: 'oneMonth'; readonly month: number }
  /** Rolling, with today. */
  | { readonly kind: 'last'; readonly days: number }
  /** Both days included. */
  | { readonly kind: 'own'; readonly from: number; readonly until: number };

/** Days from `from` on and before `until`. */
export type DayPeriod = { readonly from: number; readonly until: number };

export type ChosenPeriod = {
  readonly period: DayPeriod;
  /** Undefined where the history begins in it or after it, and for all time. */
  readonly before: DayPeriod | undefined;
  readonly label: string;
  readonly beforeLabel: string;
};

export type PeriodContext = {
  readonly calendar: Calendar;
  readonly nowMs: number;
  /** The ends of the first and the last play; undefined without any. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
};

/** A calendar period, whole, with the start of the one before and what both are called. */
type Stretch = DayPeriod & {
  readonly beforeFrom: number;
  readonly label: string;
  readonly beforeLabel: string;
};

/**
 * The period before is as long: it has as many days of a running week, month or year as have passed, and all days of one that is
 * over. It never reaches into the period itself, so that 31 March is compared with all of February. Rolling periods and own dates
 * are cut to the days from the first play to today.
 */
export function choosePeriod(choice: PeriodChoice, at: PeriodContext): ChosenPeriod {
  const today = at.calendar.dayOf(at.nowMs);
  const firstDay = at.firstMs === undefined ? undefined : at.calendar.dayOf(at.firstMs);
  const lastDay = Math.max(today, at.lastMs === undefined ? today : at.calendar.dayOf(at.lastMs));
  const known = { from: Math.min(firstDay ?? today, today), until: lastDay + 1 };
  if (choice.kind === 'all') {
    return { period: known, before: undefined, label: 'All time', beforeLabel: '' };
  }
  const chosen =
    choice.kind === 'last' || choice.kind === 'own'
      ? toRolling(choice, today, known)
      : toCalendarPeriod(toStretch(choice, { calendar: at.calendar, today }), today);
  const isKnown = firstDay !== undefined && firstDay <= chosen.before.from;
  return { ...chosen, before: isKnown ? chosen.before : undefined };
}

type Compared = ChosenPeriod & { readonly before: DayPeriod };
type RollingChoice = Extract<PeriodChoice, { kind: 'last' | 'own' }>;
type CalendarChoice = Exclude<PeriodChoice, RollingChoice | { kind: 'all' }>;

function toRolling(choice: RollingChoice, today: number, known: DayPeriod): Compared {
  const [first, last] =
    choice.kind === 'last' ? [today + 1 - choice.days, today] : [choice.from, choice.until];
  const toKnown = (day: number): number => Math.min(Math.max(day, known.from), known.until - 1);
  const from = toKnown(Math.min(first, last));
  const until = toKnown(Math.max(first, last)) + 1;
  const days = until - from;
  const isOneDay = days === 1 ? toIsoDay(from) : `${toIsoDay(from)} to ${toIsoDay(until - 1)}`;
  return {
    period: { from, until },
    before: { from: from - days, until: from },
    label: choice.kind === 'last' ? `Last ${toDays(choice.days)}` : isOneDay,
    beforeLabel: `the ${toDays(days)} before`,
  };
}

const toDays = (days: number): string => (days === 1 ? 'day' : `${days} days`);

function toCalendarPeriod(stretch: Stretch, today: number): Compared {
  const { beforeFrom, beforeLabel, from, label } = stretch;
  const isRunning = from <= today && today < stretch.until - 1;
  const until = isRunning ? today + 1 : stretch.until;
  const beforeUntil = isRunning ? Math.min(beforeFrom + until - from, from) : from;
  return {
    period: { from, until },
    before: { from: beforeFrom, until: beforeUntil },
    label,
    beforeLabel: isRunning
      ? `the first ${toDays(beforeUntil - beforeFrom)} of ${beforeLabel}`
      : beforeLabel,
  };
}

type Place = { readonly calendar: Calendar; readonly today: number };

function toStretch(choice: CalendarChoice, { calendar, today }: Place): Stretch {
  const thisMonth = monthOf(today);
  switch (choice.kind) {
    case 'week': {
      const from = today - ((weekdayOf(today) - calendar.firstWeekday + 7) % 7);
      const names = { label: 'This week', beforeLabel: 'last week' };
      return { from, until: from + 7, beforeFrom: from - 7, ...names };
    }
    case 'month':
      return { ...toMonth(thisMonth), label: 'This month', beforeLabel: 'last month' };
    case 'year': {
      const year = Math.floor(thisMonth / 12);
      return { ...toYear(year), label: 'This year', beforeLabel: 'last year' };
    }
    case 'oneYear':
      return toYear(choice.year);
    case 'oneMonth':
      return toMonth(choice.month);
  }
}

function toYear(year: number): Stretch {
  const [beforeFrom = 0, from = 0, until = 0] = [year - 1, year, year + 1].map((each) =>
    firstDayOfMonth(each * 12),
  );
  return { from, until, beforeFrom, label: `${year}`, beforeLabel: `${year - 1}` };
}

function toMonth(month: number): Stretch {
  const [beforeFrom = 0, from = 0, until = 0] = [month - 1, month, month + 1].map(firstDayOfMonth);
  const format = new Intl.DateTimeFormat('en-GB', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const nameOf = (day: number): string => format.format(day * 86_400_000);
  return { from, until, beforeFrom, label: nameOf(from), beforeLabel: nameOf(beforeFrom) };
}
