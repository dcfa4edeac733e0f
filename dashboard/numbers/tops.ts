/** Rankings, and what they are made of. */
import {
  addTo,
  eachPlay,
  groupAt,
  type History,
  increase,
  isCounted,
  isSkipped,
  type Measure,
} from './history.ts';
import type { DayPeriod } from './periods.ts';

export type TopKind = 'songs' | 'artists' | 'albums' | 'shows';

export type TopRow = {
  readonly key: string;
  readonly name: string;
  readonly artist: string;
  readonly plays: number;
  readonly minutes: number;
  readonly skipped: number;
  /** All plays, with the short ones: the skip rate is `skipped / starts`. */
  readonly starts: number;
  /** The first and the last listen of all time, not only of the period. */
  readonly firstMs: number;
  readonly lastMs: number;
};

export const ALL_TIME: DayPeriod = {
  from: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
};

/** All of them, in the order of `plays top`. */
export function listTops(
  history: History,
  kind: TopKind,
  { by, ...period }: DayPeriod & { readonly by: Measure },
): TopRow[] {
  return countRows(history, kind, period).sort(by === 'plays' ? byPlays : byMinutes);
}

/** Everything with a counted play in the period, in no order. */
export function countRows(history: History, kind: TopKind, period: DayPeriod): TopRow[] {
  const groups = history.groups(kind);
  const { firstMs, lastMs, names } = groups;
  const plays = new Uint32Array(names.length);
  const starts = new Uint32Array(names.length);
  const skipped = new Uint32Array(names.length);
  const ms = new Float64Array(names.length);
  eachPlay(history, period, (at) => {
    const group = groupAt(history, groups, at);
    if (group < 0) return;
    increase(starts, group);
    addTo(ms, group, history.heardMs[at]);
    if (isCounted(history, at)) increase(plays, group);
    if (isSkipped(history, at)) increase(skipped, group);
  });
  return names.flatMap((name, group) => {
    if (plays[group] === 0) return [];
    const minutes = (ms[group] ?? 0) / 60_000;
    const counts = { plays: plays[group] ?? 0, minutes, skipped: skipped[group] ?? 0 };
    const times = { firstMs: firstMs[group] ?? 0, lastMs: lastMs[group] ?? 0 };
    return [{ ...name, ...counts, ...times, starts: starts[group] ?? 0 }];
  });
}

export function byPlays(one: TopRow, other: TopRow): number {
  return other.plays - one.plays || other.minutes - one.minutes || byName(one, other);
}

function byMinutes(one: TopRow, other: TopRow): number {
  return other.minutes - one.minutes || other.plays - one.plays || byName(one, other);
}

function byName(one: TopRow, other: TopRow): number {
  return compareTexts(one.name, other.name) || compareTexts(one.artist, other.artist);
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
