/** The ledger: calls of a rolling day, by hour and endpoint. Pure. */
import type { Calls, HourlyCalls } from './gate-state.ts';

const HOUR_MS = 3_600_000;
/** A call of an hour's last moment leaves the rolling day a whole hour after one of its first. */
const HOURS_COUNTED = 25;

/** How many calls a rolling day may have. */
export type Budget = {
  readonly dailyCalls: number;
  /** Kept of it for the listening history. */
  readonly reservedCalls: number;
};

export function toHour(now: number): number {
  return Math.floor(now / HOUR_MS);
}

/** Adds calls to an hour; negative ones take back. Hours that count no longer are left out. */
export function addCalls(
  hours: HourlyCalls,
  calls: Calls,
  { hour, now }: { readonly hour: number; readonly now: number },
): HourlyCalls {
  const added = new Map(listCounted(hours, now));
  const sums: Record<string, number> = { ...added.get(hour) };
  for (const [endpoint, count] of entriesOf(calls)) {
    sums[endpoint] = Math.max(0, (sums[endpoint] ?? 0) + count);
  }
  return added.set(hour, sums);
}

/** Calls of the rolling day, by endpoint. Counted by whole hours, so rather too many than too few. */
export function callsOfDay(hours: HourlyCalls, now: number): Calls {
  const sums: Record<string, number> = {};
  for (const [, calls] of listCounted(hours, now)) {
    for (const [endpoint, count] of entriesOf(calls))
      sums[endpoint] = (sums[endpoint] ?? 0) + count;
  }
  return sums;
}

export function totalOf(calls: Calls): number {
  return entriesOf(calls).reduce((sum, [, count]) => sum + count, 0);
}

/** The same calls, to be taken back. */
export function negativeOf(calls: Calls): Calls {
  return Object.fromEntries(entriesOf(calls).map(([endpoint, count]) => [endpoint, -count]));
}

/** How many calls of this kind are left now: what is reserved for the listening history is left to nobody else. */
export function callsLeft(
  hours: HourlyCalls,
  now: number,
  { budget, isListening }: { readonly budget: Budget; readonly isListening: boolean },
): number {
  const spent = callsOfDay(hours, now);
  const reserved = Math.max(0, budget.reservedCalls - (spent['recently-played'] ?? 0));
  const left = budget.dailyCalls - totalOf(spent) - (isListening ? 0 : reserved);
  return Math.max(0, left);
}

/**
 * The first moment at which `needed` calls will be left if nobody calls meanwhile, in milliseconds since the epoch; undefined
 * where the whole day's budget is too small for them.
 */
export function leftAt(
  hours: HourlyCalls,
  { needed, now }: { readonly needed: number; readonly now: number },
  kind: { readonly budget: Budget; readonly isListening: boolean },
): number | undefined {
  const ends = [...hours.keys()].map((hour) => (hour + HOURS_COUNTED) * HOUR_MS);
  const moments = [now, ...ends.filter((end) => end > now).sort((one, other) => one - other)];
  return moments.find((moment) => callsLeft(hours, moment, kind) >= needed);
}

function listCounted(hours: HourlyCalls, now: number): [number, Calls][] {
  return [...hours].filter(([hour]) => hour > toHour(now) - HOURS_COUNTED);
}

function entriesOf(calls: Calls): [string, number][] {
  return Object.entries(calls).filter(([, count]) => count !== 0);
}
