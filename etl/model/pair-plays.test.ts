import fc from 'fast-check';
import { createSeededRandom } from '../../local/simulator/seeded-random.ts';
import { pairPlays, type TimedPlay } from './pair-plays.ts';

const WINDOW_MS = 60_000;

type World = { readonly polled: TimedPlay[]; readonly imported: TimedPlay[] };

/** 20,000 plays, each with its number as ID on both sides: one in 25 a repeat, one song in 30 short, 3 % not polled. */
function listen(noiseMs: number, seed: number): World {
  const random = createSeededRandom(seed);
  const world: World = { polled: [], imported: [] };
  let now = 0;
  let song = 0;
  for (let id = 0; id < 20_000; id += 1) {
    const isRepeat = random.percent(4);
    if (!isRepeat) song = random.integer(0, 3_000);
    const isShort = song % 30 === 0;
    now += isShort ? random.integer(31_000, 51_000) : random.integer(120_000, 300_000);
    world.imported.push({ id, at: Math.floor(now / 1000) * 1000, song });
    // The sum of twelve uniform numbers, less six, is nearly normal.
    const normal = Array.from({ length: 12 }, () => random.integer(0, 1_000) / 1_000);
    const noise = noiseMs * (normal.reduce((sum, one) => sum + one, 0) - 6);
    if (!random.percent(3)) world.polled.push({ id, at: Math.round(now + noise), song });
  }
  return world;
}

test.each([
  [0, 0],
  [2_000, 0],
  [10_000, 2],
])(
  'of 20,000 plays whose polled times are off by %i ms, at most %i are joined with another',
  (noiseMs, most) => {
    const { imported, polled } = listen(noiseMs, 1);

    const pairs = pairPlays(polled, imported, WINDOW_MS);

    expect(pairs.filter((pair) => pair.polled !== pair.imported).length).toBeLessThanOrEqual(most);
    expect(pairs.length).toBeGreaterThan(0.999 * polled.length);
  },
);

it('joins one to one, of one song, within the window, whatever there is', () => {
  const plays = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 300_000 }), song: fc.integer({ min: 1, max: 3 }) }),
    { maxLength: 20 },
  );
  const numbered = (all: readonly { at: number; song: number }[]): TimedPlay[] =>
    all.map((play, id) => ({ ...play, id }));
  fc.assert(
    fc.property(plays, plays, (one, other) => {
      const [polled, imported] = [numbered(one), numbered(other)];
      const pairs = pairPlays(polled, imported, WINDOW_MS);

      for (const side of ['polled', 'imported'] as const) {
        expect(new Set(pairs.map((pair) => pair[side])).size).toBe(pairs.length);
      }
      for (const pair of pairs) {
        const [a, b] = [polled[pair.polled], imported[pair.imported]];
        expect(a?.song).toBe(b?.song);
        expect((a?.at ?? 0) - (b?.at ?? 0)).toBe(pair.differenceMs);
        expect(Math.abs(pair.differenceMs)).toBeLessThanOrEqual(WINDOW_MS);
      }
      // No pair is left that could still be made.
      const isFree = (play: TimedPlay, side: 'polled' | 'imported'): boolean =>
        !pairs.some((pair) => pair[side] === play.id);
      const left = polled
        .filter((play) => isFree(play, 'polled'))
        .flatMap((play) =>
          imported.filter(
            (twin) =>
              isFree(twin, 'imported') &&
              twin.song === play.song &&
              Math.abs(twin.at - play.at) <= WINDOW_MS,
          ),
        );
      expect(left).toEqual([]);
    }),
  );
});
