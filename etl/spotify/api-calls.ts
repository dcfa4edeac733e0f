import type { Request } from 'spotify-web-api-node/src/base-request.js';
import type { Clock } from '../model/clock.ts';
import type { Run } from '../model/summaries.ts';
import type { AccessTokens } from './access-tokens.ts';
import { RequestSender } from './request-sender.ts';
import type { Answer, Exchange } from './transport.ts';

/** A request that still lacks its token. */
export type RequestWithToken = (accessToken: string) => Request;

/** Calls to the Web API within one run. */
export type ApiCalls = {
  /**
   * Sends with a valid token; refused with 401, renews it once and repeats once. Once `stop` is given it throws what it was
   * given for.
   */
  readonly call: (request: RequestWithToken, stop?: AbortSignal) => Promise<Answer>;
  /** Calls sent so far, repeats included. */
  readonly count: () => number;
};

type CallOptions = {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly tokens: AccessTokens;
};

export function createApiCalls(
  { exchange, clock, tokens }: CallOptions,
  run: Pick<Run, 'deadlineAt'>,
): ApiCalls {
  let sent = 0;
  const sender = new RequestSender({
    exchange,
    clock,
    deadlineAt: run.deadlineAt,
    onAttempt: () => {
      sent += 1;
    },
  });
  return {
    async call(request, stop) {
      stop?.throwIfAborted();
      const token = await tokens.get(run);
      const answer = await sender.send(request(token), stop);
      if (!isUnauthorised(answer)) return answer;
      return sender.send(request(await tokens.get(run, token)), stop);
    },
    count: () => sent,
  };
}

function isUnauthorised(answer: Answer): boolean {
  return !answer.ok && answer.failure.kind === 'status' && answer.failure.status === 401;
}
