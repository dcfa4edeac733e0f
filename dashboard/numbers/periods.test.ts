import fc from 'fast-check';
import { createCalendar, monthOf, parseIsoDay, toIsoDay, weekdayOf } from './calendar.ts';
import { type ChosenPeriod, choosePeriod, type DayPeriod, type PeriodChoice } from './periods.ts';

const day = (iso: string): number => parseIsoDay(iso) ?? Number.NaN;
const ms = (iso: string): number => Date.parse(iso);

function choose(choice: PeriodChoice, now: string, firstWeekday = 1): ChosenPeriod {
  return choosePeriod(choice, {
    calendar: createCalendar('Europe/Berlin', firstWeekday),
    nowMs: ms(now),
    firstMs: ms('2011-05-05T12:00Z'),
    lastMs: ms(now),
  });
}

/** Both days included. */
function shown({ before, beforeLabel, label, period }: ChosenPeriod): string[] {
  const name = ({ from, until }: { from: number; until: number }): string =>
    `${toIsoDay(from)} – ${toIsoDay(until - 1)}`;
  return [label, name(period), beforeLabel, before === undefined ? '' : name(before)];
}

// A Saturday evening in London, which is Sunday in Berlin.
const NOW = '2026-03-28T23:30:00Z';
const march2026 = 2026 * 12 + 2;

test.each<[PeriodChoice, ...string[]]>([
  [{ kind: 'all' }, 'All time', '2011-05-05 – 2026-03-29', '', ''],
  [
    { kind: 'week' },
    'This week',
    '2026-03-23 – 2026-03-29',
    'last week',
    '2026-03-16 – 2026-03-22',
  ],
  [
    { kind: 'month' },
    'This month',
    '2026-03-01 – 2026-03-29',
    'the first 28 days of last month',
    '2026-02-01 – 2026-02-28',
  ],
  [
    { kind: 'year' },
    'This year',
    '2026-01-01 – 2026-03-29',
    'the first 88 days of last year',
    '2025-01-01 – 2025-03-29',
  ],
  [
    { kind: 'oneYear', year: 2026 },
    '2026',
    '2026-01-01 – 2026-03-29',
    'the first 88 days of 2025',
    '2025-01-01 – 2025-03-29',
  ],
  [
    { kind: 'oneYear', year: 2024 },
    '2024',
    '2024-01-01 – 2024-12-31',
    '2023',
    '2023-01-01 – 2023-12-31',
  ],
  [
    { kind: 'oneMonth', month: march2026 - 1 },
    'February 2026',
    '2026-02-01 – 2026-02-28',
    'January 2026',
    '2026-01-01 – 2026-01-31',
  ],
  [
    { kind: 'last', days: 7 },
    'Last 7 days',
    '2026-03-23 – 2026-03-29',
    'the 7 days before',
    '2026-03-16 – 2026-03-22',
  ],
  [
    { kind: 'own', from: day('2026-03-10'), until: day('2026-03-01') },
    '2026-03-01 to 2026-03-10',
    '2026-03-01 – 2026-03-10',
    'the 10 days before',
    '2026-02-19 – 2026-02-28',
  ],
  [
    { kind: 'own', from: day('2026-03-01'), until: day('2026-03-01') },
    '2026-03-01',
    '2026-03-01 – 2026-03-01',
    'the day before',
    '2026-02-28 – 2026-02-28',
  ],
])('%j', (choice, ...expected) => {
  expect(shown(choose(choice, NOW))).toEqual(expected);
});

test('a week begins on the weekday that the viewer chose, and is compared with as many days', () => {
  expect(shown(choose({ kind: 'week' }, NOW, 0))).toEqual([
    'This week',
    '2026-03-29 – 2026-03-29',
    'the first day of last week',
    '2026-03-22 – 2026-03-22',
  ]);
});

