import { InvalidArgumentError } from 'commander';

/** A day, which stands for its end in UTC, or a moment, as ISO 8601 in UTC. */
export function parseMoment(given: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(given);
  const time = Date.parse(isDay ? `${given}T23:59:59.999Z` : given);
  if (/^\d{4}-/.test(given) && !Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError(
    'Give a day such as 2026-11-20, or a time such as 2026-11-20T18:00Z.',
  );
}
