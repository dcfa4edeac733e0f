import { randomUUID } from 'node:crypto';
import { EtlError } from '../../etl/errors.ts';
import { REQUEST_BUDGET_MS } from '../retry-policy.ts';
import {
  CLAIM_MS,
  isClaimedByOther,
  isSameLogin,
  usableToken,
  withClaim,
  withoutClaim,
  withRefusal,
  withReply,
} from './login-changes.ts';
import { loginOfOtherApp, loginRefused } from './login-errors.ts';
import { loginDaysLeft } from './login-life.ts';
import {
  type AccessToken,
  requestToken,
  type TokenEndpoint,
  type TokenReply,
} from './token-replies.ts';
import type { Login, StoredLogin, TokenStore } from './token-store.ts';

export type SharedLoginOptions = TokenEndpoint & {
  readonly tokenStore: TokenStore;
  /** Told of what went wrong without failing a run. Never a secret. */
  readonly onWarning?: (warning: string) => void;
};

/** A login in hand; without a version it is only here, since the store would not take it. */
type HeldLogin = { readonly login: Login; readonly version: string | undefined };

/** How long a token may take: another's claim runs out, then it is asked for. */
export const OBTAIN_MS = CLAIM_MS + REQUEST_BUDGET_MS + 10_000;
const WAIT_MS = 500;
const SAVE_ATTEMPTS = 4;
const SAVE_PAUSE_MS = 125;

/**
 * A user's login that any number of processes share through a store. One of them refreshes, with a claim on the login; the
 * others take up what it stored. A new refresh token is stored before anything is done with the access token that came with
 * it, and a newer login is never overwritten.
 */
export class SharedLogin {
  readonly #options: SharedLoginOptions;
  #lastSeen: Login | undefined;
  /** What the store would not take, and the login it is to replace there. */
  #unsaved: { readonly login: Login; readonly replaced: Login } | undefined;

  constructor(options: SharedLoginOptions) {
    this.#options = options;
  }

  /** As stored, ISO 8601; undefined before the login was read. */
  get authorizedAt(): string | undefined {
    return this.#lastSeen?.authorized_at;
  }

  get userId(): string | undefined {
    return this.#lastSeen?.user_id;
  }

  /** Whole days until the login ends, as far as it is known: undefined before it was read. */
  get daysLeft(): number | undefined {
    const authorizedAt = this.#lastSeen?.authorized_at;
    return authorizedAt === undefined
      ? undefined
      : loginDaysLeft(authorizedAt, this.#options.clock.now());
  }

  /**
   * An access token other than `refused`; undefined where nobody has logged in.
   *
   * @throws EtlError `REAUTH_REQUIRED` without a call where the login is known to be void
   * @throws EtlError `APP_NOT_PERMITTED`, `CONFIG_INVALID`
   * @throws EtlError when the accounts service or the store does not answer
   */
  async obtain(refused: string | undefined): Promise<AccessToken | undefined> {
    const { clock } = this.#options;
    const by = randomUUID();
    const giveUpAt = clock.now() + OBTAIN_MS;
    do {
      const held = await this.#find();
      this.#lastSeen = held?.login;
      if (held === undefined) return undefined;
      const token = await this.#tryWith(held, by, refused);
      if (token !== undefined) return token;
    } while (clock.now() < giveUpAt);
    throw new EtlError(
      'TOKEN_STORE_UNAVAILABLE',
      'Other processes kept refreshing or replacing the login. Try again in a minute.',
      { retryAfterSeconds: 60 },
    );
  }

  /** Undefined where the login must be read again: another holds the claim, or has changed it. */
  async #tryWith(
    { login, version }: HeldLogin,
    by: string,
    refused: string | undefined,
  ): Promise<AccessToken | undefined> {
    const { clock, credentials, tokenStore } = this.#options;
    if (login.client_id !== credentials.clientId) throw loginOfOtherApp();
    if (login.refused_at !== undefined) throw loginRefused();
    const now = clock.now();
    const token = usableToken(login, { now, refused });
    if (token !== undefined) return token;
    if (version === undefined) return this.#refresh({ login, version }, by);
    if (!isClaimedByOther(login, { by, now })) {
      const claim = withClaim(login, by, now);
      const claimed = await tokenStore.put(claim, version);
      if (claimed !== undefined) return this.#refresh({ login: claim, version: claimed }, by);
    }
    await this.#pause(WAIT_MS);
    return undefined;
  }

