import * as z from 'zod/mini';
import type { Clock } from '../../lib/clock.ts';
import type { Documents } from './documents.ts';

const lockSchema = z.object({ holder: z.string(), until: z.number() });

/** `until` is in milliseconds since the epoch: a holder that crashed loses it then. */
export type Lock = { readonly id: string; readonly holder: string; readonly until: number };

/** A lock that nobody has wanted for so long is removed. */
const KEPT_MS = 86_400_000;

/** Locks that functions share, as documents. */
export class Locks {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor(documents: Documents, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** Again for the same holder renews it. False if another holder has it at `now`. */
  async take({ holder, id, until }: Lock, now = this.#clock.now()): Promise<boolean> {
    return await this.#documents.change(id, lockSchema, (held) => {
      if (held && held.holder !== holder && held.until > now) return { result: false };
      return { next: { holder, until }, result: true, expiresAt: until + KEPT_MS };
    });
  }

  async free({ holder, id }: Pick<Lock, 'holder' | 'id'>): Promise<void> {
    await this.#documents.change(id, lockSchema, (held) => ({
      ...(held?.holder === holder && { next: { holder, until: 0 } }),
      result: undefined,
      expiresAt: this.#clock.now() + KEPT_MS,
    }));
  }
}
