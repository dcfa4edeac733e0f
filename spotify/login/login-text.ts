/** A login as text, as the stores keep it. */
import { createHash } from 'node:crypto';
import { EtlError } from '../../etl/errors.ts';
import { type Login, loginSchema } from './token-store.ts';

/** The same text for equal logins, in whatever order their fields came. */
export function toLoginText(login: Login): string {
  return JSON.stringify(loginSchema.parse(login), null, 2);
}

/**
 * The login in a text. No cause is given: that of a JSON fault quotes the text, and so a token.
 *
 * @throws EtlError `CONFIG_INVALID` naming the place, never what stands there
 */
export function parseLoginText(text: string, place: string): Login {
  const parsed = loginSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new EtlError(
    'CONFIG_INVALID',
    `What stands in ${place} is not a login of this program. Remove it and run npx spotify-etl login.`,
  );
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
