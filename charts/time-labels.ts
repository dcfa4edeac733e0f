import { DAY_MS, MONTHS } from './days.ts';

type Unit = {
  readonly ms: number;
  /** The beginning of a later one. */
  readonly nth: (first: Date, step: number) => number;
  readonly name: (date: Date) => string;
};

const nameMonth = (date: Date): string => MONTHS[date.getUTCMonth()] ?? '';

const DAY: Unit = {
  ms: DAY_MS,
  nth: (first, step) =>
    Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate() + step),
  name: (date) => `${date.getUTCDate()} ${nameMonth(date)}`,
};

const MONTH: Unit = {
  ms: 30 * DAY_MS,
  nth: (first, step) => Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + step),
  name: (date) => `${nameMonth(date)} ${date.getUTCFullYear()}`,
};

const YEAR: Unit = {
  ms: 365 * DAY_MS,
  nth: (first, step) => Date.UTC(first.getUTCFullYear() + step, 0),
  name: (date) => String(date.getUTCFullYear()),
};

export type TimeLabels = {
  readonly customValues: number[];
  readonly formatter: (ms: number) => string;
};

/** Labels of an axis, in UTC, at the beginnings of years, months or days; about as many as there is room for. */
export function toTimeLabels(
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  room: number,
): TimeLabels {
  const spanMs = untilMs - fromMs;
  const unit = [YEAR, MONTH].find(({ ms }) => spanMs > 3 * ms) ?? DAY;
  const count = Math.ceil(spanMs / unit.ms) + 1;
  const every = Math.ceil(count / room);
  return {
    customValues: Array.from({ length: Math.ceil(count / every) + 1 }, (_, at) =>
      unit.nth(new Date(fromMs), at * every),
    ).filter((ms) => ms >= fromMs && ms <= untilMs),
    formatter: (ms: number) => unit.name(new Date(ms)),
  };
}
