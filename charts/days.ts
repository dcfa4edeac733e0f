/** Days are numbers: days since 1970-01-01. */
export const DAY_MS = 86_400_000;

export const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
/** Sunday is 0. */
export const WEEKDAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** Midnight, UTC. */
export const toDate = (day: number): Date => new Date(day * DAY_MS);

export const toWeekday = (day: number): number => toDate(day).getUTCDay();

/** `3 Mar 2026` */
export function toShortDay(day: number): string {
  const date = toDate(day);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `Tue 3 Mar 2026` */
export const toDayText = (day: number): string => `${WEEKDAYS[toWeekday(day)]} ${toShortDay(day)}`;
