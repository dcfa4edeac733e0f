/** What all figures are taken from, prepared once for a library and a calendar. */
import { COUNTED, type DashboardData, type DashboardItem, SKIPPED } from '../data.ts';
import type { Calendar } from './calendar.ts';
import { type GroupKind, type Groups, groupItems, isSpoken } from './groups.ts';
import type { DayPeriod } from './periods.ts';

export type Measure = 'plays' | 'minutes';

/** How a play counts. What statistics leave out counts nowhere, so it is neither of the first two. */
export const MUSIC = 0;
export const SPOKEN = 1;
const LEFT_OUT_MUSIC = 2;
const LEFT_OUT_SPOKEN = 3;

export type History = {
  readonly data: DashboardData;
  readonly calendar: Calendar;
  /** The three below have one entry for each play. */
  readonly day: Int32Array;
  readonly kind: Uint8Array;
  /** Milliseconds that were heard; the whole song where nobody knows how much. */
  readonly heardMs: Float64Array;
  /** Made when first asked for. */
  readonly groups: (kind: GroupKind) => Groups;
};

export function prepareHistory(data: DashboardData, calendar: Calendar): History {
  const { items, plays } = data;
  const kinds = Uint8Array.from(items, toKind);
  const lengths = Float64Array.from(items, ({ durationMs = 0 }) => durationMs);
  const day = new Int32Array(plays.length);
  const kind = new Uint8Array(plays.length);
  const heardMs = new Float64Array(plays.length);
  for (let at = 0; at < plays.length; at += 1) {
    const item = plays.item[at] ?? 0;
    const heard = plays.heardMs[at] ?? 0;
    day[at] = calendar.dayOf(plays.endedAtMs[at] ?? 0);
    kind[at] = kinds[item] ?? 0;
    heardMs[at] = heard < 0 ? (lengths[item] ?? 0) : heard;
  }
  const made = new Map<GroupKind, Groups>();
  const groups = (of: GroupKind): Groups => {
    const known = made.get(of) ?? groupItems(data, of);
    made.set(of, known);
    return known;
  };
  return { data, calendar, day, kind, heardMs, groups };
}

function toKind(item: DashboardItem): number {
  if (isSpoken(item)) return item.isLeftOut ? LEFT_OUT_SPOKEN : SPOKEN;
  return item.isLeftOut ? LEFT_OUT_MUSIC : MUSIC;
}

/** The same kind for what is left out. */
export function kindWithLeftOut(kind: number): number {
  return kind % LEFT_OUT_MUSIC;
}

/** Calls `visit` with the place of each play of a period, the oldest first. */
export function eachPlay(
  { data, day }: History,
  { from, until }: DayPeriod,
  visit: (at: number) => void,
): void {
  // Not a search: a day can come twice where the clocks go back over midnight.
  for (let at = 0; at < data.plays.length; at += 1) {
    const on = day[at] ?? 0;
    if (on >= from && on < until) visit(at);
  }
}

/** When a play of this kind ended last in the period; undefined without a counted one. */
export function findLastPlayMs(
  history: History,
  kind: number,
  { from, until }: DayPeriod,
): number | undefined {
  const at = history.kind.findLastIndex((each, play) => {
    const day = history.day[play] ?? 0;
    return each === kind && day >= from && day < until && isCounted(history, play);
  });
  return history.data.plays.endedAtMs[at];
}

export function isCounted({ data }: History, at: number): boolean {
  return ((data.plays.flags[at] ?? 0) & COUNTED) !== 0;
}

export function isSkipped({ data }: History, at: number): boolean {
  return ((data.plays.flags[at] ?? 0) & SKIPPED) !== 0;
}

/** The group of what was played, −1 for none. */
export function groupAt({ data }: History, { of }: Groups, at: number): number {
  return of[data.plays.item[at] ?? 0] ?? -1;
}

export function increase(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}

export function addTo(sums: Float64Array, at: number, value = 0): void {
  sums[at] = (sums[at] ?? 0) + value;
}
