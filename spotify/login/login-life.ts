/**
 * How long a login lasts. Spotify, developer blog of 2026-06-18: refresh tokens end six months after the user's authorisation;
 * refreshing does not extend that, a new authorisation starts it anew. How it counts six months it does not say: the shortest
 * reading warns in time under any.
 */
const LOGIN_LIFE_DAYS = 180;
const DAY_MS = 86_400_000;

/** When a login ends that was agreed to then (ISO 8601), in milliseconds since the epoch. */
export function loginEndsAt(authorizedAt: string): number {
  return Date.parse(authorizedAt) + LOGIN_LIFE_DAYS * DAY_MS;
}

/** Whole days left at `nowMs`; 0 where the login ends within a day, or has ended. */
export function loginDaysLeft(authorizedAt: string, nowMs: number): number {
  return Math.max(0, Math.floor((loginEndsAt(authorizedAt) - nowMs) / DAY_MS));
}
