import { isNativeError } from 'node:util/types';

/** Whether a call of the operating system failed, and in one of these ways where any is named, as `ENOENT`. */
export function isSystemError(
  error: unknown,
  ...codes: readonly string[]
): error is Error & { readonly code: string } {
  return (
    isNativeError(error) &&
    'syscall' in error &&
    'code' in error &&
    typeof error.code === 'string' &&
    (codes.length === 0 || codes.includes(error.code))
  );
}
