import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import { ConditionError, UNMET } from './database.ts';

/** An answer that is well formed and yet not the server's whole one. */
export class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
  override readonly message = 'the answer broke off';
}

type Server = { readonly place: string; readonly hasToken: boolean };

const RETRY_AFTER_SECONDS = 10;
const HTTP_STATUS = /^HTTP error! status: (\d{3})$/;
/** Codes of statements that the engine has looked at; it will say the same again. */
const REFUSED = /^SQLITE_(?!BUSY)/;

const errorSchema = z.object({
  message: z.string(),
  /** The engine's or the server's. */
  code: z.catch(z.string(), ''),
  cause: z.catch(z.object({ code: z.string() }), { code: '' }),
});

/** What the failure of a call means. A statement that is wrong by itself stays the error it is. */
export function toServerError(server: Server, cause: unknown): unknown {
  const { data } = errorSchema.safeParse(cause);
  if (data === undefined || REFUSED.test(data.code)) {
    return data?.message.endsWith(UNMET) === true ? new ConditionError() : cause;
  }
  const advice = adviceFor(statusOf(data), server);
  if (advice !== undefined) return new EtlError('CONFIG_INVALID', advice, { cause });
  const why = data.cause.code || data.code || data.message;
  const message = `The library ${server.place} gives no answer (${why}). Try again in a moment.`;
  return new EtlError('TABLE_UNAVAILABLE', message, {
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/** Whether the server did not accept the token of the call that failed so. */
export function isTokenRefused(error: unknown): boolean {
  const { data: cause } = errorSchema.safeParse(error instanceof EtlError && error.cause);
  return cause !== undefined && statusOf(cause) === '401';
}

function statusOf({ message }: { readonly message: string }): string | undefined {
  return HTTP_STATUS.exec(message)?.[1];
}

/** What a person must do; undefined where a repeat may help. */
function adviceFor(status: string | undefined, { hasToken, place }: Server): string | undefined {
  const make = 'turso db tokens create <name>';
  if (status === '401' && hasToken) {
    return `The library ${place} does not accept TURSO_AUTH_TOKEN. Make a new one: ${make}.`;
  }
  if (status === '401') return `The library ${place} needs a token. Set TURSO_AUTH_TOKEN: ${make}.`;
  if (status === '403') return `TURSO_AUTH_TOKEN may not do this to the library ${place}.`;
  return status === '404' ? `There is no database at ${place}. Check the address.` : undefined;
}
