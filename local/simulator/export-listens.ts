/** What the simulated user heard over the years, for Spotify's exports: more than the API shows. */
import { type Catalogue } from './catalogue-model.ts';
import { createMaker, createOther, type Listen, type Maker, toHeard } from './export-heard.ts';
import { createListenerPlays } from './listener-plays.ts';
import { type ListenerKind } from './listeners.ts';
import { type SimulatedPlay } from './plays.ts';

export type HistoryOptions = {
  readonly seed: number;
  readonly nowMs: number;
  /** How many listens; default 12,000. */
  readonly rows?: number | undefined;
  /** Over how many years before now; default 12. */
  readonly years?: number | undefined;
  /** Whose plays the last four weeks have, as the simulator of the same seed shows them; default `normal`. */
  readonly listener?: ListenerKind | undefined;
  /** How many of 100 songs with a twin go by its URI in the last four weeks; default 0. Before 2022 all do. */
  readonly relinkedPercent?: number | undefined;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const RECENT_MS = 28 * DAY_MS;
const SHORT_MS = 29_999;
const RELINKED_UNTIL_MS = Date.UTC(2022, 0, 1);

/**
 * In the order of the ends, one after another. The same catalogue and options give the same listens.
 *
 * @throws RangeError where so many do not fit into so many years
 */
export function* createListens(catalogue: Catalogue, options: HistoryOptions): Generator<Listen> {
  const { nowMs, rows = 12_000, years = 12 } = options;
  const maker = createMaker(catalogue, options.seed);
  const recent = rows === 0 ? [] : [...listenRecently(maker, options)].slice(-rows);
  const untilMs = Math.min(recent[0]?.endedAtMs ?? nowMs, nowMs - RECENT_MS);
  const fromMs = nowMs - years * 365 * DAY_MS;
  yield* listenEarlier(maker, { count: rows - recent.length, fromMs, untilMs });
  yield* recent;
}

type Span = { readonly count: number; readonly fromMs: number; readonly untilMs: number };

function* listenEarlier(maker: Maker, { count, fromMs, untilMs }: Span): Generator<Listen> {
  const { random } = maker;
  let clockMs = fromMs;
  for (let made = 0; made < count; ) {
    const share = made / count;
    clockMs = Math.max(clockMs, toDaytime(fromMs + (untilMs - DAY_MS - fromMs) * share));
    const backOnlineMs = random.percent(2) ? clockMs + 3 * HOUR_MS : undefined;
    for (let left = Math.min(count - made, random.integer(1, 30)); left > 0; left -= 1) {
      const listen = createEarlier(maker, clockMs);
      clockMs += listen.msPlayed + (random.percent(1) ? 0 : random.integer(0, 3000));
      // After a journey all have the second in which the device came back.
      if (backOnlineMs !== undefined) yield { ...listen, endedAtMs: backOnlineMs, isOnline: false };
      else yield listen;
      made += 1;
    }
    if (backOnlineMs !== undefined) clockMs = Math.max(clockMs, backOnlineMs);
  }
  if (clockMs > untilMs) throw new RangeError('Too many rows for so many years: pass fewer.');
}

function createEarlier(maker: Maker, startedAtMs: number): Listen {
  const { random } = maker;
  if (random.percent(8)) return createOther(maker, startedAtMs, 40 * MINUTE_MS);
  const { durationMs, trackId } = maker.nextSong();
  const hasShort = random.percent(14);
  const isWhole = !hasShort && random.percent(80) && durationMs > 0;
  const fullMs = Math.min(durationMs, 15 * MINUTE_MS);
  const partMs = hasShort
    ? random.integer(0, SHORT_MS)
    : random.integer(30_000, Math.max(30_000, fullMs));
  const msPlayed = isWhole ? fullMs : partMs;
  const endedAtMs = startedAtMs + msPlayed;
  const heard = toHeard(maker, trackId, endedAtMs < RELINKED_UNTIL_MS);
  return { heard, endedAtMs, msPlayed, isWhole, isPrivate: false, isOnline: true };
}

/** The polled plays, and between them what is too short for a poll or of another kind. */
function* listenRecently(maker: Maker, options: HistoryOptions): Generator<Listen> {
  const { listener = 'normal', nowMs, relinkedPercent = 0, seed } = options;
  const { catalogue, random } = maker;
  const sinceMs = nowMs - RECENT_MS;
  const plays = createListenerPlays(catalogue, { kind: listener, nowMs, seed }).filter(
    ({ endedAtMs }) => endedAtMs >= sinceMs && endedAtMs <= nowMs,
  );
  for (const [index, play] of plays.entries()) {
    const before = plays[index - 1]?.endedAtMs ?? 0;
    const pauseMs = play.endedAtMs - before;
    if (index > 0 && pauseMs > 30 * MINUTE_MS && random.percent(60)) {
      yield createOther(maker, before + MINUTE_MS, pauseMs - 20 * MINUTE_MS);
    }
    yield toListen(maker, { play, pauseMs, isRelinked: random.percent(relinkedPercent) });
    if (random.percent(15)) yield createShort(maker, play.endedAtMs);
  }
}

type Polled = {
  readonly play: SimulatedPlay;
  readonly pauseMs: number;
  readonly isRelinked: boolean;
};

function toListen(maker: Maker, { play, pauseMs, isRelinked }: Polled): Listen {
  const { endedAtMs, isOnline, trackId } = play;
  const { durationMs = 0 } = maker.catalogue.tracks.get(trackId) ?? {};
  const wholeMs = Math.max(30_000, durationMs);
  const msPlayed = pauseMs < 30_000 ? wholeMs : Math.min(wholeMs, pauseMs);
  const heard = toHeard(maker, trackId, isRelinked);
  return {
    heard,
    endedAtMs,
    msPlayed,
    isWhole: msPlayed === durationMs,
    isPrivate: false,
    isOnline,
  };
}

function createShort(maker: Maker, afterMs: number): Listen {
  const msPlayed = maker.random.integer(0, SHORT_MS);
  const heard = toHeard(maker, maker.nextSong().trackId, false);
  const listen = { heard, msPlayed, isWhole: false, isPrivate: false, isOnline: true };
  return { ...listen, endedAtMs: afterMs + Math.min(msPlayed, 900) };
}

/** Between 7:00 and 23:00, in the same order. */
function toDaytime(ms: number): number {
  const ofDayMs = ms % DAY_MS;
  return Math.floor(ms - ofDayMs + 7 * HOUR_MS + (ofDayMs * 16) / 24);
}
