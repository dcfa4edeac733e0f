/** The `response` cell: one line of JSON about the last answer. */
import * as z from 'zod/mini';

const responseSchema = z.object({ status: z.nullable(z.number()) });

export type RecordedResponse = {
  /** HTTP status; null where none came. */
  readonly status: number | null;
  /** `loaded`, `unchanged`, the problem's code, or what went wrong on the way. */
  readonly code: string;
  readonly message: string;
  readonly run_id?: string;
  readonly counts?: Readonly<Record<string, number>>;
  /** When it came, ISO 8601. */
  readonly time: string;
};

export function toResponseCell(response: RecordedResponse): string {
  return JSON.stringify(response);
}

/** Whether a cell records something other than a success. What nobody can read is no proof of one. */
export function isFailure(cell: string): boolean {
  try {
    const { status } = responseSchema.parse(JSON.parse(cell));
    return status === null || status >= 300;
  } catch {
    return true;
  }
}
