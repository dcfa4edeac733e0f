import type { Run } from '../../etl/model/summaries.ts';
import type { Clock } from '../../lib/clock.ts';
import {
  type CallRequest,
  type Decision,
  decide,
  findCooldown,
  type GateSettings,
  reschedule,
} from './admission.ts';
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

export type LeaseRequest = Pick<CallRequest, 'calls' | 'isAdmitted' | 'isWhole'>;

/** Times in milliseconds since the epoch. */
export type Lease = {
  /** When calls may start, in order: all of them, or the first where the rest would have to wait for long. */
  readonly startsAt: readonly number[];
  readonly leasedAt: number;
};

type RunTime = Pick<Run, 'deadlineAt'>;

/** What a run notes at its end is noted even where its time is just up. */
const AFTER_RUN_MS = 1_000;
/** After another was quicker: of many who come at once each waits for a time of its own. */
const RETRY_MS = 25;
const MAX_RETRY_MS = 400;

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
  #writes = 0;
  #slowestMs = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** What was known about the app when the state was last seen. */
  get facts(): AppFacts {
    return this.#lastSeen.facts;
  }

  /** How long Spotify still wants silence, as far as this process knows, in milliseconds. */
  get cooldownMs(): number {
    return Math.max(0, (this.#lastSeen.cooldown?.until ?? 0) - this.#options.clock.now());
  }

  /** Told how long a call took, in milliseconds: the next process is let in when calls mostly are done. */
  noteCallMs(ms: number): void {
    this.#slowestMs = Math.max(this.#slowestMs, ms);
  }

  /**
   * Leases calls: they are counted, and have their time.
   *
   * @throws EtlError `SPOTIFY_QUOTA_EXCEEDED`, `SPOTIFY_RATE_LIMITED`, `SPOTIFY_BUDGET_SPENT`, `PLAYLIST_OVER_BUDGET`,
   * `RUN_OUT_OF_TIME` where they may not be made
   * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE` where the shared state cannot be had
   */
  lease(request: LeaseRequest, run: RunTime): Promise<Lease> {
    return this.#decide(run, (state, asked, now) =>
      decide(state, { ...request, ...asked }, { settings: this.#options, now }),
    );
  }

  /**
   * Gives calls that were leased before, and had to wait for long, their time.
   *
   * @throws see `lease`
   */
  schedule(count: number, run: RunTime): Promise<Lease> {
    return this.#decide(run, (state, asked, now) => {
      const { pace } = this.#options;
      return pace === undefined
        ? { kind: 'go', next: state, startsAt: Array<number>(count).fill(now) }
        : reschedule(state, { ...asked, count, isAdmitted: true, isWhole: false }, { pace, now });
    });
  }

  /**
   * Returns where nobody has asked for silence: as far as this process knows, or as the state is now.
   *
   * @throws EtlError `SPOTIFY_QUOTA_EXCEEDED`, `SPOTIFY_RATE_LIMITED`
   */
  async lookAgain(
    { deadlineAt }: RunTime,
    { isFresh }: { readonly isFresh: boolean },
  ): Promise<void> {
    const state = isFresh ? await this.#read(deadlineAt) : this.#lastSeen;
    const now = this.#options.clock.now();
    const refusal = findCooldown(state, now);
    if (refusal !== undefined) throw toRefusalError(refusal, now);
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

  #decide(
    { deadlineAt }: RunTime,
    toDecision: (
      state: GateState,
      asked: Pick<CallRequest, 'owner' | 'deadlineAt' | 'slowestMs'>,
      now: number,
    ) => Decision,
  ): Promise<Lease> {
    const { clock, owner } = this.#options;
    return this.#oneByOne(async () => {
      const slowestMs = this.#slowestMs;
      this.#slowestMs = 0;
      for (let attempt = 0; ; attempt += 1) {
        if (attempt > 0) await this.#backOff(attempt);
        const state = await this.#read(deadlineAt);
        const now = clock.now();
        const decision = toDecision(state, { owner, deadlineAt, slowestMs }, now);
        if (decision.kind === 'refuse') throw toRefusalError(decision.refusal, now);
        if (await this.#write(decision.next, state.revision, deadlineAt)) {
          return { startsAt: decision.startsAt, leasedAt: now };
        }
      }
    });
  }

  /** Starts from what was last seen: mostly there is nothing to change, and finding that out costs no call. */
  async #change(
    deadlineAt: number,
    toNext: (state: GateState) => GateState | undefined,
  ): Promise<void> {
    const noteBy = deadlineAt + AFTER_RUN_MS;
    await this.#oneByOne(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const state = attempt === 1 ? this.#lastSeen : await this.#read(noteBy);
        const next = toNext(state);
        if (next === undefined || (await this.#write(next, state.revision, noteBy))) return;
        await this.#backOff(attempt);
      }
    });
  }

  #oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #backOff(attempt: number): Promise<void> {
    const { clock } = this.#options;
    await clock.sleep(clock.random() * Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** attempt));
  }

  async #read(deadlineAt: number): Promise<GateState> {
    this.#lastSeen = await this.#options.store.read({ deadlineAt });
    return this.#lastSeen;
  }

  /** A write that was applied though its answer was lost is refused when it is repeated: its ID tells. */
  async #write(state: GateState, seen: number, deadlineAt: number): Promise<boolean> {
    this.#writes += 1;
    const next = { ...state, writeId: `${this.#options.owner}/${this.#writes}` };
    if (await this.#options.store.write(next, seen, { deadlineAt })) {
      this.#lastSeen = { ...next, revision: seen + 1 };
      return true;
    }
    return (await this.#read(deadlineAt)).writeId === next.writeId;
  }
}
