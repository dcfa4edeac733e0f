/** The command line of `trigger`, parsed. */
import * as z from 'zod/mini';
import { UsageError } from '../lib/usage-error.ts';

const DEFAULT_CONCURRENCY = '2';
/** API Gateway itself gives up after half of it. */
const DEFAULT_TIMEOUT = '60';

const wholeNumber = (from: number, to: number) =>
  z.pipe(
    z.string().check(z.regex(/^\d{1,9}$/, `must be a whole number from ${from} to ${to}`)),
    z.pipe(
      z.transform(Number),
      z.number().check(z.gte(from, `must be at least ${from}`), z.lte(to, `must be at most ${to}`)),
    ),
  );
const flag = z._default(z.boolean(), false);

const optionsSchema = z.object({
  endpoint: z.optional(z.string()),
  concurrency: z._default(wholeNumber(1, 64), Number(DEFAULT_CONCURRENCY)),
  limit: z.optional(wholeNumber(1, 999_999_999)),
  timeout: z._default(wholeNumber(1, 900), Number(DEFAULT_TIMEOUT)),
  retryFailed: flag,
  refresh: flag,
  dryRun: flag,
  json: flag,
  quiet: flag,
  sign: z.optional(z.boolean()),
  region: z.optional(z.string()),
  profile: z.optional(z.string()),
  apiKey: z.optional(z.string()),
});

/** What `trigger` was told to do. */
export type TriggerOptions = z.infer<typeof optionsSchema>;

/**
 * Parses options as commander hands them on.
 *
 * @throws UsageError naming every one at fault
 */
export function parseTriggerOptions(given: unknown): TriggerOptions {
  const parsed = optionsSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `--${toFlag(path.join('.'))} ${message}`,
    );
    throw new UsageError(`${faults.join('; ')}.`);
  }
  if (parsed.data.json && parsed.data.quiet) {
    throw new UsageError('--json and --quiet exclude each other. Give one.');
  }
  return parsed.data;
}

function toFlag(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
