/** A period as people name it: `--since 2025 --until 2025-03`, or `--since 400d`, in their time zone. Pure. */
import { InvalidArgumentError, Option } from 'commander';
import { DateTime, IANAZone } from 'luxon';
import * as z from 'zod/mini';
import type { Period } from '../../app/library.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { field } from '../shared/command.ts';

const UNITS = { d: 'days', w: 'weeks', m: 'months', y: 'years' } as const;
const ROLLING = /^(?<many>\d{1,5})(?<unit>[dwmy])$/;
/** By the number of parts of a date. */
const SPANS = ['year', 'month', 'day'] as const;

export const dateOption = (
  flags: string,
  description: string,
): ReturnType<typeof field<string | undefined>> =>
  field(z.optional(z.string()), new Option(flags, description).argParser(checkDate));

export const periodOptions = {
  since: dateOption('--since <date>', 'from then on: 2025, 2025-03, 2025-03-09, 400d, 12w, 6m, 2y'),
  until: dateOption('--until <date>', 'up to then, that year, month or day included'),
  timeZone: field(
    z.string(),
    new Option('--time-zone <zone>', 'where a day begins and ends, such as Europe/Berlin')
      .default(DateTime.local().zoneName, "this machine's")
      .argParser(checkZone),
  ),
};

type Given = {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly timeZone: string;
};

/**
 * Of all time where neither end is given. A rolling date is counted back from now.
 *
 * @throws UsageError where it ends before it begins, or the year 1970 does
 */
export function toPeriod({ since, timeZone, until }: Given, nowMs = Date.now()): Period {
  const now = DateTime.fromMillis(nowMs, { zone: timeZone });
  const sinceMs = since === undefined ? 0 : toSpan(since, now).start.toMillis();
  const untilMs = until === undefined ? Number.MAX_SAFE_INTEGER : toSpan(until, now).end.toMillis();
  if (sinceMs < untilMs) return { sinceMs, untilMs };
  throw new UsageError(
    since === undefined || until === undefined
      ? `${since ?? until} is too long ago.`
      : `The period from ${since} to ${until} ends before it begins.`,
  );
}

type Span = { readonly start: DateTime; readonly end: DateTime };

function toSpan(date: string, now: DateTime): Span {
  const { many, unit } = ROLLING.exec(date)?.groups ?? {};
  if (many !== undefined && isUnit(unit)) {
    const moment = now.minus({ [UNITS[unit]]: Number(many) });
    return { start: moment, end: moment };
  }
  const start = DateTime.fromISO(date, { zone: now.zone });
  const span = SPANS[date.split('-').length - 1] ?? 'day';
  return { start, end: start.plus({ [span]: 1 }) };
}

function isUnit(unit: string | undefined): unit is keyof typeof UNITS {
  return unit !== undefined && unit in UNITS;
}

function checkDate(given: string): string {
  const isCalendar = /^\d{4}(?:-\d{2}){0,2}$/.test(given) && DateTime.fromISO(given).isValid;
  if (isCalendar || ROLLING.test(given)) return given;
  throw new InvalidArgumentError(
    'Give a year, month or day such as 2025, 2025-03 or 2025-03-09, or a time back from now such as 400d, 12w, 6m or 2y.',
  );
}

function checkZone(given: string): string {
  if (IANAZone.isValidZone(given)) return given;
  throw new InvalidArgumentError('There is no such time zone. Give one such as Europe/Berlin.');
}

/** A time for people, to the minute. */
export function toLocalTime(iso: string, timeZone: string): string {
  return DateTime.fromISO(iso, { zone: timeZone }).toFormat('yyyy-LL-dd HH:mm');
}
