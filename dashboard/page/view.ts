/** What all pages are drawn from. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { DashboardData } from '../data.ts';
import { createCalendar } from '../numbers/calendar.ts';
import { type History, type Measure, prepareHistory } from '../numbers/history.ts';
import { type ChosenPeriod, choosePeriod, type DayPeriod } from '../numbers/periods.ts';
import { formatChoice, type Route } from './route.ts';
import type { Settings } from './settings.ts';

export type View = {
  readonly data: DashboardData;
  readonly history: History;
  readonly measure: Measure;
  readonly chosen: ChosenPeriod;
  readonly period: DayPeriod;
  /** From the first play to today. */
  readonly known: DayPeriod;
  /** The day on which the page was made. */
  readonly today: number;
  readonly route: Route;
};

export function useView(data: DashboardData, settings: Settings, route: Route): View {
  const { firstWeekday, measure, zone } = settings;
  const history = useMemo(
    () => prepareHistory(data, createCalendar(zone, firstWeekday)),
    [data, zone, firstWeekday],
  );
  const [chosen, { period: known }] = useMemo(() => {
    const { endedAtMs, length } = data.plays;
    const at = {
      calendar: history.calendar,
      nowMs: data.madeAtMs,
      firstMs: endedAtMs[0],
      lastMs: endedAtMs[length - 1],
    };
    return [choosePeriod(route.choice, at), choosePeriod({ kind: 'all' }, at)];
  }, [history, formatChoice(route.choice)]);
  return {
    data,
    history,
    measure,
    chosen,
    period: chosen.period,
    known,
    today: history.calendar.dayOf(data.madeAtMs),
    route,
  };
}

/** The value, once what is seen first is on the screen; undefined at first, and the one before while a new one waits. */
export function useLater<Value>(value: Value): Value | undefined {
  const [later, set] = useState<Value>();
  useEffect(() => {
    const timer = setTimeout(() => {
      set(() => value);
    });
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return later;
}

/** Runs `done` when the browser has painted. */
export function afterPaint(done: () => void): void {
  requestAnimationFrame(() => {
    setTimeout(done);
  });
}
