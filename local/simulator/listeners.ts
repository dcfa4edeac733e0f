import { type Catalogue } from './catalogue-model.ts';
import { type SimulatedPlay } from './plays.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { createTaste, type Song } from './taste.ts';

export const LISTENER_KINDS = ['normal', 'heavy', 'skipper', 'worst', 'offline'] as const;
/** How somebody listens: about 83, 183, 227, 2,880 and 70 plays a day. */
export type ListenerKind = (typeof LISTENER_KINDS)[number];

export type ListeningOptions = {
  readonly kind: ListenerKind;
  readonly seed: number;
  /** The first play starts at this time or after. */
  readonly fromMs: number;
  /** The last play ends before this time. */
  readonly untilMs: number;
  /** No online play becomes visible later after its end; default 270 s. */
  readonly maxDelayMs?: number;
  /** How many of 100 online plays need more than a minute, and so come out of order; default 5. */
  readonly latePercent?: number;
  /** How many of 100 sessions are on a device that reports starts; default 0. */
  readonly reportsStartsPercent?: number;
  /** How many of 100 plays share their end with another song; default 0. */
  readonly sharedEndsPercent?: number;
};

type Habit = {
  readonly sessionsADay: number;
  readonly playsASession: number;
  /** How many of 100 songs are left before their end. */
  readonly skippedPercent: number;
  /** How many of 100 sessions are offline. */
  readonly offlinePercent: number;
};

const HABITS: Readonly<Record<Exclude<ListenerKind, 'worst'>, Habit>> = {
  normal: { sessionsADay: 6, playsASession: 14, skippedPercent: 15, offlinePercent: 0 },
  heavy: { sessionsADay: 6, playsASession: 30, skippedPercent: 15, offlinePercent: 0 },
  skipper: { sessionsADay: 6, playsASession: 38, skippedPercent: 90, offlinePercent: 0 },
  offline: { sessionsADay: 5, playsASession: 13, skippedPercent: 15, offlinePercent: 5 },
};
const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WAKES_AT_MS = 7 * HOUR_MS;
/** Spotify: shorter plays are not listed. */
const SHORTEST_PLAY_MS = 30 * SECOND_MS;
/** Where nothing is late, a play is visible within this time. */
const USUAL_DELAY_MS = 60 * SECOND_MS;
const OFFLINE_HOURS = { least: 1, most: 4 };
/** A session is offline on a journey: the longest has more plays than the API keeps. */
const LONGEST_JOURNEY = 60;

/**
 * What a listener of this kind plays, in the order of the ends. Plays do not overlap and last 30 s or more. The same options and
 * the same catalogue give the same plays.
 */
export function createListening(catalogue: Catalogue, options: ListeningOptions): SimulatedPlay[] {
  const random = createSeededRandom(options.seed);
  const nextSong = createTaste(catalogue, random);
  const plays: SimulatedPlay[] = [];
  let clockMs = options.fromMs;
  for (const session of planSessions(options, random)) {
    if (clockMs >= options.untilMs) break;
    clockMs = Math.max(clockMs, session.startMs);
    const songs: Listened[] = [];
    while (songs.length < session.plays && clockMs < options.untilMs) {
      const song = nextSong();
      const startedAtMs = clockMs + (session.isHasty ? 0 : random.integer(1, 3 * SECOND_MS));
      clockMs = startedAtMs + drawLength(session, song, random);
      songs.push({ ...song, startedAtMs, endedAtMs: clockMs });
    }
    plays.push(...reportSession(session, songs, { ...options, random, nextSong }));
  }
  return plays.filter(({ endedAtMs }) => endedAtMs < options.untilMs);
}

/** So many plays that have just ended, one every 30 seconds, visible at once. */
export function createPlaysJustNow(
  catalogue: Catalogue,
  { count, nowMs }: { readonly count: number; readonly nowMs: number },
): SimulatedPlay[] {
  const trackIds = [...catalogue.tracks.keys()];
  return Array.from({ length: count }, (_, index) => {
    const endedAtMs = nowMs - index * SHORTEST_PLAY_MS;
    const trackId = catalogue.random.pick(trackIds);
    const times = { endedAtMs, visibleAtMs: nowMs, playedAtMs: endedAtMs };
    return { ...times, trackId, context: null, isOnline: true };
  });
}

