import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import type { Table } from '../../etl/model/records.ts';

/** A reply that is well formed and yet not DynamoDB's: a 200 with nothing in it, say, from something in between. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  override readonly message = 'The answer does not come from DynamoDB: it has no request ID.';
}

/** DynamoDB handed back a part of a batch for which it had no capacity. */
export class UnprocessedError extends Error {
  override readonly name = 'UnprocessedError';

  constructor(count: number) {
    super(`DynamoDB left ${count} of the batch unprocessed.`);
  }
}

/** The run's time was up before a call could be sent. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

const RETRY_AFTER_SECONDS = 10;
const NOT_WRITTEN = "The playlist's row was not written";
const NOT_KNOWN = "It is unknown whether the playlist's row was written";
const GOES_ON = 'run it again, it continues where it stopped.';

/**
 * What a call is for: a read after which nothing is written, a part of a load, or the write of the playlist's row, an attempt
 * at which may have been applied though its answer was lost.
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

/** Whether the same call may succeed another time: the time was up, capacity was wanting, or no proper answer came. */
export function isRetryable(error: unknown): boolean {
  return isOutOfTime(error) || isThrottling(error) || isOutage(error);
}

/** What a call means that failed for good: `what` names it. An error that no repeat can fix is returned as it is. */
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

/** Rows of one table that did not land before the run had to give up. */
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

/** Why DynamoDB throttled, where it says so: it decides what helps (AWS: "Diagnosing throttling"). */
function throttlingFacts(error: unknown): { readonly throttled_by?: string } {
  const reasons = throttledSchema
    .safeParse(error)
    .data?.ThrottlingReasons.map(({ reason }) => reason);
  return reasons === undefined ? {} : { throttled_by: [...new Set(reasons)].sort().join(', ') };
}

/** Whether DynamoDB finds fault with what a call holds: no repeat fixes that. */
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
    `DynamoDB refuses ${refused.length} of the ${wanted} ${row?.table} rows to write, first ${row?.table} ${row?.key} (${why}). ${NOT_WRITTEN}. Remove the item with this row from the playlist.`,
    { cause, facts: { rows_refused: refused.length, rows_wanted: wanted } },
  );
}

/** Not begun for want of time, or broken off at the deadline. */
function isOutOfTime(error: unknown): boolean {
  return error instanceof OutOfTimeError || (error instanceof Error && error.name === 'AbortError');
}

/** Whether DynamoDB refused the call for want of capacity. */
export function isThrottling(error: unknown): boolean {
  return error instanceof UnprocessedError || (isSdkError(error) && isThrottlingError(error));
}

/** No answer, one that says it is the service's own fault, or one that is none of the service's: a page, say, instead of JSON. */
function isOutage(error: unknown): boolean {
  if (!isSdkError(error)) return false;
  const isForeign = error instanceof NoAnswerError || error.name === 'SyntaxError';
  return isForeign || isServerError(error) || isTransientError(error);
}

/** Everything the SDK says about an error is optional, so any error fits. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}
