import * as z from 'zod/mini';

/**
 * Whom a problem concerns. `final` and `later`: this playlist, for good or for now. `stop`: every playlist; with `Retry-After` it
 * ends by itself, without it a person must act.
 */
export const PROBLEM_KINDS = ['final', 'later', 'stop'] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** A problem document (RFC 9457), as the API answers it; facts of the case stand next to these members. */
export const problemSchema = z.looseObject({
  /** A name, not a page: a URN made of the code. */
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  /** Stable: programs may branch on it. */
  code: z.string(),
  kind: z.enum(PROBLEM_KINDS),
  run_id: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;