type Listened = Song & { readonly startedAtMs: number; readonly endedAtMs: number };

type Session = {
  /** It starts then, or when the one before has ended. */
  readonly startMs: number;
  readonly plays: number;
  readonly skippedPercent: number;
  readonly isOnline: boolean;
  /** Every song is left as soon as it counts. */
  readonly isHasty: boolean;
};

function* planSessions(
  { kind, fromMs, untilMs }: ListeningOptions,
  random: SeededRandom,
): Generator<Session> {
  if (kind === 'worst') {
    const plays = DAY_MS / SHORTEST_PLAY_MS;
    for (let startMs = fromMs; startMs < untilMs; startMs += DAY_MS) {
      yield { startMs, plays, skippedPercent: 100, isOnline: true, isHasty: true };
    }
    return;
  }
  const { sessionsADay, playsASession, skippedPercent, offlinePercent } = HABITS[kind];
  const slotMs = (DAY_MS - WAKES_AT_MS) / sessionsADay;
  for (let dayMs = fromMs - (fromMs % DAY_MS); dayMs < untilMs; dayMs += DAY_MS) {
    for (let slot = 0; slot < sessionsADay; slot += 1) {
      const earliestMs = dayMs + WAKES_AT_MS + slot * slotMs;
      const startMs = Math.floor(earliestMs) + random.integer(0, Math.floor(slotMs / 2));
      const isOnline = !random.percent(offlinePercent);
      const plays = random.integer(1, isOnline ? 2 * playsASession - 1 : LONGEST_JOURNEY);
      if (startMs >= fromMs) yield { startMs, plays, skippedPercent, isOnline, isHasty: false };
    }
  }
}

function drawLength(
  { isHasty, skippedPercent }: Session,
  { durationMs }: Song,
  random: SeededRandom,
): number {
  if (isHasty) return SHORTEST_PLAY_MS;
  const wholeMs = Math.max(SHORTEST_PLAY_MS, durationMs);
  if (!random.percent(skippedPercent)) return wholeMs;
  return random.integer(SHORTEST_PLAY_MS, Math.min(wholeMs, 2 * SHORTEST_PLAY_MS));
}

type Reporting = ListeningOptions & {
  readonly random: SeededRandom;
  readonly nextSong: () => Song;
};

/** The plays of one session as its device reports them. */
function reportSession(
  { isOnline }: Session,
  songs: readonly Listened[],
  options: Reporting,
): SimulatedPlay[] {
  const { random, nextSong, reportsStartsPercent = 0, sharedEndsPercent = 0 } = options;
  const reportsStarts = random.percent(reportsStartsPercent);
  const offlineMs =
    random.integer(OFFLINE_HOURS.least * 60, OFFLINE_HOURS.most * 60) * (HOUR_MS / 60);
  const backOnlineMs = (songs.at(-1)?.endedAtMs ?? 0) + offlineMs;
  return songs.flatMap(({ context, trackId, startedAtMs, endedAtMs }) => {
    const play = {
      endedAtMs,
      trackId,
      visibleAtMs: isOnline ? endedAtMs + drawDelay(options) : backOnlineMs,
      context,
      isOnline,
      playedAtMs: reportsStarts ? startedAtMs : endedAtMs,
    };
    return random.percent(sharedEndsPercent)
      ? [play, { ...play, trackId: nextSong().trackId }]
      : [play];
  });
}

function drawDelay({ random, maxDelayMs = 270 * SECOND_MS, latePercent = 5 }: Reporting): number {
  const usualMs = Math.min(USUAL_DELAY_MS, maxDelayMs);
  return random.percent(latePercent)
    ? random.integer(usualMs, maxDelayMs)
    : random.integer(Math.min(2 * SECOND_MS, usualMs), usualMs);
}
