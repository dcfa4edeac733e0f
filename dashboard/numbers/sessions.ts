/** Stretches of listening without a long pause. */
import { eachPlay, type History, isCounted, MUSIC } from './history.ts';
import type { DayPeriod } from './periods.ts';

/** Between the end of a play and the start of the next one. */
const MAX_PAUSE_MS = 30 * 60_000;
const MAX_LISTED = 10;

export type Session = {
  /** When the first play began. It is guessed from the length of the song where nobody knows how much of it was heard. */
  readonly startMs: number;
  readonly endMs: number;
  readonly plays: number;
  /** Without the pauses, and no more than from start to end: songs can overlap where whole ones are taken. */
  readonly minutes: number;
};

export type Sessions = {
  readonly count: number;
  /** The ten with the most minutes. */
  readonly longest: readonly Session[];
  /** Undefined for fewer than two. */
  readonly medianMinutes: number | undefined;
};

/** Of the music of a period, with a counted play each. A session is cut where the period is. */
export function listSessions(history: History, period: DayPeriod): Sessions {
  const all: Session[] = [];
  let open: Session | undefined;
  const close = (): void => {
    if (open === undefined || open.plays === 0) return;
    all.push({ ...open, minutes: Math.min(open.minutes, (open.endMs - open.startMs) / 60_000) });
  };
  eachPlay(history, period, (at) => {
    if (history.kind[at] !== MUSIC) return;
    const endMs = history.data.plays.endedAtMs[at] ?? 0;
    const heardMs = history.heardMs[at] ?? 0;
    const plays = isCounted(history, at) ? 1 : 0;
    if (open === undefined || endMs - heardMs - open.endMs > MAX_PAUSE_MS) {
      close();
      open = { startMs: endMs - heardMs, endMs, plays, minutes: heardMs / 60_000 };
    } else {
      const minutes = open.minutes + heardMs / 60_000;
      open = { startMs: open.startMs, endMs, plays: open.plays + plays, minutes };
    }
  });
  close();
  const byLength = all.sort(
    (one, other) => other.minutes - one.minutes || one.startMs - other.startMs,
  );
  return {
    count: all.length,
    longest: byLength.slice(0, MAX_LISTED),
    medianMinutes: medianOf(byLength.map(({ minutes }) => minutes)),
  };
}

function medianOf(sorted: readonly number[]): number | undefined {
  if (sorted.length < 2) return undefined;
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
