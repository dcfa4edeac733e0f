/** Days in a row with music, and without. */
import { COUNTED } from '../data.ts';
import { toDays } from './days.ts';
import { type History, MUSIC } from './history.ts';
import type { DayPeriod } from './periods.ts';

export type Streak = { readonly from: number; readonly days: number };

export type Streaks = {
  /** Days with a counted play of music. */
  readonly longest: Streak | undefined;
  /** The one that reaches the last day of the period or the day before, as today is not over. */
  readonly current: Streak | undefined;
  /** The longest pause since the first play. A day on which plays may be missing is in no pause. */
  readonly dry: Streak | undefined;
};

/** Of several equal ones, the first. Days after the library was read are in no pause. */
export function listStreaks(history: History, period: DayPeriod): Streaks {
  const { calendar, data } = history;
  const until = Math.min(period.until, calendar.dayOf(data.madeAtMs) + 1);
  const { from, gaps, plays } = toDays(history, { from: period.from, until });
  const streaks = listRuns(plays, (at) => (plays[at] ?? 0) > 0);
  const last = streaks.at(-1);
  const isCurrent = last !== undefined && last.from + last.days >= plays.length - 1;
  const start = findFirstDay(history) - from;
  const pauses = listRuns(plays, (at) => at >= start && plays[at] === 0 && gaps[at] === 0);
  const move = (streak: Streak | undefined): Streak | undefined =>
    streak && { ...streak, from: streak.from + from };
  return {
    longest: move(findLongest(streaks)),
    current: move(isCurrent ? last : undefined),
    dry: move(findLongest(pauses)),
  };
}

function listRuns(days: Uint32Array, isIn: (at: number) => boolean): Streak[] {
  const runs: Streak[] = [];
  let from = 0;
  for (let at = 0; at <= days.length; at += 1) {
    if (at < days.length && isIn(at)) continue;
    if (at > from) runs.push({ from, days: at - from });
    from = at + 1;
  }
  return runs;
}

function findLongest(runs: readonly Streak[]): Streak | undefined {
  return runs.reduce<Streak | undefined>(
    (longest, run) => (longest === undefined || run.days > longest.days ? run : longest),
    undefined,
  );
}

/** Of the first counted play of all time; infinite without any. */
function findFirstDay({ calendar, data, kind }: History): number {
  const first = data.plays.flags.findIndex(
    (flags, at) => (flags & COUNTED) !== 0 && kind[at] === MUSIC,
  );
  if (first === -1) return Number.POSITIVE_INFINITY;
  return calendar.dayOf(data.plays.endedAtMs[first] ?? 0);
}
