import * as z from 'zod/mini';
import type { Clock } from '../model/clock.ts';
import type { Run } from '../model/summaries.ts';
import { toTokenError } from './failures.ts';
import { parseReply } from './parse-reply.ts';
import { RequestSender } from './request-sender.ts';
import { type AppCredentials, tokenRequest } from './requests.ts';
import { REQUEST_BUDGET_MS } from './retry-policy.ts';
import type { Exchange } from './transport.ts';

const tokenReplySchema = z.object({
  /** Visible ASCII. Of any other, fetch makes an error that quotes the header, and so the token, into the log. */
  access_token: z.string().check(z.regex(/^[\x21-\x7e]+$/)),
  expires_in: z.number(),
  /** Sent only when Spotify replaces the refresh token. */
  refresh_token: z.nullish(z.string()),
});

type TokenOptions = {
  readonly accountsUrl: URL;
  readonly credentials: AppCredentials;
  /** With one, tokens are its account's; without, the app's own. */
  readonly refreshToken: string | undefined;
  readonly exchange: Exchange;
  readonly clock: Clock;
};

type AccessToken = { readonly value: string; readonly expiresAt: number };

/** A request under way, and when the last of its attempts must have ended. */
type PendingToken = { readonly token: Promise<AccessToken>; readonly endsAt: number };

/** A token this close to its end is replaced before it is used. */
const EXPIRY_MARGIN_MS = 60_000;
/** More than a timer can hold would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Access tokens, kept in memory only. However many calls wait for one, one request is under way; a failed one is forgotten. It
 * belongs to no run: a run whose time is up stops waiting for it, and those that have time left still get its token.
 */
export class AccessTokens {
  readonly #options: TokenOptions;
  #refreshToken: string | undefined;
  #current: AccessToken | undefined;
  #pending: PendingToken | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#refreshToken = options.refreshToken;
  }

  /**
   * A token to use now. `refused` is one that Spotify has just refused: it is replaced, once for all who held it.
   *
   * @throws FatalError `REAUTH_REQUIRED`, `APP_NOT_PERMITTED`
   * @throws RetriableError when the accounts service does not answer; `RUN_OUT_OF_TIME` when the run cannot wait for it
   */
  async get({ deadlineAt }: Pick<Run, 'deadlineAt'>, refused?: string): Promise<string> {
    const current = this.#current;
    if (current !== undefined && current.value !== refused && this.#isFresh(current)) {
      return current.value;
    }
    const leftMs = deadlineAt - this.#options.clock.now();
    const token = leftMs > 0 ? await within(leftMs, this.#join()) : undefined;
    if (token === undefined) throw toTokenError({ kind: 'out-of-time' });
    return token.value;
  }

  /** The request under way. One that a frozen process has kept beyond its time is left to itself. */
  #join(): Promise<AccessToken> {
    const now = this.#options.clock.now();
    if (this.#pending !== undefined && now < this.#pending.endsAt) return this.#pending.token;
    const pending: PendingToken = {
      token: this.#request().finally(() => {
        if (this.#pending === pending) this.#pending = undefined;
      }),
      endsAt: now + REQUEST_BUDGET_MS,
    };
    this.#pending = pending;
    return pending.token;
  }

  #isFresh({ expiresAt }: AccessToken): boolean {
    return this.#options.clock.now() < expiresAt - EXPIRY_MARGIN_MS;
  }

  async #request(): Promise<AccessToken> {
    const { accountsUrl, credentials, clock, exchange } = this.#options;
    const sender = new RequestSender({ exchange, clock, deadlineAt: Number.POSITIVE_INFINITY });
    const requestedAt = clock.now();
    const answer = await sender.send(tokenRequest(accountsUrl, credentials, this.#refreshToken));
    if (!answer.ok) throw toTokenError(answer.failure);
    const reply = parseReply(tokenReplySchema, answer.body, 'token');
    this.#refreshToken = reply.refresh_token ?? this.#refreshToken;
    this.#current = {
      value: reply.access_token,
      expiresAt: requestedAt + reply.expires_in * 1000,
    };
    return this.#current;
  }
}

/** Undefined where the time is over first. It is real time, as for all that waits for a socket. */
async function within<Value>(ms: number, awaited: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS), undefined);
  });
  try {
    return await Promise.race([awaited, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
