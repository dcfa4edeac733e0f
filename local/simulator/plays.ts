/** One listen, as it happened and as the API shows it. */
export type SimulatedPlay = {
  readonly endedAtMs: number;
  readonly trackId: string;
  /** When the API lists it for the first time: after its end, for an offline play hours after. */
  readonly visibleAtMs: number;
  /** Spotify URI of the album, artist, playlist or collection it was played from. */
  readonly context: string | null;
  readonly isOnline: boolean;
  /** What the API shows: the end, or the start where the device reports that. */
  readonly playedAtMs: number;
};

export type PlayLog = {
  /** Throws a RangeError where a play would be visible before it was played. */
  add: (plays: readonly SimulatedPlay[]) => void;
  /** Every play, seen or not, in the order of `playedAtMs`. */
  list: () => readonly SimulatedPlay[];
  /** What the API knows at that time: the newest plays, newest first, 50 at most. */
  listRecent: (nowMs: number) => readonly SimulatedPlay[];
};

const KEPT = 50;

/** The truth about what the user listened to, past and future. */
export function createPlayLog(): PlayLog {
  let plays: readonly SimulatedPlay[] = [];
  return {
    add: (added) => {
      if (added.some(({ visibleAtMs, playedAtMs }) => visibleAtMs < playedAtMs)) {
        throw new RangeError('A play cannot be visible before it was played: raise visibleAtMs.');
      }
      plays = [...plays, ...added].sort((one, other) => one.playedAtMs - other.playedAtMs);
    },
    list: () => plays,
    listRecent: (nowMs) => {
      const recent: SimulatedPlay[] = [];
      for (let at = countPlayedBy(plays, nowMs) - 1; at >= 0 && recent.length < KEPT; at -= 1) {
        const play = plays[at];
        if (play !== undefined && play.visibleAtMs <= nowMs) recent.push(play);
      }
      return recent;
    },
  };
}

/** How many were played at that time or before; `plays` is in order, and may hold years. */
export function countPlayedBy(plays: readonly SimulatedPlay[], nowMs: number): number {
  let [from, to] = [0, plays.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if ((plays[middle]?.playedAtMs ?? Infinity) <= nowMs) from = middle + 1;
    else to = middle;
  }
  return from;
}
