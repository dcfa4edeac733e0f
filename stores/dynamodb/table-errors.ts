import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import type { Table } from '../../etl/model/records.ts';
import { NoAnswerError } from './no-answer.ts';
import { OutOfTimeError } from './run-limits.ts';

const RETRY_AFTER_SECONDS = 10;
const NOT_WRITTEN = "The playlist's row was not written";

/** Whether the same call may succeed another time: the time was up, capacity was wanting, or no proper answer came. */
export function mayPass(error: unknown): boolean {
  return isOutOfTime(error) || isThrottling(error) || isOutage(error);
}

/**
 * What a call means that failed for good: `what` names it. Without a cause the table kept handing back what it had no
 * capacity for. An error that no repeat can mend is returned as it is.
 */
export function toTableError(what: string, cause?: unknown): unknown {
  if (isOutOfTime(cause)) {
    return new EtlError(
      'LOAD_INCOMPLETE',
      `The time of the run was up before ${what}. ${NOT_WRITTEN}; run it again, it goes on where it stopped.`,
      { cause },
    );
  }
  return toCapacityError(what, cause, `${NOT_WRITTEN}; run`);
}

/** The same of the write of the playlist's row itself, an attempt at which may have been applied though nobody was told. */
export function toLastWriteError(cause: unknown): unknown {
  const unknown = "Whether the playlist's row was written is not known";
  if (isOutOfTime(cause)) {
    return new EtlError(
      'LOAD_INCOMPLETE',
      `The time of the run was up at the write of the playlist's row. ${unknown}; all it refers to is stored. Run it again.`,
      { cause },
    );
  }
  return toCapacityError("the write of the playlist's row", cause, `${unknown}; run`);
}

/** The same of a read after which nothing was to be written. */
export function toReadError(what: string, cause?: unknown): unknown {
  if (isOutOfTime(cause)) {
    return new EtlError(
      'RUN_OUT_OF_TIME',
      `The time of the run was up before ${what}. Give it more time, or ask for less.`,
      { cause },
    );
  }
  return toCapacityError(what, cause, 'Run');
}

function toCapacityError(what: string, cause: unknown, run: string): unknown {
  const facts = throttlingFacts(cause);
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause, facts };
  const whatNow = `${run} it again in ${RETRY_AFTER_SECONDS} seconds.`;
  if (cause === undefined || isThrottling(cause)) {
    return new EtlError('TABLE_THROTTLED', `DynamoDB throttled ${what}. ${whatNow}`, options);
  }
  return isOutage(cause)
    ? new EtlError('TABLE_UNAVAILABLE', `DynamoDB gave no answer to ${what}. ${whatNow}`, options)
    : cause;
}

const throttledSchema = z.object({
  ThrottlingReasons: z.array(z.object({ reason: z.string() })),
});

/** Why DynamoDB throttled, where it says so: it decides what helps (AWS: "Diagnosing throttling"). */
export function throttlingFacts(error: unknown): { readonly throttled_by?: string } {
  const reasons = throttledSchema
    .safeParse(error)
    .data?.ThrottlingReasons.map(({ reason }) => reason);
  return reasons === undefined ? {} : { throttled_by: [...new Set(reasons)].sort().join(', ') };
}

/** Whether DynamoDB finds fault with what a call holds: no repeat mends that. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}

/** A row that no repeat will store, and why. */
export type RefusedRow = {
  readonly row: { readonly table: Table; readonly key: string };
  readonly cause: unknown;
};

/** DynamoDB's words may quote a whole request. */
const MAX_WHY_LENGTH = 120;

/** Rows of one table that DynamoDB refuses as they are, of so many it was to write; the first of them by name. */
export function toRefusalError(refused: readonly RefusedRow[], wanted: number): EtlError {
  const [first] = refused;
  const { cause, row } = first ?? {};
  const why = cause instanceof Error ? cause.message.slice(0, MAX_WHY_LENGTH) : '';
  return new EtlError(
    'ROW_REFUSED',
    `DynamoDB refuses ${refused.length} of the ${wanted} ${row?.table} rows to write, the first being ${row?.table} ${row?.key} (${why}). ${NOT_WRITTEN}. Take what the row belongs to out of the playlist.`,
    { cause, facts: { rows_refused: refused.length, rows_wanted: wanted } },
  );
}

/** Not begun for want of time, or broken off at the deadline. */
function isOutOfTime(error: unknown): boolean {
  return error instanceof OutOfTimeError || (error instanceof Error && error.name === 'AbortError');
}

/** Whether DynamoDB refused the call for want of capacity. */
export function isThrottling(error: unknown): boolean {
  return isSdkError(error) && isThrottlingError(error);
}

/** No answer, one that says it is the service's own fault, or one that is none of the service's: a page, say, instead of JSON. */
function isOutage(error: unknown): boolean {
  if (!isSdkError(error)) return false;
  const isForeign = error instanceof NoAnswerError || error.name === 'SyntaxError';
  return isForeign || isServerError(error) || isTransientError(error);
}

/** All that the SDK tells of an error is optional, so any error will do. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}
