import type { Clock } from '../model/clock.ts';
import type { Run } from '../model/summaries.ts';
import { type CallRequest, decide, type GateSettings } from './admission.ts';
import {
  type AppFacts,
  type Cooldown,
  EMPTY_STATE,
  type GateState,
  type GateStore,
} from './gate-state.ts';
import { afterRun, type Leaving } from './leaving.ts';
import { toRefusalError } from './refusals.ts';

type GateOptions = GateSettings & {
  readonly store: GateStore;
  readonly clock: Clock;
  /** Unlike that of any other process. */
  readonly owner: string;
};

export type LeaseRequest = Pick<CallRequest, 'calls' | 'isAdmitted'>;

/** Times in milliseconds since the epoch. */
export type Lease = {
  /** When each call may start, in order. */
  readonly startsAt: readonly number[];
  readonly leasedAt: number;
};

type RunTime = Pick<Run, 'deadlineAt'>;

/** What a run notes at its end is noted even where its time is just up. */
const AFTER_RUN_MS = 1_000;

/**
 * The one gate that all calls of this process pass, and through the shared state those of all other processes. It leases calls
 * in blocks; a block costs one read and one write.
 */
export class Gate {
  readonly #options: GateOptions;
  /** As it was last read or written. It may be old: nothing is admitted by it. */
  #lastSeen: GateState = EMPTY_STATE;
  /** One at a time within the process: two would only take each other's revision. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** What was known about the app when the state was last seen. */
  get facts(): AppFacts {
    return this.#lastSeen.facts;
  }

  /** Until when the turn of this process lasts, in milliseconds since the epoch; without a pace there are no turns. */
  get turnEndsAt(): number {
    const { owner, pace } = this.#options;
    const { turn } = this.#lastSeen;
    if (pace === undefined) return Number.POSITIVE_INFINITY;
    return turn?.owner === owner ? turn.until : 0;
  }

  /**
   * Leases calls, after waiting for the turn of another process where it has one.
   *
   * @throws RetriableError `SPOTIFY_QUOTA_EXCEEDED`, `SPOTIFY_RATE_LIMITED`, `SPOTIFY_BUDGET_SPENT`, `PLAYLIST_OVER_BUDGET`,
   * `RUN_OUT_OF_TIME` where they may not be made
   * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE` where the shared state cannot be had
   */
  lease(request: LeaseRequest, { deadlineAt }: RunTime): Promise<Lease> {
    const { clock, owner } = this.#options;
    return this.#oneByOne(async () => {
      for (;;) {
        const state = await this.#read(deadlineAt);
        const now = clock.now();
        const asked = { ...request, owner, deadlineAt };
        const decision = decide(state, asked, { settings: this.#options, now });
        if (decision.kind === 'refuse') throw toRefusalError(decision.refusal, now);
        if (decision.kind === 'wait') await clock.sleep(decision.until - now);
        else if (await this.#write(decision.next, state.revision, deadlineAt)) {
          return { startsAt: decision.startsAt, leasedAt: now };
        }
      }
    });
  }

  /** Keeps all functions from calling until the cooldown ends; of several the one that lasts longest counts. */
  async close(cooldown: Cooldown, { deadlineAt }: RunTime): Promise<void> {
    await this.#change(deadlineAt, (state) =>
      (state.cooldown?.until ?? 0) >= cooldown.until ? undefined : { ...state, cooldown },
    );
  }

  /**
   * Notes what a run leaves behind; writes only where there is something. Returns the mark of days left (30, 7 or 1) that this
   * run is the one to announce, if it is.
   */
  async leave(leaving: Leaving, { deadlineAt }: RunTime): Promise<number | undefined> {
    const { clock, owner, pace } = this.#options;
    let announcement: number | undefined;
    await this.#change(deadlineAt, (state) => {
      const after = afterRun(state, leaving, { owner, pace, now: clock.now() });
      announcement = after.announcement;
      return after.next;
    });
    return announcement;
  }

  /** Starts from what was last seen: mostly there is nothing to change, and finding that out costs no call. */
  async #change(
    deadlineAt: number,
    toNext: (state: GateState) => GateState | undefined,
  ): Promise<void> {
    const noteBy = deadlineAt + AFTER_RUN_MS;
    await this.#oneByOne(async () => {
      for (let state = this.#lastSeen; ; state = await this.#read(noteBy)) {
        const next = toNext(state);
        if (next === undefined || (await this.#write(next, state.revision, noteBy))) return;
      }
    });
  }

  #oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #read(deadlineAt: number): Promise<GateState> {
    this.#lastSeen = await this.#options.store.read({ deadlineAt });
    return this.#lastSeen;
  }

  async #write(next: GateState, seen: number, deadlineAt: number): Promise<boolean> {
    const isWritten = await this.#options.store.write(next, seen, { deadlineAt });
    if (isWritten) this.#lastSeen = { ...next, revision: seen + 1 };
    return isWritten;
  }
}
