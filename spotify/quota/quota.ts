import type { Clock } from '../../lib/clock.ts';
import type { QuotaSettings } from './reservation.ts';
import {
  type Cooldown,
  EMPTY_STATE,
  type QuotaState,
  type QuotaStore,
  type StoreLimits,
} from './store.ts';

type QuotaOptions = {
  readonly settings: QuotaSettings;
  readonly store: QuotaStore;
  readonly clock: Clock;
  /** For callers that can work without the stored state: called with the error; the process then uses a state of its own. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
};

/** `isRead`: the run has read the state before, so it is written without another read, unless another process was faster. */
type ChangeLimits = StoreLimits & { readonly isRead: boolean };

/** The first pause after a lost race, and the longest. */
const RETRY_MS = 25;
const MAX_RETRY_MS = 400;

/** Spotify's quota as all processes share it: cooldown, budget and pace. One per process; its runs use it by `RunQuota`. */
export class Quota {
  readonly options: QuotaOptions;
  #store: QuotaStore;
  #state: QuotaState = EMPTY_STATE;
  /** One change at a time: two of one process would conflict. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: QuotaOptions) {
    this.options = options;
    this.#store = options.store;
  }

  /** As it was last read or written; it can be old. */
  get state(): QuotaState {
    return this.#state;
  }

  /**
   * Replaces the stored state by the result of `toNext`, which is called again with every newer state. Writes nothing if it
   * returns the same state.
   *
   * @throws errors of `toNext`
   * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `RUN_OUT_OF_TIME`
   */
  change<Result>(
    { isRead, ...limits }: ChangeLimits,
    toNext: (state: QuotaState, now: number) => readonly [next: QuotaState, result: Result],
  ): Promise<Result> {
    const { clock } = this.options;
    const change = async (): Promise<Result> => {
      for (let attempt = 0; ; attempt += 1) {
        const pauseMs = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** attempt);
        if (attempt > 0) await clock.sleep(clock.random() * pauseMs);
        if (attempt > 0 || !isRead) this.#state = await this.#read(limits);
        const seen = this.#state;
        const [next, result] = toNext(seen, clock.now());
        if (next === seen) return result;
        if (await this.#store.write(next, seen.revision, limits)) {
          this.#state = { ...next, revision: seen.revision + 1 };
          return result;
        }
      }
    };
    const changed = this.#queue.then(change);
    this.#queue = changed.catch(() => undefined);
    return changed;
  }

  /** Ends a cooldown early and returns it. Keeps the counts of calls. */
  clearCooldown({ deadlineAt }: StoreLimits): Promise<Cooldown | undefined> {
    return this.change({ deadlineAt, isRead: false }, (state, now) => {
      const { cooldown, ...open } = state;
      return (cooldown?.until ?? 0) > now ? [open, cooldown] : [state, undefined];
    });
  }

  async #read(limits: StoreLimits): Promise<QuotaState> {
    const { onStateUnavailable } = this.options;
    try {
      return await this.#store.read(limits);
    } catch (error) {
      if (onStateUnavailable === undefined) throw error;
      onStateUnavailable(error);
      const read = (): Promise<QuotaState> => Promise.resolve(this.#state);
      this.#store = { read, write: () => Promise.resolve(true) };
      return this.#state;
    }
  }
}
