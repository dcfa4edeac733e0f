import type { Clock } from '../model/clock.ts';
import type { Run } from '../model/summaries.ts';
import type { LoginAge } from './announcements.ts';
import type { Gate } from './gate.ts';
import {
  type AppFacts,
  type Calls,
  type Cooldown,
  ENDPOINTS,
  type Endpoint,
} from './gate-state.ts';

type PassOptions = {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly run: Pick<Run, 'deadlineAt'>;
};

/** A call leased and not made yet, and when it was leased, in milliseconds since the epoch. */
type Permit = { readonly endpoint: Endpoint; readonly leasedAt: number };

/** Repeats come in numbers: where one was needed, more are leased with it, and what is not used is given back. */
const REPEATS_LEASED = 5;

/** One run's way through the gate. */
export class Pass {
  readonly #options: PassOptions;
  #permits: Permit[] = [];
  /** When leased calls may start, in order, whichever they are. */
  readonly #startsAt: number[] = [];
  #hasBegun = false;
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
   * @throws RetriableError see `Gate.lease`
   */
  async secure(endpoint: Endpoint): Promise<void> {
    if (this.#permits.some((permit) => permit.endpoint === endpoint)) return;
    await this.#lease({ [endpoint]: this.#hasBegun ? REPEATS_LEASED : 1 }, this.#hasBegun);
  }

  /**
   * Leases all that a run still needs, or refuses it before it has begun. Once admitted a run is finished: what it needs beyond
   * that is counted too, and never refused for want of budget.
   *
   * @throws RetriableError see `Gate.lease`
   */
  async admit(calls: Calls): Promise<void> {
    await this.#lease(calls, this.#isAdmitted);
    this.#isAdmitted = true;
  }

  /** Returns when the next call of this kind may start; that call must then be made. */
  async enter(endpoint: Endpoint): Promise<void> {
    const { clock, gate } = this.#options;
    await this.secure(endpoint);
    const place = this.#permits.findIndex((permit) => permit.endpoint === endpoint);
    this.#permits.splice(place, 1);
    const waitMs = (this.#startsAt.shift() ?? 0) - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs);
    // A turn is given for as long as calls mostly take. Where these took longer, another process may have had its own.
    if (clock.now() >= gate.turnEndsAt) await this.#lease({}, true);
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

  async #lease(calls: Calls, isAdmitted: boolean): Promise<void> {
    const { gate, run } = this.#options;
    this.#hasBegun = true;
    const { startsAt, leasedAt } = await gate.lease({ calls, isAdmitted }, run);
    this.#startsAt.push(...startsAt);
    for (const endpoint of ENDPOINTS) {
      const count = calls[endpoint] ?? 0;
      this.#permits.push(...Array.from({ length: count }, () => ({ endpoint, leasedAt })));
    }
  }
}