test('there is nothing before the first play, and no period without plays is all time', () => {
  const calendar = createCalendar('Europe/Berlin');
  const nowMs = ms(NOW);
  const at = { calendar, nowMs, firstMs: ms('2026-03-01T12:00Z'), lastMs: nowMs };
  expect(choosePeriod({ kind: 'month' }, at).before).toBeUndefined();
  expect(choosePeriod({ kind: 'week' }, at).before).toBeDefined();
  // Of the days before these ten, nobody knows the first two.
  expect(choosePeriod({ kind: 'last', days: 14 }, at).before).toBeDefined();
  expect(choosePeriod({ kind: 'last', days: 16 }, at).before).toBeUndefined();
  const empty = { calendar, nowMs, firstMs: undefined, lastMs: undefined };
  const today = { from: day('2026-03-29'), until: day('2026-03-30') };
  expect(choosePeriod({ kind: 'all' }, empty).period).toEqual(today);
  expect(choosePeriod({ kind: 'year' }, empty).before).toBeUndefined();
  // The clock of the computer that polled was ahead.
  const ahead = { ...at, lastMs: ms('2026-04-02T12:00Z') };
  expect(choosePeriod({ kind: 'all' }, ahead).period.until).toBe(day('2026-04-03'));
});

test.each<[PeriodChoice, ...string[]]>([
  [{ kind: 'last', days: 99_999 }, 'Last 99999 days', '2011-05-05 – 2026-03-29'],
  [
    { kind: 'own', from: day('0002-03-01'), until: day('9999-12-31') },
    '2011-05-05 to 2026-03-29',
    '2011-05-05 – 2026-03-29',
  ],
  [
    { kind: 'own', from: day('0002-03-01'), until: day('0003-03-01') },
    '2011-05-05',
    '2011-05-05 – 2011-05-05',
  ],
])('%j is cut to the days from the first play to today', (choice, ...expected) => {
  const chosen = choose(choice, NOW);
  expect(shown(chosen).slice(0, 2)).toEqual(expected);
  expect(chosen.before).toBeUndefined();
});

const choices: fc.Arbitrary<PeriodChoice> = fc.oneof(
  fc.record({ kind: fc.constantFrom('week' as const, 'month' as const, 'year' as const) }),
  fc.record({ kind: fc.constant('oneYear' as const), year: fc.integer({ min: 2006, max: 2030 }) }),
  fc.record({
    kind: fc.constant('oneMonth' as const),
    month: fc.integer({ min: 2006 * 12, max: 2030 * 12 }),
  }),
  fc.record({ kind: fc.constant('last' as const), days: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({
    kind: fc.constant('own' as const),
    from: fc.integer({ min: 12_000, max: 22_000 }),
    until: fc.integer({ min: 12_000, max: 22_000 }),
  }),
);
const lengthOf = ({ from, until }: DayPeriod): number => until - from;
const moments = fc.integer({ min: Date.UTC(2006, 0), max: Date.UTC(2030, 0) });

test('the period before ends before the period, and is as long where both can be', () => {
  fc.assert(
    fc.property(choices, moments, fc.nat(6), (choice, nowMs, firstWeekday) => {
      const calendar = createCalendar('America/New_York', firstWeekday);
      const at = { calendar, nowMs, firstMs: 0, lastMs: nowMs };
      const { before, beforeLabel, label, period } = choosePeriod(choice, at);
      expect(period.until).toBeGreaterThan(period.from);
      expect(before?.until).toBeLessThanOrEqual(period.from);
      expect([label, beforeLabel]).not.toContain('');
      // Months differ by three days, years by one.
      const longest = {
        week: 0,
        last: 0,
        own: 0,
        month: 3,
        oneMonth: 3,
        year: 1,
        oneYear: 1,
        all: 0,
      };
      const differing = Math.abs(lengthOf(period) - lengthOf(before ?? period));
      expect(differing).toBeLessThanOrEqual(longest[choice.kind]);
    }),
  );
});

test('calendar periods follow each other without a hole, and the running one reaches today', () => {
  fc.assert(
    fc.property(moments, fc.nat(6), (nowMs, firstWeekday) => {
      const calendar = createCalendar('Asia/Kolkata', firstWeekday);
      const at = { calendar, nowMs, firstMs: 0, lastMs: nowMs };
      const today = calendar.dayOf(nowMs);
      for (const kind of ['week', 'month', 'year'] as const) {
        const { period } = choosePeriod({ kind }, at);
        expect(period.until).toBe(today + 1);
      }
      const week = choosePeriod({ kind: 'week' }, at);
      expect(weekdayOf(week.period.from)).toBe(firstWeekday);
      expect(week.period.from - (week.before?.from ?? 0)).toBe(7);
      const over = monthOf(today) - 2;
      const months = [0, 1].map((plus) =>
        choosePeriod({ kind: 'oneMonth', month: over + plus }, at),
      );
      expect(months[0]?.period.until).toBe(months[1]?.period.from);
      expect(months[1]?.before).toEqual(months[0]?.period);
    }),
  );
});
