import { EMPTY_STATE, type GateState, type GateStore } from './gate-state.ts';

/**
 * For commands that a person may run before there is a table: where the state cannot be read, the rest of this process keeps one
 * of its own, and `onFailure` is told why. Its calls are then paced, but nobody else knows of them.
 */
export function createLenientStore(
  store: GateStore,
  onFailure: (error: unknown) => void,
): GateStore {
  let own: GateState | undefined;
  return {
    read: async (limits) => {
      if (own !== undefined) return own;
      try {
        return await store.read(limits);
      } catch (error) {
        onFailure(error);
        own = EMPTY_STATE;
        return own;
      }
    },
    write: (next, seen, limits) => {
      if (own === undefined) return store.write(next, seen, limits);
      own = { ...next, revision: seen + 1 };
      return Promise.resolve(true);
    },
  };
}
