/** The command line of `trigger`, parsed. */
import * as z from 'zod/mini';
import { UsageError } from '../lib/usage-error.ts';

const DEFAULT_CONCURRENCY = 2;

const wholeNumber = (max: number) =>
  z.pipe(
    z.string().check(z.regex(/^\d{1,9}$/, `must be a whole number from 1 to ${max}`)),
    z.pipe(
      z.transform(Number),
      z.number().check(z.gte(1, 'must be at least 1'), z.lte(max, `must be at most ${max}`)),
    ),
  );
const flag = z._default(z.boolean(), false);
const text = z.optional(z.string());

const optionsSchema = z.object({
  endpoint: text,
  concurrency: z._default(wholeNumber(64), DEFAULT_CONCURRENCY),
  limit: z.optional(wholeNumber(999_999_999)),
  timeout: z.optional(wholeNumber(900)),
  retryFailed: flag,
  refresh: flag,
  dryRun: flag,
  json: flag,
  quiet: flag,
  sign: z.optional(z.boolean()),
  region: text,
  profile: text,
  apiKey: text,
});

export type TriggerOptions = z.infer<typeof optionsSchema>;

/** Parses commander's options. Throws UsageError naming every one at fault. */
export function parseTriggerOptions(given: unknown): TriggerOptions {
  const { data, error } = optionsSchema.safeParse(given);
  const faults = error?.issues.map(({ message, path }) => `--${path.join('.')} ${message}`);
  if (data === undefined) throw new UsageError(`${faults?.join('; ')}.`);
  if (!data.json || !data.quiet) return data;
  throw new UsageError('--json and --quiet exclude each other. Give one of them.');
}
