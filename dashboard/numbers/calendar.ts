/** Days, weeks and months in the viewer's time zone. A day is a number: days since 1970-01-01 there. */
import { DAY_MS, firstDayOfMonth, modulo } from '../../charts/days.ts';

export { firstDayOfMonth, monthOf, weekdayOf } from '../../charts/days.ts';

const HOUR_MS = 3_600_000;
/** Since 1970 no zone has changed its clocks twice within six days, so a span has one change at most. */
const SPAN_MS = 4 * DAY_MS;

export type Calendar = {
  readonly zone: string;
  /** The weekday that a week begins on, 0 = Sunday … 6 = Saturday. */
  readonly firstWeekday: number;
  /** The local date of a moment. */
  readonly dayOf: (ms: number) => number;
  /** 0 to 23. */
  readonly hourOf: (ms: number) => number;
  /** A moment that reads in UTC as this one does by the clocks here. */
  readonly localOf: (ms: number) => number;
};

/** The offsets of a stretch of time: `before` until `changeMs`, then `after`. */
type Offsets = { readonly before: number; readonly changeMs: number; readonly after: number };

/**
 * Offsets are asked of `Intl` once for every span of four days, and are exact at the change itself.
 *
 * @throws RangeError for a zone that this runtime does not know
 */
export function createCalendar(zone: string, firstWeekday = 1): Calendar {
  const findOffset = createOffsetFinder(zone);
  const spans = new Map<number, Offsets>();
  let lastSpan = Number.NaN;
  let last: Offsets = { before: 0, changeMs: 0, after: 0 };
  const offsetAt = (ms: number): number => {
    const span = Math.floor(ms / SPAN_MS);
    if (span !== lastSpan) {
      last = spans.get(span) ?? findOffsets(findOffset, span * SPAN_MS, (span + 1) * SPAN_MS);
      spans.set(span, last);
      lastSpan = span;
    }
    return ms < last.changeMs ? last.before : last.after;
  };
  const localOf = (ms: number): number => ms + offsetAt(ms);
  return {
    zone,
    firstWeekday,
    localOf,
    dayOf: (ms) => Math.floor(localOf(ms) / DAY_MS),
    hourOf: (ms) => Math.floor(modulo(localOf(ms), DAY_MS) / HOUR_MS),
  };
}

type OffsetFinder = (ms: number) => number;

function createOffsetFinder(zone: string): OffsetFinder {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (ms) => {
    const [, sign, hours, minutes, seconds = 0] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(format.format(ms)) ?? [];
    if (sign === undefined) return 0;
    const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return total * (sign === '-' ? -1000 : 1000);
  };
}

/** Between two moments with one change at most. */
function findOffsets(findOffset: OffsetFinder, fromMs: number, untilMs: number): Offsets {
  const [before, after] = [findOffset(fromMs), findOffset(untilMs)];
  if (before === after) return { before, changeMs: Number.POSITIVE_INFINITY, after };
  let [low, high] = [fromMs, untilMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (findOffset(middle) === before) low = middle;
    else high = middle;
  }
  return { before, changeMs: high, after };
}

/** `2026-03-29`. */
export function toIsoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/** Undefined for a text that is not `YYYY-MM-DD`, and for a date that does not exist. */
export function parseIsoDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / DAY_MS;
  return Number.isNaN(day) || toIsoDay(day) !== text ? undefined : day;
}

/** `2026-03`. */
export function toIsoMonth(month: number): string {
  return toIsoDay(firstDayOfMonth(month)).slice(0, 'YYYY-MM'.length);
}
