import { isNativeError } from 'node:util/types';

/** Whether a system call failed, with one of `codes` (such as `ENOENT`) if any are given. */
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

/** A handler for `catch` that turns these failures into undefined and throws all others. */
export function ignoring(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!isSystemError(error, ...codes)) throw error;
  };
}
