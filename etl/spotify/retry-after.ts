/**
 * Milliseconds that a `Retry-After` header asks to wait, given as seconds or as an HTTP date (RFC 9110 §10.2.3).
 * A missing or malformed one says nothing: undefined.
 */
export function parseRetryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const value = header.trim();
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Za-z]{3}/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
