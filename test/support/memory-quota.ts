/** A quota whose state lives in memory, for tests of what uses it. */

import type { Clock } from '../../lib/clock.ts';
import { Quota } from '../../spotify/quota/quota.ts';
import type { QuotaSettings } from '../../spotify/quota/reservation.ts';
import { EMPTY_STATE, type QuotaState, type QuotaStore } from '../../spotify/quota/store.ts';

export type MemoryStore = QuotaStore & {
  state: QuotaState;
  /** `read` and `write` of all calls so far. */
  readonly calls: string[];
};

export function createMemoryStore(): MemoryStore {
  return {
    state: EMPTY_STATE,
    calls: [],
    read() {
      this.calls.push('read');
      return Promise.resolve(this.state);
    },
    write(next, seen) {
      this.calls.push('write');
      if (this.state.revision !== seen) return Promise.resolve(false);
      this.state = { ...next, revision: seen + 1 };
      return Promise.resolve(true);
    },
  };
}

/** The quota of one process: without pace and budget, unless they are given. */
export function createMemoryQuota(
  clock: Clock,
  {
    store = createMemoryStore(),
    ...settings
  }: Partial<QuotaSettings> & { readonly store?: QuotaStore } = {},
): Quota {
  return new Quota({
    settings: { pace: undefined, budget: undefined, ...settings },
    store,
    clock,
  });
}
