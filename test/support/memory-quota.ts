/** A quota whose state lives in memory, for tests of what uses it. */
import { Quota } from '../../etl/gate/quota.ts';
import type { QuotaSettings } from '../../etl/gate/reservation.ts';
import { EMPTY_STATE, type QuotaState, type QuotaStore } from '../../etl/gate/store.ts';
import type { Clock } from '../../etl/model/clock.ts';

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
