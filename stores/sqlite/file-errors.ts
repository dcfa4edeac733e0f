import * as z from 'zod/mini';
import { type ErrorCode, EtlError } from '../../etl/errors.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { ConditionError, UNMET } from './database.ts';

const RETRY_AFTER_SECONDS = 10;

const IN_THE_WAY = 'cannot be opened. Make it and its folder readable and writable.';

/** What SQLite's result codes (sqlite.org/rescode.html) mean to a caller. */
const MEANINGS = new Map<number, readonly [ErrorCode, string]>([
  [5, ['TABLE_UNAVAILABLE', 'is in use by another program. Try again in a moment.']],
  [8, ['CONFIG_INVALID', 'cannot be written. Make it and its folder writable.']],
  [10, ['TABLE_UNAVAILABLE', 'cannot be read or written: its disk fails or is full.']],
  [11, ['CONFIG_INVALID', 'is damaged. Move it away, or put a copy in its place.']],
  [13, ['TABLE_UNAVAILABLE', 'cannot grow: its disk is full. Make room and run this again.']],
  [14, ['CONFIG_INVALID', IN_THE_WAY]],
  [26, ['CONFIG_INVALID', 'is not a SQLite database. Name another file.']],
]);

const sqliteErrorSchema = z.object({ errcode: z.number(), message: z.string() });

/** What the failure of a database file means. A statement that is wrong by itself stays the error it is. */
export function toFileError(path: string, cause: unknown): unknown {
  const { data: { errcode, message } = {} } = sqliteErrorSchema.safeParse(cause);
  if (message === UNMET) return new ConditionError();
  // Beyond its lowest byte a code says more than is needed here.
  const meaning = isSystemError(cause)
    ? (['CONFIG_INVALID', `${IN_THE_WAY} (${cause.code})`] as const)
    : MEANINGS.get((errcode ?? 0) & 0xff);
  if (meaning === undefined) return cause;
  const [code, what] = meaning;
  const isPassing = code === 'TABLE_UNAVAILABLE';
  return new EtlError(code, `The library ${path} ${what}`, {
    cause,
    ...(isPassing && { retryAfterSeconds: RETRY_AFTER_SECONDS }),
  });
}
