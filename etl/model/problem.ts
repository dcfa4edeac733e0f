import * as z from 'zod/mini';

/**
 * What a problem affects. `final` and `later`: this playlist, for good or for now. `stop`: every playlist; with `Retry-After` it
 * ends by itself, without it a person must act.
 */
export const PROBLEM_KINDS = ['final', 'later', 'stop'] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** A problem document (RFC 9457) of the API; it can have more members with facts. */
export const problemSchema = z.looseObject({
  /** A URN made of the code, not a page. */
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  /** Stable: programs can branch on it. */
  code: z.string(),
  kind: z.enum(PROBLEM_KINDS),
  run_id: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;
