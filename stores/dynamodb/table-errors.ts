import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import type { Table } from '../../etl/model/records.ts';

/** A well-formed reply that is not DynamoDB's, such as an empty 200 from a proxy. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  override readonly message = 'The answer does not come from DynamoDB: it has no request ID.';
}

/** DynamoDB left a part of a batch unprocessed, because it lacks capacity. */
export class UnprocessedError extends Error {
  override readonly name = 'UnprocessedError';

  constructor(count: number) {
    super(`DynamoDB left ${count} of the batch unprocessed.`);
  }
}

/** The run's time ended before a call could be sent. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

const RETRY_AFTER_SECONDS = 10;
const NOT_WRITTEN = "The playlist's row was not written";
const NOT_KNOWN = "It is unknown whether the playlist's row was written";
const GOES_ON = 'run it again, it continues where it stopped.';

/**
 * The purpose of a call: a read, a part of a load, or the write of the playlist's row, which may have been applied although its
 * answer was lost.
 */
export type CallPurpose = keyof typeof PURPOSES;

const PURPOSES = {
  read: ['RUN_OUT_OF_TIME', 'before', 'Give it more time, or request less.', 'Run'],
  load: ['LOAD_INCOMPLETE', 'before', `${NOT_WRITTEN}; ${GOES_ON}`, `${NOT_WRITTEN}; run`],
  lastWrite: [
    'LOAD_INCOMPLETE',
    'at',
    `${NOT_KNOWN}; all it refers to is stored. Run it again.`,
    `${NOT_KNOWN}; run`,
  ],
} as const;

/** Whether the same call can succeed later: the time was up, capacity was lacking, or there was no valid answer. */
export function isRetryable(error: unknown): boolean {
  return isOutOfTime(error) || isThrottling(error) || isOutage(error);
}

/** The error of a call that failed for good; `what` names the call. An error that no repeat can fix is returned unchanged. */
export function toTableError(purpose: CallPurpose, what: string, cause: unknown): unknown {
  if (!isRetryable(cause)) return cause;
  const [code, when, advice, run] = PURPOSES[purpose];
  if (isOutOfTime(cause)) {
    const message = `The run's time ended ${when} ${what}. ${advice}`;
    return new EtlError(code, message, { cause });
  }
  const isThrottled = isThrottling(cause);
  return new EtlError(
    isThrottled ? 'TABLE_THROTTLED' : 'TABLE_UNAVAILABLE',
    `DynamoDB ${isThrottled ? 'throttled' : 'gave no answer to'} ${what}. ${run} it again in ${RETRY_AFTER_SECONDS} seconds.`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause, facts: throttlingFacts(cause) },
  );
}

/** Rows of one table that were not written in time. */
export function loadIncomplete(
  table: string,
  { cause, missing }: { readonly missing: number; readonly cause?: unknown },
  wanted: number,
): EtlError {
  return new EtlError(
    'LOAD_INCOMPLETE',
    `${missing} of ${wanted} new ${table} rows could not be written in time. ${NOT_WRITTEN}; ${GOES_ON}`,
    { cause, facts: { rows_missing: missing, rows_wanted: wanted, ...throttlingFacts(cause) } },
  );
}

const throttledSchema = z.object({
  ThrottlingReasons: z.array(z.object({ reason: z.string() })),
});

/** Why DynamoDB throttled, if it says so; the remedy depends on it (AWS: "Diagnosing throttling"). */
function throttlingFacts(error: unknown): { readonly throttled_by?: string } {
  const reasons = throttledSchema
    .safeParse(error)
    .data?.ThrottlingReasons.map(({ reason }) => reason);
  return reasons === undefined ? {} : { throttled_by: [...new Set(reasons)].sort().join(', ') };
}

/** Whether DynamoDB refuses the content of a call, which no repeat fixes. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}

/** A refused row, and why. */
export type RefusedRow = {
  readonly row: { readonly table: Table; readonly key: string };
  readonly cause: unknown;
};

/** DynamoDB's message may quote a whole request. */
const MAX_WHY_LENGTH = 120;

/** The error for refused rows of one table; it names the first. */
export function toRefusalError(refused: readonly RefusedRow[], wanted: number): EtlError {
  const [first] = refused;
  const { cause, row } = first ?? {};
  const why = cause instanceof Error ? cause.message.slice(0, MAX_WHY_LENGTH) : '';
  return new EtlError(
    'ROW_REFUSED',
    `DynamoDB refuses ${refused.length} of the ${wanted} ${row?.table} rows to write, first ${row?.table} ${row?.key} (${why}). ${NOT_WRITTEN}. Remove the item with this row from the playlist.`,
    { cause, facts: { rows_refused: refused.length, rows_wanted: wanted } },
  );
}

/** Not begun because the time was up, or aborted at the deadline. */
function isOutOfTime(error: unknown): boolean {
  return error instanceof OutOfTimeError || (error instanceof Error && error.name === 'AbortError');
}

/** Whether DynamoDB refused the call because it lacks capacity. */
export function isThrottling(error: unknown): boolean {
  return error instanceof UnprocessedError || (isSdkError(error) && isThrottlingError(error));
}

/** No answer, a server error, or an answer of something else, such as a page instead of JSON. */
function isOutage(error: unknown): boolean {
  if (!isSdkError(error)) return false;
  const isForeign = error instanceof NoAnswerError || error.name === 'SyntaxError';
  return isForeign || isServerError(error) || isTransientError(error);
}

/** All members that the SDK adds are optional, so any error matches. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}
