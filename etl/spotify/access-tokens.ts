import * as z from 'zod/mini';
import type { Clock } from '../model/clock.ts';
import { toTokenError } from './failures.ts';
import { parseReply } from './parse-reply.ts';
import type { RequestSender } from './request-sender.ts';
import { type AppCredentials, tokenRequest } from './requests.ts';

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
  readonly clock: Pick<Clock, 'now'>;
};

type AccessToken = { readonly value: string; readonly expiresAt: number };

/** A token this close to its end is replaced before it is used. */
const EXPIRY_MARGIN_MS = 60_000;

/**
 * Access tokens, kept in memory only. However many calls wait for one, one request is under way; a failed one is forgotten.
 */
export class AccessTokens {
  readonly #options: TokenOptions;
  #refreshToken: string | undefined;
  #current: AccessToken | undefined;
  #pending: Promise<AccessToken> | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#refreshToken = options.refreshToken;
  }

  /**
   * A token to use now. `refused` is one that Spotify has just refused: it is replaced, once for all who held it.
   *
   * @throws FatalError `REAUTH_REQUIRED`, `APP_NOT_PERMITTED`
   * @throws RetriableError when the accounts service does not answer
   */
  async get(sender: RequestSender, refused?: string): Promise<string> {
    const current = this.#current;
    if (current !== undefined && current.value !== refused && this.#isFresh(current)) {
      return current.value;
    }
    this.#pending ??= this.#request(sender).finally(() => {
      this.#pending = undefined;
    });
    return (await this.#pending).value;
  }

  #isFresh({ expiresAt }: AccessToken): boolean {
    return this.#options.clock.now() < expiresAt - EXPIRY_MARGIN_MS;
  }

  async #request(sender: RequestSender): Promise<AccessToken> {
    const { accountsUrl, credentials, clock } = this.#options;
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
