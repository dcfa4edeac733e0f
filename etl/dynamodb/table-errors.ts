import { RetriableError } from '../errors.ts';

const THROTTLING_NAMES = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);
const RETRY_AFTER_SECONDS = 10;

/** Whether DynamoDB refused the whole call for want of capacity. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && THROTTLING_NAMES.has(error.name);
}

/** The error for rows that could not be read or changed because a table had no capacity left. */
export function tableThrottled(what: string, cause?: unknown): RetriableError {
  return new RetriableError(
    'TABLE_THROTTLED',
    `DynamoDB throttled ${what}. The playlist's row was not written; run it again in ${RETRY_AFTER_SECONDS} seconds.`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
  );
}

/** Runs one call; where DynamoDB refuses it for want of capacity even after the SDK's repeats, says so. */
export async function orThrottled<Result>(
  what: string,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw isThrottling(error) ? tableThrottled(what, error) : error;
  }
}
