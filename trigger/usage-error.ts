/** What was given cannot be used; nothing was requested and nothing written. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What went wrong, in a line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether a system call failed in this way, as `ENOENT`. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    codes.includes(error.code)
  );
}
