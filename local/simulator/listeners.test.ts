import fc from 'fast-check';
import { createCatalogue } from './catalogue.ts';
import {
  createListening,
  LISTENER_KINDS,
  type ListenerKind,
  type ListeningOptions,
} from './listeners.ts';
import { type SimulatedPlay, startSpotifySimulator } from './simulator.ts';

const catalogue = createCatalogue(1);
const FROM = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

function listen(
  kind: ListenerKind,
  days: number,
  options: Partial<ListeningOptions> = {},
): SimulatedPlay[] {
  const time = { fromMs: FROM, untilMs: FROM + days * DAY_MS };
  return createListening(catalogue, { kind, seed: 1, ...time, ...options });
}

/** How often each value occurs, the most frequent first. */
function rank(values: readonly unknown[]): number[] {
  return [...Map.groupBy(values, (value) => value)]
    .map(([, group]) => group.length)
    .sort((one, other) => other - one);
}

describe('a simulator with a listener', () => {
  it('has its plays of 2026 behind it, the same at every start, and 30 days before it', async () => {
    const nowMs = FROM + 30 * DAY_MS;
    const simulator = await startSpotifySimulator({ listener: 'normal', now: () => nowMs });
    const plays = simulator.plays();
    await simulator.close();
    expect(plays).toEqual(listen('normal', 60));
  });
});

describe('a listener', () => {
  it('hears one song at a time for 30 s or more, and hears the same for the same seed', () => {
    const anyOptions = fc.record({
      kind: fc.constantFrom(...LISTENER_KINDS),
      seed: fc.nat(),
      fromMs: fc.integer({ min: FROM, max: FROM + DAY_MS }),
      maxDelayMs: fc.integer({ min: 0, max: DAY_MS }),
      latePercent: fc.nat(100),
    });
    fc.assert(
      fc.property(anyOptions, ({ kind, fromMs, ...options }) => {
        const wanted = { ...options, fromMs, untilMs: fromMs + 3 * DAY_MS };
        const plays = listen(kind, 3, { ...wanted, reportsStartsPercent: 100 });
        expect(plays).toEqual(listen(kind, 3, { ...wanted, reportsStartsPercent: 100 }));
        // Here each shows its start.
        const wrong = plays.filter(
          ({ endedAtMs, isOnline, playedAtMs, visibleAtMs }, at) =>
            playedAtMs < (plays[at - 1]?.endedAtMs ?? fromMs) ||
            endedAtMs - playedAtMs < 30_000 ||
            endedAtMs >= wanted.untilMs ||
            visibleAtMs < endedAtMs ||
            (isOnline && visibleAtMs - endedAtMs > options.maxDelayMs),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 20 },
    );
    expect(listen('normal', 3)).not.toEqual(listen('normal', 3, { seed: 2 }));
  });

  it.each([
    ['normal', 83],
    ['heavy', 183],
    ['skipper', 227],
    ['worst', 2_880],
    ['offline', 70],
  ] as const)('of the kind %s plays about %i songs a day', (kind, rate) => {
    const plays = listen(kind, 60);
    expect(plays.length / 60).toBeGreaterThan(rate * 0.9);
    expect(plays.length / 60).toBeLessThan(rate * 1.1);
  });

  it('has favourites, repeats, withdrawn songs, and plays without a context', () => {
    const plays = listen('normal', 365);
    const names = plays.map(({ trackId }) => catalogue.tracks.get(trackId)?.name);
    const artists = plays.map(({ trackId }) => catalogue.tracks.get(trackId)?.artistIds[0]);
    expect(rank(plays.map(({ trackId }) => trackId))[0]).toBeGreaterThan(plays.length / 200);
    expect(rank(artists)[0]).toBeGreaterThan(plays.length / 100);
    const repeats = plays.filter(({ trackId }, at) => plays[at - 1]?.trackId === trackId);
    expect(repeats.length).toBeGreaterThan(plays.length / 50);
    expect(names).toContain('');
    const contexts = new Set(plays.map(({ context }) => context?.split(':').slice(1, 2)[0]));
    expect(contexts).toEqual(new Set(['album', 'artist', 'playlist', 'user', undefined]));
  });

  it('is shown late and out of order now and then, and each end is one of its own', () => {
    const plays = listen('skipper', 60);
    expect(Math.max(...plays.map((play) => play.visibleAtMs - play.endedAtMs))).toBeGreaterThan(
      240_000,
    );
    const overtaken = plays.filter(
      (play, at) => play.visibleAtMs > (plays[at + 1]?.visibleAtMs ?? Infinity),
    );
    expect(overtaken.length).toBeGreaterThan(60);
    expect(new Set(plays.map(({ endedAtMs }) => endedAtMs)).size).toBe(plays.length);
    const shared = listen('normal', 60, { sharedEndsPercent: 10 });
    expect(new Set(shared.map(({ endedAtMs }) => endedAtMs)).size).toBeLessThan(shared.length);
  });

  it('comes back online with a burst, now and then of more than 50 plays', () => {
    const offline = listen('offline', 365).filter(({ isOnline }) => !isOnline);
    const bursts = rank(offline.map(({ visibleAtMs }) => visibleAtMs));
    expect(bursts.length).toBeGreaterThan(50);
    expect(bursts.filter((size) => size > 50).length).toBeGreaterThan(5);
    const delays = offline.map(({ endedAtMs, visibleAtMs }) => visibleAtMs - endedAtMs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(3_600_000);
  });
});
