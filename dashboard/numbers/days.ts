/** Music day by day. */
import { addTo, eachPlay, type History, increase, isCounted, MUSIC } from './history.ts';
import type { DayPeriod } from './periods.ts';

export type DaySeries = {
  readonly from: number;
  /** The three below have one entry for each day. */
  readonly plays: Uint32Array;
  readonly minutes: Float64Array;
  /** 1: plays may be missing on that day. */
  readonly gaps: Uint8Array;
};

export function toDays(history: History, { from, until }: DayPeriod): DaySeries {
  const length = Math.max(0, until - from);
  const plays = new Uint32Array(length);
  const minutes = new Float64Array(length);
  eachPlay(history, { from, until }, (at) => {
    if (history.kind[at] !== MUSIC) return;
    const day = (history.day[at] ?? 0) - from;
    addTo(minutes, day, (history.heardMs[at] ?? 0) / 60_000);
    if (isCounted(history, at)) increase(plays, day);
  });
  return { from, plays, minutes, gaps: findGaps(history, { from, until }) };
}

/** Those that no import has filled. */
function findGaps({ calendar, data }: History, { from, until }: DayPeriod): Uint8Array {
  const gaps = new Uint8Array(Math.max(0, until - from));
  for (const { afterMs, beforeMs, isClosed } of data.gaps) {
    if (isClosed) continue;
    const [first, last] = [calendar.dayOf(afterMs), calendar.dayOf(beforeMs)];
    gaps.fill(1, Math.max(0, first - from), Math.max(0, last + 1 - from));
  }
  return gaps;
}
