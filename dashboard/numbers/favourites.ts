/** Songs that were forgotten, and songs that are new. */
import type { TimeRange } from '../../etl/model/imports.ts';
import type { DashboardData } from '../data.ts';
import type { History } from './history.ts';
import type { DayPeriod } from './periods.ts';
import { ALL_TIME, byPlays, countRows, type TopRow } from './tops.ts';

const FAVOURITE_PLAYS = 20;
const FORGOTTEN_DAYS = 365;

/** Songs with 20 plays or more, and none for 365 days. */
export function listForgotten(history: History, nowDay: number): TopRow[] {
  return countRows(history, 'songs', ALL_TIME)
    .filter(
      ({ lastMs, plays }) =>
        plays >= FAVOURITE_PLAYS && history.calendar.dayOf(lastMs) <= nowDay - FORGOTTEN_DAYS,
    )
    .sort(byPlays);
}

export type FirstListen = {
  /** With its plays of all time. */
  readonly row: TopRow;
  /** False: it was heard then or earlier, as plays from before may be missing. */
  readonly isExact: boolean;
};

/** Songs first heard in the period, the newest first. */
export function listFirstListens(history: History, { from, until }: DayPeriod): FirstListen[] {
  const { calendar, data } = history;
  const known = findKnownTime(data) ?? { firstMs: Number.POSITIVE_INFINITY, lastMs: 0 };
  const isIn = (day: number): boolean => day >= from && day < until;
  return countRows(history, 'songs', ALL_TIME)
    .filter(({ firstMs }) => isIn(calendar.dayOf(firstMs)))
    .sort((one, other) => other.firstMs - one.firstMs)
    .map((row) => ({
      row,
      isExact: row.firstMs >= known.firstMs && row.firstMs <= known.lastMs,
    }));
}

/** From the beginning of what is known to its first gap: a first listen then is one. Undefined where nothing is. */
export function findKnownTime({ covered, gaps }: DashboardData): TimeRange | undefined {
  const [first] = covered;
  if (first === undefined) return undefined;
  const { firstMs } = first;
  let { lastMs } = first;
  for (const next of covered) {
    if (next.firstMs <= lastMs) lastMs = Math.max(lastMs, next.lastMs);
  }
  const open = gaps.filter(({ beforeMs, isClosed }) => !isClosed && beforeMs > firstMs);
  return { firstMs, lastMs: Math.min(lastMs, ...open.map(({ afterMs }) => afterMs)) };
}

/** The moment from which all plays are known; undefined where none is. */
export function completeSinceMs({ covered, gaps }: DashboardData): number | undefined {
  const last = covered.at(-1);
  if (last === undefined) return undefined;
  let sinceMs = last.firstMs;
  for (const { firstMs, lastMs } of covered.toReversed()) {
    if (lastMs >= sinceMs) sinceMs = Math.min(sinceMs, firstMs);
  }
  const open = gaps.filter(({ isClosed }) => !isClosed);
  return Math.max(sinceMs, ...open.map(({ beforeMs }) => beforeMs));
}
