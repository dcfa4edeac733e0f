/** Counts the calls of the last 24 hours, by hour and purpose. Pure. */
import type { HourlyCalls } from './store.ts';

const HOUR_MS = 3_600_000;
/** 24 hours, plus one because calls are counted by whole hours. */
const COUNTED_MS = 25 * HOUR_MS;

/** The limit of calls in 24 hours. */
export type Budget = {
  readonly dailyCalls: number;
  /** Calls reserved for the listening history. */
  readonly reservedCalls: number;
};

/** The purpose of a call. */
export type Purpose = 'load' | 'history';

/** Adds calls to the hour of `at`; a negative count returns calls. Drops hours that no longer count. */
export function addCalls(
  calls: HourlyCalls,
  {
    at,
    count,
    purpose,
  }: { readonly at: number; readonly count: number; readonly purpose: Purpose },
  now: number,
): HourlyCalls {
  const hour = toHour(at);
  const added = Math.max(0, (calls[hour]?.[purpose] ?? 0) + count);
  const counted = Object.entries(calls).filter(([name]) => isCounted(name, now));
  return { ...Object.fromEntries(counted), [hour]: { ...calls[hour], [purpose]: added } };
}

/** Calls of the last 24 hours. Counted by whole hours, so rather too many than too few. */
export function countCalls(calls: HourlyCalls, now: number, purpose?: Purpose): number {
  return Object.entries(calls)
    .filter(([hour]) => isCounted(hour, now))
    .flatMap(([, counts]) => Object.entries(counts))
    .filter(([name]) => purpose === undefined || name === purpose)
    .reduce((sum, [, count]) => sum + count, 0);
}

type Kind = { readonly budget: Budget | undefined; readonly purpose: Purpose };

/** The calls left for this purpose; only the listening history can use its reserved calls. Infinite without a budget. */
export function callsLeft(calls: HourlyCalls, now: number, { budget, purpose }: Kind): number {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  const unused = Math.max(0, budget.reservedCalls - countCalls(calls, now, 'history'));
  const reserved = purpose === 'history' ? 0 : unused;
  return Math.max(0, budget.dailyCalls - countCalls(calls, now) - reserved);
}

/**
 * The first moment with `needed` calls left if nobody calls meanwhile, in milliseconds since the epoch; undefined if a whole
 * day's budget is too small.
 */
export function leftAt(
  calls: HourlyCalls,
  { needed, now }: { readonly needed: number; readonly now: number },
  kind: Kind,
): number | undefined {
  const hours = Object.keys(calls).sort();
  const moments = [now, ...hours.map((hour) => Date.parse(`${hour}:00Z`) + COUNTED_MS)];
  return moments.find((moment) => callsLeft(calls, moment, kind) >= needed);
}

function isCounted(hour: string, now: number): boolean {
  return hour > toHour(now - COUNTED_MS);
}

function toHour(at: number): string {
  return new Date(at).toISOString().slice(0, 'YYYY-MM-DDTHH'.length);
}
