/** The longest wait that a header can request: a mistake must not stop all runs for a year. */
export const MAX_WAIT_MS = 3 * 86_400_000;

/** `Wed, 21 Oct 2026 07:28:00 GMT` and the older form. `Date.parse` alone would accept even `soon 5`. */
const HTTP_DATE = /^[A-Za-z]{3,9}, [\w: -]+ GMT$/;

/**
 * The wait of a `Retry-After` header in milliseconds, given as seconds or as an HTTP date (RFC 9110 §10.2.3). At most
 * `MAX_WAIT_MS`; undefined if the header is missing or malformed.
 */
export function parseRetryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const value = header.trim();
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, MAX_WAIT_MS);
  if (!HTTP_DATE.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), MAX_WAIT_MS);
}
