/** Days are numbers: days since 1970-01-01. */
export const DAY_MS = 86_400_000;

export const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
/** Sunday is 0. */
export const WEEKDAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** Midnight, UTC. */
export const toDate = (day: number): Date => new Date(day * DAY_MS);

/** Never below 0. */
export const modulo = (value: number, by: number): number => ((value % by) + by) % by;

export const weekdayOf = (day: number): number => modulo(day + 4, 7);

/** A month is a number: year × 12 + month, which is 0 for January. */
export function monthOf(day: number): number {
  const date = toDate(day);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export const firstDayOfMonth = (month: number): number =>
  Date.UTC(Math.floor(month / 12), modulo(month, 12)) / DAY_MS;

/** `3 Mar 2026` */
export function toShortDay(day: number): string {
  const date = toDate(day);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `Tue 3 Mar 2026` */
export const toDayText = (day: number): string => `${WEEKDAYS[weekdayOf(day)]} ${toShortDay(day)}`;
