import { callsLeft, type Purpose } from './ledger.ts';
import { scheduleCalls } from './pace.ts';
import type { Quota } from './quota.ts';
import { type Permit, refuseInCooldown, releaseCalls, reserveCalls } from './reservation.ts';
import type { AppFacts, Cooldown, QuotaState, StoreLimits } from './store.ts';

type RunOptions = { readonly deadlineAt: number; readonly purpose: Purpose };

/** Time to store the end of a run, even if its own time is up. */
const AFTER_RUN_MS = 1_000;

/** One run's share of the quota. */
export class RunQuota {
  readonly #quota: Quota;
  readonly #run: RunOptions;
  /** Calls reserved and not made yet, in the order of their times. */
  readonly #permits: Permit[] = [];
  #isRead = false;
  #isAdmitted = false;

  constructor(quota: Quota, run: RunOptions) {
    this.#quota = quota;
    this.#run = run;
  }

  /**
   * Reserves one call, before a token is requested for it.
   *
   * @throws EtlError see `reserveAll`
   */
  async reserve(): Promise<void> {
    if (this.#permits.length === 0) await this.#reserve(1, this.#isAdmitted);
  }

  /**
   * Reserves all calls that a run still needs, or none. Further calls are counted too, but never refused by the budget.
   *
   * @throws EtlError `SPOTIFY_QUOTA_EXCEEDED`, `SPOTIFY_RATE_LIMITED`, `SPOTIFY_BUDGET_SPENT`, `PLAYLIST_OVER_BUDGET`,
   * `RUN_OUT_OF_TIME` if they are refused
   * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE` if the state cannot be read or written
   */
  async reserveAll(count: number): Promise<void> {
    await this.#reserve(count, this.#isAdmitted);
    this.#isAdmitted = true;
  }

  /**
   * Returns when the next call can start; the caller must make it. An unreserved call is a repeat: it is counted, and never
   * refused by the budget.
   *
   * @throws EtlError see `reserveAll`
   */
  async acquire(): Promise<void> {
    const { clock } = this.#quota.options;
    let permit = this.#permits.shift();
    for (; permit === undefined; permit = this.#permits.shift()) await this.#reserve(1, true);
    const waitMs = permit.startAt - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs);
    refuseInCooldown(this.#quota.state, clock.now());
  }

  /** Whether so many calls, which the budget has, take longer than the run has time. Reserves nothing. */
  isTooSlow(count: number, callMs: number): boolean {
    const { deadlineAt, purpose } = this.#run;
    const { options, state } = this.#quota;
    const { budget, pace } = options.settings;
    const now = options.clock.now();
    const { startsAt } = scheduleCalls(pace, { count, fullAt: state.fullAt, now });
    const endsAt = Math.max(startsAt.at(-1) ?? now, now + count * callMs);
    return endsAt > deadlineAt && callsLeft(state.calls, now, { budget, purpose }) >= count;
  }

  /** The calls that the budget leaves for runs like this one; infinite without a budget. */
  async callsLeft(): Promise<number> {
    const { deadlineAt, purpose } = this.#run;
    const { budget } = this.#quota.options.settings;
    return await this.#quota.change({ deadlineAt, isRead: false }, (state, now) => [
      state,
      callsLeft(state.calls, now, { budget, purpose }),
    ]);
  }

  /** Stops the calls of all processes until the cooldown ends; the longest of several counts. */
  async startCooldown(cooldown: Cooldown): Promise<void> {
    await this.#quota.change(this.#afterRun(), (state) => {
      const isLonger = cooldown.until > (state.cooldown?.until ?? 0);
      return [isLonger ? { ...state, cooldown } : state, undefined];
    });
  }

  /** Returns unused calls, stores new facts about the app, and returns the previous state. */
  release(facts: AppFacts): Promise<QuotaState> {
    const leftover = { unused: this.#permits.splice(0), purpose: this.#run.purpose, facts };
    return this.#quota.change({ ...this.#afterRun(), isOnce: true }, (state, now) => [
      releaseCalls(state, leftover, { ...this.#quota.options.settings, now }),
      state,
    ]);
  }

  async #reserve(count: number, isAdmitted: boolean): Promise<void> {
    const { deadlineAt } = this.#run;
    const reservation = { ...this.#run, count, isAdmitted };
    const permits = await this.#quota.change({ deadlineAt, isRead: this.#isRead }, (state, now) =>
      reserveCalls(state, reservation, { ...this.#quota.options.settings, now }),
    );
    this.#isRead = true;
    this.#permits.push(...permits);
  }

  #afterRun(): StoreLimits & { readonly isRead: true } {
    return { deadlineAt: this.#run.deadlineAt + AFTER_RUN_MS, isRead: true };
  }
}
