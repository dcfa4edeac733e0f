/** What a person or a schedule asks a function for. */
import type * as z from 'zod/mini';
import { UsageError } from '../lib/usage-error.ts';

/**
 * Parses an event; `page` of the documentation shows each.
 *
 * @throws UsageError in one line. A schema should be strict: a mistyped `dryRun` is no real run.
 */
export function parseRunEvent<Schema extends z.ZodMiniType>(
  schema: Schema,
  event: unknown,
  page: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(event ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(toFault).join('; ');
  throw new UsageError(`The event is wrong: ${faults}. ${page} shows each.`);
}

/** Without a language, zod's own messages say nothing. */
function toFault(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `there is no ${issue.keys.join(', ')}`;
  const fault = issue.code === 'invalid_type' ? `${issue.expected} expected` : issue.message;
  return [...issue.path, fault].join(': ');
}
