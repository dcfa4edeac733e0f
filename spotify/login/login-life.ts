/**
 * How long a login lasts. Spotify, developer blog of 2026-06-18: refresh tokens end six months after the user's authorisation;
 * refreshing does not extend that, a new authorisation does. Spotify does not define six months, so we use the shortest
 * interpretation.
 */
const LOGIN_LIFE_DAYS = 180;
const DAY_MS = 86_400_000;

/** The end of a login that was authorised at this time (ISO 8601), in milliseconds since the epoch. */
export function loginEndsAt(authorizedAt: string): number {
  return Date.parse(authorizedAt) + LOGIN_LIFE_DAYS * DAY_MS;
}

/** Whole days left at `nowMs`; 0 if the login ends within a day, or has ended. */
export function loginDaysLeft(authorizedAt: string, nowMs: number): number {
  return Math.max(0, Math.floor((loginEndsAt(authorizedAt) - nowMs) / DAY_MS));
}

const ANNOUNCED_AT_DAYS = [1, 7, 30] as const;

/** How few days a login had left when a run last warned of its end. */
export type Announced = { readonly authorized_at: string; readonly days: number };

/** The threshold of days left that was passed since the last warning. A new login starts again. */
export function dueAnnouncement(
  authorizedAt: string,
  nowMs: number,
  announced: Announced | undefined,
): Announced | undefined {
  const daysLeft = loginDaysLeft(authorizedAt, nowMs);
  const days = ANNOUNCED_AT_DAYS.find((mark) => daysLeft <= mark);
  if (days === undefined) return undefined;
  const isSaid = announced?.authorized_at === authorizedAt && announced.days <= days;
  return isSaid ? undefined : { authorized_at: authorizedAt, days };
}
