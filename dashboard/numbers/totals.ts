/** How much was heard in a period. */
import type { GroupKind, Groups } from './groups.ts';
import {
  eachPlay,
  type History,
  isCounted,
  isSkipped,
  kindWithLeftOut,
  MUSIC,
  SPOKEN,
} from './history.ts';
import type { DayPeriod } from './periods.ts';

export type Totals = {
  /** Long enough to count. */
  readonly plays: number;
  /** All that was heard, with what was too short to count. */
  readonly minutes: number;
  /** Plays of unknown length, for which the whole song is taken. */
  readonly unknownLength: number;
  /** Plays of songs without a name, which no ranking has. */
  readonly unnamed: number;
  /** Too short to count. */
  readonly short: number;
  /** Plays that would count and are left out of statistics. They are in no other figure. */
  readonly leftOut: number;
  /** With a counted play. Episodes and chapters, of what is spoken. */
  readonly songs: number;
  /** Shows and books, of what is spoken. */
  readonly artists: number;
  /** With a counted play. */
  readonly days: number;
  /** Plays ended by a skip. */
  readonly skipped: number;
};

/** Music and what is spoken never mix. */
export function toTotals(
  history: History,
  period: DayPeriod,
): { readonly music: Totals; readonly spoken: Totals } {
  const music = new Counter(history, period, { songs: 'songs', artists: 'artists' });
  const spoken = new Counter(history, period, { songs: 'episodes', artists: 'shows' });
  eachPlay(history, period, (at) => {
    const kind = history.kind[at] ?? 0;
    const counter = kindWithLeftOut(kind) === MUSIC ? music : spoken;
    if (kind === MUSIC || kind === SPOKEN) counter.add(at);
    else counter.addLeftOut(at);
  });
  return { music: music.toTotals(), spoken: spoken.toTotals() };
}

class Counter {
  readonly #history: History;
  readonly #from: number;
  readonly #songs: Seen;
  readonly #artists: Seen;
  readonly #days: Uint8Array;
  readonly #counts = { plays: 0, unknownLength: 0, unnamed: 0, short: 0, leftOut: 0, skipped: 0 };
  #ms = 0;

  constructor(
    history: History,
    { from, until }: DayPeriod,
    kinds: Readonly<Record<'songs' | 'artists', GroupKind>>,
  ) {
    this.#history = history;
    this.#from = from;
    this.#songs = new Seen(history.groups(kinds.songs));
    this.#artists = new Seen(history.groups(kinds.artists));
    this.#days = new Uint8Array(Math.max(0, until - from));
  }

  add(at: number): void {
    const { heardMs, item } = this.#history.data.plays;
    const counts = this.#counts;
    this.#ms += this.#history.heardMs[at] ?? 0;
    if ((heardMs[at] ?? 0) < 0) counts.unknownLength += 1;
    if (isSkipped(this.#history, at)) counts.skipped += 1;
    if (isCounted(this.#history, at)) this.#addCounted(at, item[at] ?? 0);
    else counts.short += 1;
  }

  addLeftOut(at: number): void {
    if (isCounted(this.#history, at)) this.#counts.leftOut += 1;
  }

  toTotals(): Totals {
    return {
      ...this.#counts,
      minutes: this.#ms / 60_000,
      songs: this.#songs.count,
      artists: this.#artists.count,
      days: this.#days.reduce((sum, has) => sum + has, 0),
    };
  }

  #addCounted(at: number, item: number): void {
    this.#counts.plays += 1;
    this.#days[(this.#history.day[at] ?? 0) - this.#from] = 1;
    if (!this.#songs.add(item)) this.#counts.unnamed += 1;
    this.#artists.add(item);
  }
}

/** Counts groups once. */
class Seen {
  readonly #of: Int32Array;
  readonly #seen: Uint8Array;
  count = 0;

  constructor({ names, of }: Groups) {
    this.#of = of;
    this.#seen = new Uint8Array(names.length);
  }

  /** False for an item without a group. */
  add(item: number): boolean {
    const group = this.#of[item] ?? -1;
    if (group < 0) return false;
    if (this.#seen[group] === 0) this.count += 1;
    this.#seen[group] = 1;
    return true;
  }
}
