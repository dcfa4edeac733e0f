import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { RetriableError } from '../errors.ts';
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
    return new RetriableError(
      'LOAD_INCOMPLETE',
      `The time of the run was up before ${what}. ${NOT_WRITTEN}; run it again, it goes on where it stopped.`,
      { cause },
    );
  }
  return toCapacityError(what, cause, `${NOT_WRITTEN}; run`);
}

/** The same of a read after which nothing was to be written. */
export function toReadError(what: string, cause?: unknown): unknown {
  if (isOutOfTime(cause)) {
    return new RetriableError(
      'RUN_OUT_OF_TIME',
      `The time of the run was up before ${what}. Give it more time, or ask for less.`,
      { cause },
    );
  }
  return toCapacityError(what, cause, 'Run');
}

function toCapacityError(what: string, cause: unknown, run: string): unknown {
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause };
  const whatNow = `${run} it again in ${RETRY_AFTER_SECONDS} seconds.`;
  if (cause === undefined || isThrottling(cause)) {
    return new RetriableError('TABLE_THROTTLED', `DynamoDB throttled ${what}. ${whatNow}`, options);
  }
  return isOutage(cause)
    ? new RetriableError(
        'TABLE_UNAVAILABLE',
        `DynamoDB gave no answer to ${what}. ${whatNow}`,
        options,
      )
    : cause;
}

/**
 * Runs one call. Where it fails even after the SDK's repeats, the error says what for.
 *
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export function orTableError<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  return orError(call, (cause) => toTableError(what, cause));
}

/**
 * Runs one call after which nothing is to be written. Where it fails even after the SDK's repeats, the error says what for.
 *
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `RUN_OUT_OF_TIME`
 */
export function orReadError<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  return orError(call, (cause) => toReadError(what, cause));
}

async function orError<Result>(
  call: () => Promise<Result>,
  toError: (cause: unknown) => unknown,
): Promise<Result> {
  try {
    return await call();
  } catch (cause) {
    throw toError(cause);
  }
}

/** Not begun for want of time, or broken off at the deadline. */
function isOutOfTime(error: unknown): boolean {
  return error instanceof OutOfTimeError || (error instanceof Error && error.name === 'AbortError');
}

/** Whether DynamoDB refused the call for want of capacity. */
export function isThrottling(error: unknown): boolean {
  return isSdkError(error) && isThrottlingError(error);
}

function isOutage(error: unknown): boolean {
  return isSdkError(error) && (isServerError(error) || isTransientError(error));
}

/** All that the SDK tells of an error is optional, so any error will do. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}
