import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { RetriableError } from '../errors.ts';

const RETRY_AFTER_SECONDS = 10;
const WHAT_NOW = `The playlist's row was not written; run it again in ${RETRY_AFTER_SECONDS} seconds.`;

/** Whether the same call may succeed later: refused for want of capacity, or not answered as it should be. */
export function mayPass(error: unknown): boolean {
  return isThrottling(error) || isOutage(error);
}

/** The error for rows that a table had no capacity left to read or change. */
export function tableThrottled(what: string, cause?: unknown): RetriableError {
  return new RetriableError('TABLE_THROTTLED', `DynamoDB throttled ${what}. ${WHAT_NOW}`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

/**
 * Runs one call. Where DynamoDB refuses it even after the SDK's repeats, the error says what for.
 *
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`
 */
export async function orTableError<Result>(
  what: string,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (isThrottling(error)) throw tableThrottled(what, error);
    if (isOutage(error)) throw tableUnavailable(what, error);
    throw error;
  }
}

function tableUnavailable(what: string, cause: unknown): RetriableError {
  return new RetriableError('TABLE_UNAVAILABLE', `DynamoDB did not answer ${what}. ${WHAT_NOW}`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

function isThrottling(error: unknown): boolean {
  return isSdkError(error) && isThrottlingError(error);
}

function isOutage(error: unknown): boolean {
  return isSdkError(error) && (isServerError(error) || isTransientError(error));
}

/** All that the SDK tells of an error is optional, so any error will do. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}
