/** What a failed call to Secrets Manager means. */
import { isNativeError } from 'node:util/types';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { EtlError } from '../../etl/errors.ts';
import { maskAwsError } from '../../lib/mask-secrets.ts';

const RETRY_AFTER_SECONDS = 10;
/** The answer of a secret that is being deleted. */
export const LEAVING = 'InvalidRequestException';

export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return isNativeError(error) && names.includes(error.name);
}

/** All that the SDK adds to an error is optional, so any error fits. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return isNativeError(error);
}

/** Whether a person must change something; everything else passes by itself. */
function isRefusal(error: unknown): boolean {
  if (!isSdkError(error) || isThrottlingError(error) || isTransientError(error)) return false;
  const status = error.$metadata?.httpStatusCode;
  if (status !== undefined) return status >= 400 && status < 500;
  return (
    isNamed(error, 'CredentialsProviderError') || error.message.startsWith('Region is missing')
  );
}

/** What a call means that failed for good. */
export function toStoreError(error: unknown, action: string, name: string): EtlError {
  const cause = maskAwsError(error);
  const what = `${action} for ${name} (${isNativeError(error) ? error.name : 'no error'})`;
  if (isRefusal(error)) {
    const message = `Secrets Manager refused ${what}. ${adviceFor(error, action)}`;
    return new EtlError('CONFIG_INVALID', message, { cause });
  }
  const message = `Secrets Manager gave no answer to ${what}. Try again in ${RETRY_AFTER_SECONDS} seconds.`;
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause };
  return new EtlError('TOKEN_STORE_UNAVAILABLE', message, options);
}

function adviceFor(error: unknown, action: string): string {
  if (isNamed(error, 'AccessDeniedException'))
    return `This identity lacks the permission secretsmanager:${action}.`;
  return isNamed(error, LEAVING)
    ? 'If it is scheduled for deletion, restore it, or delete it without recovery.'
    : 'Check region, credentials and the name.';
}