  async #refresh(held: HeldLogin, by: string): Promise<AccessToken | undefined> {
    const { login } = held;
    let reply: TokenReply;
    try {
      reply = await requestToken(this.#options, {
        refreshToken: login.refresh_token,
        needsSecret: login.needs_secret === true,
      });
    } catch (error) {
      if (error instanceof EtlError && error.code === 'REAUTH_REQUIRED') {
        return this.#acceptRefusal(login, by);
      }
      await this.#release(held);
      throw error;
    }
    return (await this.#save(withReply(login, reply), held)) ? reply.accessToken : undefined;
  }

  /** False where a newer login stands in the store, or none: it counts, and what came of the old one is forgotten. */
  async #save(next: Login, { login: replaced, version }: HeldLogin): Promise<boolean> {
    if (version !== undefined) {
      try {
        return await this.#store(next, { login: replaced, version });
      } catch (error) {
        this.#warn(error);
      }
    }
    this.#lastSeen = next;
    this.#unsaved = { login: next, replaced: this.#unsaved?.replaced ?? replaced };
    return true;
  }

  /** Stores it over another's claim too: who claimed it meanwhile has a refresh token that is used up. */
  async #store(next: Login, { login: replaced, version }: StoredLogin): Promise<boolean> {
    const { tokenStore } = this.#options;
    let replaces = version;
    let failure: unknown;
    for (let attempt = 1; attempt <= SAVE_ATTEMPTS; attempt += 1) {
      if (attempt > 1) await this.#pause(SAVE_PAUSE_MS * 2 ** attempt);
      try {
        const saved = await tokenStore.put(next, replaces);
        if (saved !== undefined) return this.#settle(next);
        const found = await tokenStore.find();
        if (found === undefined || !isSameLogin(found.login, replaced)) return false;
        replaces = found.version;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Another may have refreshed or logged in meanwhile; else the login is marked, so that nobody asks again. */
  async #acceptRefusal(used: Login, by: string): Promise<undefined> {
    const { clock, tokenStore } = this.#options;
    const found = await tokenStore.find();
    if (found === undefined || !isSameLogin(found.login, used)) return undefined;
    const now = clock.now();
    if (isClaimedByOther(found.login, { by, now })) return undefined;
    const marked = await tokenStore.put(withRefusal(found.login, now), found.version);
    if (marked !== undefined) throw loginRefused();
    return undefined;
  }

  /** So that the next need not wait for the claim to run out; where that fails, it waits. */
  async #release({ login, version }: HeldLogin): Promise<void> {
    if (version === undefined) return;
    await this.#options.tokenStore.put(withoutClaim(login), version).catch(() => undefined);
  }

  /** The login of the store, after what it has not yet taken was offered once more. */
  async #find(): Promise<HeldLogin | undefined> {
    const { tokenStore } = this.#options;
    const unsaved = this.#unsaved;
    if (unsaved === undefined) return tokenStore.find();
    try {
      const found = await tokenStore.find();
      if (found === undefined || !isSameLogin(found.login, unsaved.replaced)) {
        this.#unsaved = undefined;
        return found;
      }
      const version = await tokenStore.put(unsaved.login, found.version);
      if (version !== undefined) this.#settle(unsaved.login);
      return { login: unsaved.login, version };
    } catch (error) {
      this.#warn(error);
      return { login: unsaved.login, version: undefined };
    }
  }

  /** Of several who wait, each for a time of its own. */
  async #pause(ms: number): Promise<void> {
    const { clock } = this.#options;
    await clock.sleep(ms * (0.5 + clock.random()));
  }

  #settle(login: Login): true {
    this.#lastSeen = login;
    this.#unsaved = undefined;
    return true;
  }

  #warn(error: unknown): void {
    const why =
      error instanceof EtlError
        ? error.message
        : 'Others kept changing it, or something unforeseen went wrong.';
    this.#options.onWarning?.(
      `The refreshed login could not be stored; this process keeps it in memory and tries again at the next refresh. ${why}`,
    );
  }
}
