/** A gate whose state lives in memory, for tests of what is behind it. */

import type { Clock } from '../../lib/clock.ts';
import { type GateSettings } from '../../spotify/quota/admission.ts';
import { Gate } from '../../spotify/quota/gate.ts';
import { EMPTY_STATE, type GateState, type GateStore } from '../../spotify/quota/gate-state.ts';

export type MemoryGateStore = GateStore & {
  state: GateState;
  readonly reads: () => number;
  readonly writes: () => number;
};

export function createMemoryGateStore(): MemoryGateStore {
  let reads = 0;
  let writes = 0;
  return {
    state: EMPTY_STATE,
    read() {
      reads += 1;
      return Promise.resolve(this.state);
    },
    write(next, seen) {
      if (this.state.revision !== seen) return Promise.resolve(false);
      writes += 1;
      this.state = { ...next, revision: seen + 1 };
      return Promise.resolve(true);
    },
    reads: () => reads,
    writes: () => writes,
  };
}

/** Open, unpaced and without a budget, unless told otherwise. */
export function createMemoryGate(
  clock: Clock,
  {
    owner = 'process-1',
    store = createMemoryGateStore(),
    ...settings
  }: Partial<GateSettings> & { readonly owner?: string; readonly store?: GateStore } = {},
): Gate {
  return new Gate({ pace: undefined, budget: undefined, ...settings, owner, store, clock });
}
