import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The digits of a Spotify ID, in order. */
export const BASE62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Characters taken from one draw: drawing is what costs time. */
const CHARACTERS_PER_DRAW = 5;
const DRAWN_AT_ONCE = BASE62.length ** CHARACTERS_PER_DRAW;

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
      while (text.length < length) text += toBase62(integer(0, DRAWN_AT_ONCE - 1));
      return text.slice(0, length);
    },
  };
}

function toBase62(drawn: number): string {
  let text = '';
  let rest = drawn;
  for (let place = 0; place < CHARACTERS_PER_DRAW; place += 1) {
    text += BASE62.charAt(rest % BASE62.length);
    rest = Math.floor(rest / BASE62.length);
  }
  return text;
}
