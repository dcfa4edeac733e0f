import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const BASE62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A stream of choices that is the same for the same seed. */
export type SeededRandom = {
  /** A whole number from `min` to `max`, both included. */
  integer: (min: number, max: number) => number;
  /** True in about `percent` of 100 calls. */
  percent: (percent: number) => boolean;
  pick: <T>(choices: readonly T[]) => T;
  /** As many base-62 characters as asked; a Spotify ID has 22. */
  base62: (length: number) => string;
};

/** Starts a stream of choices; two streams of one seed never differ. */
export function createSeededRandom(seed: number): SeededRandom {
  const generator = xoroshiro128plus(seed);
  const integer = (min: number, max: number): number => uniformInt(generator, min, max);
  return {
    integer,
    percent: (percent) => integer(1, 1000) <= percent * 10,
    pick: (choices) => {
      const choice = choices[integer(0, choices.length - 1)];
      if (choice === undefined) throw new RangeError('Nothing to pick from: pass a filled list.');
      return choice;
    },
    base62: (length) => {
      let text = '';
      while (text.length < length) text += BASE62.charAt(integer(0, 61));
      return text;
    },
  };
}
