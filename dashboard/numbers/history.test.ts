import { NO_DASHBOARD_DATA } from '../../test/fixtures/no-dashboard-data.ts';
import { createCalendar } from './calendar.ts';
import { completeSinceMs, findKnownTime, listFirstListens, listForgotten } from './favourites.ts';
import { prepareHistory } from './history.ts';
import { listOverlaps } from './playlists.ts';
import {
  listPlaysOfDay,
  listSessions,
  listStreaks,
  toDays,
  toMonths,
  toWeekHours,
} from './times.ts';
import { listTops } from './tops.ts';
import { toTotals } from './totals.ts';

const gap = (afterMs: number, beforeMs: number, isClosed = false) => ({
  ...{ afterMs, beforeMs, isClosed },
  cause: 'missed',
});

describe('the history is whole', () => {
  const since = (...ranges: [firstMs: number, lastMs: number][]): number | undefined =>
    completeSinceMs({
      ...NO_DASHBOARD_DATA,
      covered: ranges.map(([firstMs, lastMs]) => ({ firstMs, lastMs })),
    });

  test('at no time without an export and without a poll', () => {
    expect(since()).toBeUndefined();
  });

  test('from the beginning of an export that reaches the first poll', () => {
    expect(since([100, 500], [400, 900])).toBe(100);
    expect(since([100, 500], [500, 900])).toBe(100);
  });

  test('from the first poll, where nobody knows what was heard between the export and that', () => {
    expect(since([100, 500], [501, 900])).toBe(501);
    expect(since([100, 200], [300, 500], [400, 900])).toBe(300);
  });

  test('from the end of the last gap that no import has filled', () => {
    const covered = [{ firstMs: 100, lastMs: 900 }];
    const gaps = [gap(200, 300), gap(400, 500, true)];
    expect(completeSinceMs({ ...NO_DASHBOARD_DATA, covered, gaps })).toBe(300);
    expect(completeSinceMs({ ...NO_DASHBOARD_DATA, covered, gaps: [gap(20, 30)] })).toBe(100);
  });
});

test('a first listen is one from the beginning of what is known to its first open gap', () => {
  const known = (ranges: [firstMs: number, lastMs: number][], ...gaps: ReturnType<typeof gap>[]) =>
    findKnownTime({
      ...NO_DASHBOARD_DATA,
      covered: ranges.map(([firstMs, lastMs]) => ({ firstMs, lastMs })),
      gaps,
    });
  expect(known([])).toBeUndefined();
  expect(
    known([
      [100, 500],
      [400, 900],
    ]),
  ).toEqual({ firstMs: 100, lastMs: 900 });
  expect(
    known([
      [100, 500],
      [501, 900],
    ]),
  ).toEqual({ firstMs: 100, lastMs: 500 });
  const gaps = [gap(20, 90), gap(150, 200, true), gap(300, 400), gap(600, 700)];
  expect(known([[100, 900]], ...gaps)).toEqual({ firstMs: 100, lastMs: 300 });
});

test('a library without plays has no figure, in any period', () => {
  const history = prepareHistory(NO_DASHBOARD_DATA, createCalendar('Europe/Berlin'));
  const period = { from: 20_000, until: 20_031 };
  const { music, spoken } = toTotals(history, period);
  expect(new Set(Object.values({ ...music, ...spoken }))).toEqual(new Set([0]));
  for (const kind of ['songs', 'artists', 'albums', 'shows'] as const) {
    expect(listTops(history, kind, { ...period, by: 'plays' })).toEqual([]);
  }
  expect(toDays(history, period).plays).toEqual(new Uint32Array(31));
  expect(toWeekHours(history, period).plays.flat()).toEqual(Array.from({ length: 168 }, () => 0));
  expect(toMonths(history, period).map(({ plays }) => plays)).toEqual([0, 0]);
  expect(listStreaks(history, period)).toEqual({});
  expect(listSessions(history, period)).toEqual({ count: 0, longest: [] });
  expect(listPlaysOfDay(history, 20_000)).toEqual([]);
  expect(listForgotten(history, 20_031)).toEqual([]);
  expect(listFirstListens(history, period)).toEqual([]);
  expect(listOverlaps(NO_DASHBOARD_DATA)).toEqual([]);
});

test('a period that ends before it begins has no days', () => {
  const history = prepareHistory(NO_DASHBOARD_DATA, createCalendar('Europe/Berlin'));
  const period = { from: 20_001, until: 20_000 };
  expect(toDays(history, period).plays).toHaveLength(0);
  expect(toMonths(history, period)).toEqual([]);
  expect(toTotals(history, period).music.days).toBe(0);
});
