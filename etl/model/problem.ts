/**
 * Whom a problem concerns. `final` and `later`: this playlist, for good or for now. `stop`: every playlist; with `Retry-After` it
 * ends by itself, without it a person must act.
 */
export const PROBLEM_KINDS = ['final', 'later', 'stop'] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];
