/** When people are told that the login is about to end. Pure. */
import type { GateState } from './gate-state.ts';

const ANNOUNCED_AT_DAYS = [1, 7, 30] as const;

export type LoginAge = {
  /** When the user agreed, ISO 8601: a new login is announced anew. */
  readonly authorizedAt: string;
  readonly daysLeft: number;
};

/** The mark (30, 7 or 1 days) that has been passed and not announced yet; undefined where there is nothing new to say. */
export function dueAnnouncement(
  { authorizedAt, daysLeft }: LoginAge,
  announced: GateState['announced'],
): number | undefined {
  const mark = ANNOUNCED_AT_DAYS.find((days) => daysLeft <= days);
  if (mark === undefined) return undefined;
  const isSaid = announced?.authorizedAt === authorizedAt && announced.days <= mark;
  return isSaid ? undefined : mark;
}
