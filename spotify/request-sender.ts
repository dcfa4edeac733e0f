import type { Request } from 'spotify-web-api-node/src/base-request.js';
import type { Clock } from '../lib/clock.ts';
import {
  ATTEMPT_TIMEOUT_MS,
  type AttemptState,
  planRetryMs,
  REQUEST_BUDGET_MS,
} from './retry-policy.ts';
import type { Answer, Exchange } from './transport.ts';

export type SenderOptions = {
  readonly exchange: Exchange;
  readonly clock: Clock;
  /** Milliseconds since the epoch; no request and no wait exceeds it. */
  readonly deadlineAt: number;
  /** False disables retries. */
  readonly isRepeating?: boolean;
};

type SendOptions = {
  /** After an abort nothing more is sent, and requests in flight are aborted. */
  readonly stop?: AbortSignal | undefined;
  /** Awaited before every attempt; if it throws, nothing is sent. Its wait does not count as the request's time. */
  readonly beforeAttempt?: () => Promise<void>;
};

type Refused = Extract<Answer, { ok: false }>;

const OUT_OF_TIME: Refused = { ok: false, failure: { kind: 'out-of-time' } };

/**
 * Sends requests, and repeats them by the retry policy as far as that is safe. While one waits for a rate limit, the sender
 * sends no other; after a rate limit that is too long to wait for, it sends none at all.
 */
export class RequestSender {
  readonly #options: SenderOptions;
  #pausedUntil = 0;
  #refusal: Answer | undefined;
  /** Whether Spotify has answered anything to this sender, even a refusal. */
  #isAnswered = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * Sends until there is a final answer.
   *
   * @throws the reason of `stop`, and errors of `beforeAttempt`
   */
  async send(request: Request, options: SendOptions = {}): Promise<Answer> {
    const { clock, deadlineAt } = this.#options;
    let budgetEndsAt = clock.now() + REQUEST_BUDGET_MS;
    let last: Answer | undefined;
    for (let attempt = 1; ; attempt += 1) {
      budgetEndsAt = Math.min(deadlineAt, budgetEndsAt + (await this.#untilAllowed(options)));
      await this.#waitForPause();
      const leftMs = budgetEndsAt - clock.now();
      if (this.#refusal !== undefined) return this.#refusal;
      const answer = await this.#attempt(request, leftMs, options.stop);
      if (answer.ok) return answer;
      // The request's earlier failure says more than "no time to repeat it".
      if (answer === OUT_OF_TIME) return last ?? answer;
      const leftNow = budgetEndsAt - clock.now();
      const isWrite = request.method !== undefined;
      const delayMs = this.#planRetry(answer, { attempt, leftMs: leftNow, isWrite });
      if (delayMs === undefined) return answer;
      if (!isRateLimit(answer)) await clock.sleep(delayMs);
      last = answer;
    }
  }

  /** Undefined to give up. */
  #planRetry(answer: Refused, state: Omit<AttemptState, 'chance'>): number | undefined {
    const { clock, isRepeating = true } = this.#options;
    const delayMs = isRepeating
      ? planRetryMs(answer.failure, { ...state, chance: clock.random() })
      : undefined;
    if (isRateLimit(answer)) this.#applyRateLimit(answer, delayMs);
    return delayMs;
  }

  /** Returns how long it waited, in milliseconds. */
  async #untilAllowed({ beforeAttempt, stop }: SendOptions): Promise<number> {
    const { clock } = this.#options;
    const askedAt = clock.now();
    stop?.throwIfAborted();
    await beforeAttempt?.();
    return clock.now() - askedAt;
  }

  /** If our deadline ends an attempt early, Spotify is to blame only if it has never answered. */
  async #attempt(request: Request, leftMs: number, stop?: AbortSignal): Promise<Answer> {
    const { exchange } = this.#options;
    stop?.throwIfAborted();
    if (leftMs <= 0) return OUT_OF_TIME;
    const answer = await exchange(request, Math.min(ATTEMPT_TIMEOUT_MS, leftMs), stop);
    stop?.throwIfAborted();
    this.#isAnswered ||= answer.ok || answer.failure.kind === 'status';
    const isCutShort = leftMs < ATTEMPT_TIMEOUT_MS && isTimeout(answer);
    return isCutShort && this.#isAnswered ? OUT_OF_TIME : answer;
  }

  /**
   * A short limit pauses all requests; the longest of several counts. One that is too long to wait for is the answer to all later
   * requests.
   */
  #applyRateLimit(answer: Answer, delayMs: number | undefined): void {
    if (delayMs === undefined) this.#refusal = answer;
    else this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.clock.now() + delayMs);
  }

  async #waitForPause(): Promise<void> {
    const { clock } = this.#options;
    for (let leftMs = this.#pausedUntil - clock.now(); leftMs > 0; ) {
      await clock.sleep(leftMs);
      leftMs = this.#pausedUntil - clock.now();
    }
  }
}

function isTimeout(answer: Answer): boolean {
  return !answer.ok && answer.failure.kind === 'timeout';
}

export function isRateLimit(answer: Answer): boolean {
  return !answer.ok && answer.failure.kind === 'status' && answer.failure.status === 429;
}
