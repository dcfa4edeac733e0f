import type * as z from 'zod/mini';
import { EtlError } from '../etl/errors.ts';

/**
 * Parses a part of a reply. `at` is the path of the part, so that the error names the full path.
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

/** The error for a reply with a wrong shape at this path. */
export function brokenReply(path: string, detail = ''): EtlError {
  return new EtlError(
    'SPOTIFY_RESPONSE_INVALID',
    `Spotify's reply breaks its shape at ${path}${detail}. Nothing was written; if it stays so, the API has changed: please report it.`,
    { facts: { path } },
  );
}
