import type { Run } from '../../etl/model/summaries.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LoginAge } from './announcements.ts';
import type { Gate, LeaseRequest } from './gate.ts';
import type { AppFacts, Calls, Cooldown, Endpoint } from './gate-state.ts';

type PassOptions = {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly run: Pick<Run, 'deadlineAt'>;
};

/** A call leased and not made yet, and when it was leased, in milliseconds since the epoch. */
type Permit = { readonly endpoint: string; readonly leasedAt: number };

/** Repeats come in numbers: after the first, more are leased at once, and what is not used is given back. */
const REPEATS_LEASED = 5;

/** One run's way through the gate. */
export class Pass {
  readonly #options: PassOptions;
  #permits: Permit[] = [];
  /** When leased calls may start, in order, whichever they are. */
  #startsAt: number[] = [];
  /** Whether times were given that nobody has come for yet: the state may have changed while this run waits. */
  #isNewlyScheduled = false;
  readonly #leased = new Set<Endpoint>();
  #repeats = 0;
  #isAdmitted = false;

  constructor(options: PassOptions) {
    this.#options = options;
  }

  /** What was known about the app when the gate was last passed. */
  get facts(): AppFacts {
    return this.#options.gate.facts;
  }

  /**
   * Sees to it that a call of this kind may be made, before anything else is sent for it.
   *
   * @throws EtlError see `Gate.lease`
   */
  async secure(endpoint: Endpoint): Promise<void> {
    if (this.#permits.some((permit) => permit.endpoint === endpoint)) return;
    const isRepeat = this.#leased.has(endpoint);
    if (isRepeat) this.#repeats += 1;
    const count = this.#repeats > 1 ? REPEATS_LEASED : 1;
    await this.#lease({
      calls: { [endpoint]: count },
      isAdmitted: isRepeat || this.#isAdmitted,
      isWhole: false,
    });
    this.#leased.add(endpoint);
  }

  /**
   * Leases all that a run still needs, or refuses it before it has begun. Once admitted a run is finished: what it needs beyond
   * that is counted too, and never refused for want of budget.
   *
   * @throws EtlError see `Gate.lease`
   */
  async admit(calls: Calls): Promise<void> {
    await this.#lease({ calls, isAdmitted: this.#isAdmitted, isWhole: true });
    this.#isAdmitted = true;
  }

  /**
   * Returns when the next call of this kind may start; that call must then be made. False, and at once, where that is after the
   * time of the run.
   *
   * @throws EtlError see `Gate.lease`
   */
  async enter(endpoint: Endpoint): Promise<boolean> {
    const { clock, gate, run } = this.#options;
    const permit = await this.#takePermit(endpoint);
    const startAt = await this.#takeStart();
    const isNewlyScheduled = this.#isNewlyScheduled;
    this.#isNewlyScheduled = false;
    const waitMs = startAt - clock.now();
    if (startAt >= run.deadlineAt) {
      this.#permits.push(permit);
      return false;
    }
    if (waitMs > 0) await clock.sleep(waitMs);
    await gate.lookAgain(run, { isFresh: isNewlyScheduled && waitMs > 0 });
    return true;
  }

  /** Told how long a call took, in milliseconds. */
  noteCallMs(ms: number): void {
    this.#options.gate.noteCallMs(ms);
  }

  /** Closes the gate for all functions. */
  async close(cooldown: Cooldown): Promise<void> {
    await this.#options.gate.close(cooldown, this.#options.run);
  }

  /** Gives back what was not used, and notes what was learnt; see `Gate.leave`. */
  async leave(facts: AppFacts, loginAge: LoginAge | undefined): Promise<number | undefined> {
    const unused = this.#permits.map(({ endpoint, leasedAt }) => ({
      calls: { [endpoint]: 1 },
      leasedAt,
    }));
    this.#permits = [];
    return this.#options.gate.leave({ unused, facts, loginAge }, this.#options.run);
  }

  /** Taken at once where there is one: of two that come for the last, one leases another. */
  async #takePermit(endpoint: Endpoint): Promise<Permit> {
    for (;;) {
      const permit = this.#permits.find((one) => one.endpoint === endpoint);
      if (permit !== undefined) {
        this.#permits = this.#permits.filter((one) => one !== permit);
        return permit;
      }
      await this.secure(endpoint);
    }
  }

  async #takeStart(): Promise<number> {
    for (;;) {
      const startAt = this.#startsAt.shift();
      if (startAt !== undefined) return startAt;
      const { gate, run } = this.#options;
      this.#keepStarts((await gate.schedule(this.#permits.length + 1, run)).startsAt);
    }
  }

  async #lease(request: LeaseRequest): Promise<void> {
    const { gate, run } = this.#options;
    const { startsAt, leasedAt } = await gate.lease(request, run);
    this.#keepStarts(startsAt);
    for (const [endpoint, count] of Object.entries(request.calls)) {
      this.#permits.push(...Array.from({ length: count }, () => ({ endpoint, leasedAt })));
    }
  }

  #keepStarts(startsAt: readonly number[]): void {
    this.#startsAt.push(...startsAt);
    this.#isNewlyScheduled = true;
  }
}
