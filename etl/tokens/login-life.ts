/**
 * How long a login lasts. Spotify, developer blog of 2026-06-18: refresh tokens end six months after the user's authorisation;
 * refreshing does not extend that, a new authorisation starts it anew. Months are taken as calendar months in UTC.
 */
const LOGIN_LIFE_MONTHS = 6;
const DAY_MS = 86_400_000;

/**
 * When a login ends that was agreed to then (ISO 8601), in milliseconds since the epoch: the same day and time six months
 * later, or the last day of that month where it has no such day.
 */
export function loginEndsAt(authorizedAt: string): number {
  const end = new Date(authorizedAt);
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + LOGIN_LIFE_MONTHS);
  // The 31st of a month of 30 days has become the 1st of the next.
  if (end.getUTCDate() !== day) end.setUTCDate(0);
  return end.getTime();
}

/** Whole days left at `nowMs`; 0 where the login ends within a day, or has ended. */
export function loginDaysLeft(authorizedAt: string, nowMs: number): number {
  return Math.max(0, Math.floor((loginEndsAt(authorizedAt) - nowMs) / DAY_MS));
}
