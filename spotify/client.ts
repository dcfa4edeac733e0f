import { EtlError } from '../etl/errors.ts';
import type { Run } from '../etl/model/summaries.ts';
import { toCooldown } from './errors.ts';
import type { AccessTokens } from './login/access-tokens.ts';
import type { RunQuota } from './quota/run-quota.ts';
import type { Cooldown } from './quota/store.ts';
import { isRateLimit, RequestSender, type SenderOptions } from './request-sender.ts';
import type { RequestWithToken } from './requests.ts';
import { isUnauthorised, MAX_RETRY_AFTER_MS } from './retry-policy.ts';
import type { Answer, Exchange } from './transport.ts';

/** The Web API calls of one run, each counted and paced by its quota. */
export type ApiCalls = {
  /**
   * Sends with a valid token. After a 401 it renews the token once and repeats once; after a refusal that is known to pass within
   * seconds it repeats too. Throws the reason of `stop` after an abort.
   *
   * @throws EtlError if the quota refuses, or there is no token: nothing was sent
   */
  readonly call: (request: RequestWithToken, stop?: AbortSignal) => Promise<Answer>;
  /**
   * Gets an access token, with a request if there is none. Reserve a call first.
   *
   * @throws EtlError if there is none
   */
  readonly obtainToken: () => Promise<void>;
  /** Calls sent so far, including repeats. */
  readonly count: () => number;
  /** Calls that were answered with 429. */
  readonly rateLimited: () => number;
};

type CallOptions = Pick<SenderOptions, 'clock' | 'exchange'> & {
  readonly tokens: AccessTokens;
  readonly quota: Pick<RunQuota, 'reserve' | 'acquire' | 'startCooldown'>;
  /** False disables retries: each call is one request. */
  readonly isRepeating: boolean;
};

const SECOND_LOOK_MS = 2_000;

export function createApiCalls(
  { exchange, clock, isRepeating, quota, tokens }: CallOptions,
  run: Pick<Run, 'deadlineAt'>,
): ApiCalls {
  let sent = 0;
  let rateLimited = 0;
  const counted: Exchange = async (...request) => {
    sent += 1;
    const answer = await exchange(...request);
    if (isRateLimit(answer)) rateLimited += 1;
    return answer;
  };
  const sender = new RequestSender({ ...run, exchange: counted, clock, isRepeating });
  const getToken = async (refused?: string): Promise<string> => {
    try {
      return await tokens.get(run, refused);
    } catch (error) {
      const cooldown = cooldownOf(error, clock.now());
      if (cooldown !== undefined) await quota.startCooldown(cooldown);
      throw error;
    }
  };
  return {
    async call(request, stop) {
      stop?.throwIfAborted();
      const options = { stop, beforeAttempt: () => quota.acquire() };
      // First, because a cooldown forbids token requests too.
      await quota.reserve();
      const token = await getToken();
      const send = async (accessToken: string): Promise<Answer> => {
        const answer = await sender.send(request(accessToken), options);
        if (!isRepeating || !isPassing(answer)) return answer;
        await clock.sleep(SECOND_LOOK_MS);
        return sender.send(request(accessToken), options);
      };
      const first = await send(token);
      const answer =
        isRepeating && !first.ok && isUnauthorised(first.failure)
          ? await send(await getToken(token))
          : first;
      const cooldown = answer.ok ? undefined : toCooldown(answer.failure, clock.now());
      if (cooldown !== undefined) await quota.startCooldown(cooldown);
      return answer;
    },
    obtainToken: async () => {
      await getToken();
    },
    count: () => sent,
    rateLimited: () => rateLimited,
  };
}

/** A token request with 429 starts a pause too. */
function cooldownOf(error: unknown, now: number): Cooldown | undefined {
  if (!(error instanceof EtlError) || error.code !== 'SPOTIFY_RATE_LIMITED') return undefined;
  const waitMs = (error.retryAfterSeconds ?? 0) * 1000;
  return waitMs > MAX_RETRY_AFTER_MS ? { until: now + waitMs, reason: 'rate-limit' } : undefined;
}

/**
 * Refusals that Spotify withdrew within seconds: a good token "missing", and Premium "required" although the owner had it (both
 * July 2026).
 */
function isPassing(answer: Answer): boolean {
  if (answer.ok || answer.failure.kind !== 'status') return false;
  const { message, status } = answer.failure;
  return (
    (status === 401 && /access token missing/i.test(message)) ||
    (status === 403 && /premium/i.test(message))
  );
}
