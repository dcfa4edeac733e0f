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
  /** Given where calls can do without the stored state. It gets the error, and the process goes on with a state of its own. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
};

/** `isRead`: the run has read the state before, so one call changes it unless another process was quicker. */
type ChangeLimits = StoreLimits & { readonly isRead: boolean };

/** The first pause after another process was quicker, and the longest. */
const RETRY_MS = 25;
const MAX_RETRY_MS = 400;

/** Spotify's quota as all processes share it: cooldown, budget and pace. One per process; its runs use it by `RunQuota`. */
export class Quota {
  readonly options: QuotaOptions;
  #store: QuotaStore;
  #state: QuotaState = EMPTY_STATE;
  /** One change at a time: two of one process would only refuse each other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: QuotaOptions) {
    this.options = options;
    this.#store = options.store;
  }

  /** As it was last read or written. It may be old: what is changed is the stored one. */
  get state(): QuotaState {
    return this.#state;
  }

  /**
   * Replaces the stored state by what `toNext` makes of it, which is called again with every newer state. Writes nothing where
   * that is the same state.
   *
   * @throws what `toNext` throws
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

  /** Lets calls through again before a cooldown ends, and returns that cooldown. The counts of calls stay. */
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
