import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import {
  createCalendar,
  firstDayOfMonth,
  monthOf,
  parseIsoDay,
  toIsoDay,
  toIsoMonth,
  weekdayOf,
} from './calendar.ts';

const DAY_MS = 86_400_000;
const ZONES = Intl.supportedValuesOf('timeZone');

/** Zones whose days or hours are unlike others: without midnight, with a day twice or never, with half hours. */
const ODD_ZONES = [
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/Sao_Paulo', '2018-02-18'],
  ['Africa/Cairo', '2024-04-26'],
  ['Africa/Cairo', '2024-11-01'],
  ['America/Havana', '2024-03-10'],
  ['America/Havana', '2024-11-03'],
  ['America/St_Johns', '2010-11-07'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Pyongyang', '2018-05-05'],
  ['Africa/Casablanca', '2026-02-15'],
  ['Asia/Kathmandu', '2026-01-01'],
  ['Antarctica/Troll', '2026-03-29'],
  ['Europe/Dublin', '2026-10-25'],
] as const;

const localOf = (ms: number, zone: string): DateTime => DateTime.fromMillis(ms, { zone });
const dayOf = (ms: number, zone: string): number =>
  DateTime.fromISO(`${localOf(ms, zone).toISODate()}T00:00Z`).toMillis() / DAY_MS;

const zones = fc.constantFrom(...ZONES);
const moments = fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2039, 0) });

test('a moment has the day and the hour that luxon says, in every zone', () => {
  fc.assert(
    fc.property(zones, fc.array(moments, { maxLength: 30 }), (zone, times) => {
      const calendar = createCalendar(zone);
      for (const ms of times) {
        expect([zone, ms, calendar.dayOf(ms)]).toEqual([zone, ms, dayOf(ms, zone)]);
        expect(calendar.hourOf(ms)).toBe(localOf(ms, zone).hour);
        const shown = localOf(ms, zone).setZone('utc', { keepLocalTime: true });
        expect(calendar.localOf(ms)).toBe(shown.toMillis());
      }
    }),
    { numRuns: 150 },
  );
});

/** Clocks change at quarters of an hour, and in St. John’s they did a minute later: these moments, and those just before. */
function listEdges(from: number, until: number): number[] {
  const quarters = Array.from(
    { length: (until - from) * 96 },
    (_, at) => from * DAY_MS + at * 900_000,
  );
  return quarters.flatMap((ms) => [ms - 1, ms, ms + 59_999, ms + 60_000]);
}

describe.each(ODD_ZONES)('in %s around %s', (zone, date) => {
  const day = parseIsoDay(date) ?? 0;

  test('each moment has the day and the hour that luxon says', () => {
    const calendar = createCalendar(zone);
    for (const at of listEdges(day - 1, day + 2)) {
      expect([at, calendar.dayOf(at)]).toEqual([at, dayOf(at, zone)]);
      expect([at, calendar.hourOf(at)]).toEqual([at, localOf(at, zone).hour]);
    }
  });
});

test('a zone that nobody knows is refused', () => {
  expect(IANAZone.isValidZone('Nowhere/At_All')).toBe(false);
  expect(() => createCalendar('Nowhere/At_All')).toThrow(RangeError);
});

test('days and months are numbers with a weekday and a name', () => {
  fc.assert(
    fc.property(fc.integer({ min: -683_000, max: 2_900_000 }), (day) => {
      const date = DateTime.fromMillis(day * DAY_MS, { zone: 'utc' });
      expect(toIsoDay(day)).toBe(date.toISODate());
      expect(parseIsoDay(toIsoDay(day))).toBe(day);
      expect(weekdayOf(day)).toBe(date.weekday % 7);
      expect(monthOf(day)).toBe(date.year * 12 + date.month - 1);
      expect(firstDayOfMonth(monthOf(day))).toBe(date.startOf('month').toMillis() / DAY_MS);
      expect(toIsoMonth(monthOf(day))).toBe(date.toFormat('yyyy-MM'));
    }),
  );
});

test.each(['', '2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '2026-01-01T00', 'tomorrow'])(
  '%j is not a day',
  (text) => {
    expect(parseIsoDay(text)).toBeUndefined();
  },
);
