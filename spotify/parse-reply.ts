import type * as z from 'zod/mini';
import { EtlError } from '../etl/errors.ts';

/**
 * A part of a reply, parsed. `at` is where the part stands in the reply, so that the error names the full path.
 *
 * @throws EtlError `SPOTIFY_RESPONSE_INVALID`
 */
export function parseReply<Schema extends z.ZodMiniType>(
  schema: Schema,
  part: unknown,
  at: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(part);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map((step) =>
    typeof step === 'number' ? `[${step}]` : `.${String(step)}`,
  );
  const expected = issue?.code === 'invalid_type' ? `: ${issue.expected} expected` : '';
  throw brokenReply(`${at}${path.join('')}`, expected);
}

/** The error for a reply that does not have the shape it must have, at this path. */
export function brokenReply(path: string, detail = ''): EtlError {
  return new EtlError(
    'SPOTIFY_RESPONSE_INVALID',
    `Spotify's reply breaks its shape at ${path}${detail}. Nothing was written; if it stays so, the API has changed: please report it.`,
    { facts: { path } },
  );
}
