import { EtlError } from '../../etl/errors.ts';
import type { Run } from '../../etl/model/summaries.ts';
import { abortAtDeadline } from '../../lib/abort-at-deadline.ts';
import { backoffMs, retry } from '../../lib/retry.ts';
import { toTokenError } from '../errors.ts';
import { REQUEST_BUDGET_MS } from '../retry-policy.ts';
import { CLAIM_MS, isSameLogin, usableToken, withRefusal, withReply } from './login-changes.ts';
import { LoginBusyError, reauthRequired } from './login-errors.ts';
import { loginDaysLeft } from './login-life.ts';
import {
  type AccessToken,
  isFresh,
  requestToken,
  type TokenEndpoint,
  type TokenReply,
} from './token-replies.ts';
import type { HeldLogin, Login, LoginSource } from './token-store.ts';

export type TokenOptions = TokenEndpoint & {
  readonly tokenStore: LoginSource;
  /** Called with problems that do not fail a run. Never a secret. */
  readonly onWarning?: (warning: string) => void;
};

/** A token request, and its deadline. */
type PendingToken = { readonly token: Promise<AccessToken>; readonly endsAt: number };

/** A process with a valid token notices a new login or a logout after this time. */
const LOOK_AGAIN_MS = 5 * 60_000;
/** The claim of another process may have to expire first. */
const OBTAIN_MS = CLAIM_MS + REQUEST_BUDGET_MS + 10_000;
const WAIT_MS = 500;
const SAVE_ATTEMPTS = 4;
const SAVE_WAITS = { baseMs: 500, maxMs: 2_000 };

/**
 * Access tokens of the user's login, or of the app without a login.
 *
 * Any number of processes share a login through its store. One of them refreshes, the others wait and use what it stored. The
 * new refresh token is stored before the access token is used, and a newer login is never overwritten.
 *
 * Within a process, concurrent callers share one request, and failures are not cached. The request belongs to no run: a run
 * whose time is up stops waiting, and the others still get the token.
 */
export class AccessTokens {
  readonly #options: TokenOptions;
  #hasUser = true;
  #login: Login | undefined;
  /** A refreshed login that could not be stored, and the stored one that it replaces. */
  #unsaved: { readonly login: Login; readonly replaced: Login } | undefined;
  #current: AccessToken | undefined;
  #refused: string | undefined;
  /** When the store was read last. */
  #lookedAt = 0;
  #pending: PendingToken | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** False if nobody has logged in and the app uses its own token. */
  get hasUser(): boolean {
    return this.#hasUser;
  }

  /** When the user agreed, ISO 8601; undefined if that is unknown, or no login was read yet. */
  get authorizedAt(): string | undefined {
    return this.#login?.authorized_at;
  }

  /** The account's ID, like in a playlist's owner, if known. */
  get userId(): string | undefined {
    return this.#login?.user_id;
  }

  /** Whole days until the user must log in again; undefined if that is unknown, or no login was read yet. */
  get tokenDaysLeft(): number | undefined {
    const { authorizedAt } = this;
    return authorizedAt === undefined
      ? undefined
      : loginDaysLeft(authorizedAt, this.#options.clock.now());
  }

  /**
   * A valid token. `refused` is one that Spotify has just refused: it is replaced, once for all callers in all processes.
   *
   * @throws EtlError `REAUTH_REQUIRED`, without a call if the login is known to have ended
   * @throws EtlError `APP_NOT_PERMITTED`, `CONFIG_INVALID`
   * @throws EtlError of kind `later` if the accounts service or the store does not answer, or the run cannot wait for it
   */
  async get({ deadlineAt }: Pick<Run, 'deadlineAt'>, refused?: string): Promise<string> {
    const now = this.#options.clock.now();
    const leftMs = deadlineAt - now;
    this.#refused = refused ?? this.#refused;
    const current = this.#findUsable();
    const isDue = leftMs > 0 && now - this.#lookedAt >= LOOK_AGAIN_MS;
    if (current !== undefined && !isDue) return current.value;
    const onTimeout = (): EtlError => toTokenError({ kind: 'out-of-time' });
    if (leftMs <= 0) throw onTimeout();
    return (await abortAtDeadline({ ms: leftMs, onTimeout }, () => this.#join())).value;
  }

  /** The running request, unless a frozen process has kept it beyond its deadline. */
  #join(): Promise<AccessToken> {
    const now = this.#options.clock.now();
    if (this.#pending !== undefined && now < this.#pending.endsAt) return this.#pending.token;
    const pending: PendingToken = {
      token: this.#obtain().finally(() => {
        if (this.#pending === pending) this.#pending = undefined;
      }),
      endsAt: now + OBTAIN_MS,
    };
    this.#pending = pending;
    return pending.token;
  }

  async #obtain(): Promise<AccessToken> {
    const lookedAt = this.#options.clock.now();
    const ofUser = await this.#obtainOfUser();
    this.#lookedAt = lookedAt;
    const ofApp = this.#hasUser ? undefined : this.#findUsable();
    this.#hasUser = ofUser !== undefined;
    this.#current = ofUser ?? ofApp;
    if (this.#current !== undefined) return this.#current;
    if (this.#options.credentials.clientSecret === undefined) throw reauthRequired('nobody');
    this.#current = (await requestToken(this.#options)).accessToken;
    return this.#current;
  }

  /** Undefined without a login. */
  async #obtainOfUser(): Promise<AccessToken | undefined> {
    const { clock } = this.#options;
    const giveUpAt = clock.now() + OBTAIN_MS;
    try {
      return await retry(() => this.#tryLogin(), {
        clock,
        planDelayMs: (error) =>
          error instanceof LoginBusyError && clock.now() < giveUpAt
            ? WAIT_MS * (0.5 + clock.random())
            : undefined,
      });
    } catch (error) {
      // If the store cannot be read, a valid token is still usable.
      const isStoreAway = error instanceof EtlError && error.code === 'TOKEN_STORE_UNAVAILABLE';
      const current = isStoreAway && this.#hasUser ? this.#findUsable() : undefined;
      if (current === undefined) throw error;
      return current;
    }
  }

  #findUsable(): AccessToken | undefined {
    const current = this.#current;
    if (current === undefined || current.value === this.#refused) return undefined;
    return isFresh(current, this.#options.clock.now()) ? current : undefined;
  }

  /** Throws LoginBusyError if the login must be read again: another process holds it, or has changed it. */
  async #tryLogin(): Promise<AccessToken | undefined> {
    const { clock, credentials, tokenStore } = this.#options;
    const found = await this.#find();
    this.#login = found?.login;
    if (found === undefined) return undefined;
    const { login, version } = found;
    if (login.client_id !== credentials.clientId) throw reauthRequired('other app');
    if (login.refused_at !== undefined) throw reauthRequired('refused');
    const token = usableToken(login, { now: clock.now(), refused: this.#refused });
    if (token !== undefined) return token;
    if (version === undefined) return this.#refresh(login);
    const held = await tokenStore.hold({ login, version });
    if (held === undefined) throw new LoginBusyError();
    try {
      return await this.#refresh(login, held);
    } finally {
      await held.release();
    }
  }

  async #refresh(login: Login, held?: HeldLogin): Promise<AccessToken> {
    const { refresh_token: refreshToken, needs_secret: needsSecret = false } = login;
    let reply: TokenReply;
    try {
      reply = await requestToken(this.#options, { refreshToken, needsSecret });
    } catch (error) {
      const isRefused = error instanceof EtlError && error.code === 'REAUTH_REQUIRED';
      if (!isRefused || held === undefined) throw error;
      const refused = withRefusal(login, this.#options.clock.now());
      throw (await held.save(refused, { onlyIfHeld: true })) ? error : new LoginBusyError();
    }
    if (!(await this.#save(withReply(login, reply), login, held))) throw new LoginBusyError();
    return reply.accessToken;
  }

  /** False if a newer login is stored, or none: then that counts. A login that cannot be stored stays in memory. */
  async #save(next: Login, replaced: Login, held: HeldLogin | undefined): Promise<boolean> {
    const { clock } = this.#options;
    const planDelayMs = (_error: Error, attempt: number): number | undefined =>
      attempt < SAVE_ATTEMPTS
        ? backoffMs(attempt, { chance: clock.random(), ...SAVE_WAITS })
        : undefined;
    const isSaved = await retry(async () => held?.save(next), { clock, planDelayMs }).catch(
      this.#warn,
    );
    if (isSaved === false) return false;
    this.#login = next;
    this.#unsaved =
      isSaved === true ? undefined : { login: next, replaced: this.#unsaved?.replaced ?? replaced };
    return true;
  }

  /** The stored login, after another try to store an unsaved one. It has no version if it is only in memory. */
  async #find(): Promise<{ login: Login; version: string | undefined } | undefined> {
    const { tokenStore } = this.#options;
    const unsaved = this.#unsaved;
    if (unsaved === undefined) return tokenStore.find();
    const inMemory = { login: unsaved.login, version: undefined };
    try {
      const found = await tokenStore.find();
      if (found !== undefined && isSameLogin(found.login, unsaved.replaced)) {
        const held = await tokenStore.hold(found);
        if (held === undefined) return inMemory;
        await held.save(unsaved.login).finally(() => held.release());
      }
      this.#unsaved = undefined;
      return await tokenStore.find();
    } catch (error) {
      this.#warn(error);
      return inMemory;
    }
  }

  readonly #warn = (error: unknown): undefined => {
    const why = error instanceof EtlError ? error.message : 'An unexpected error happened.';
    this.#options.onWarning?.(
      `The refreshed login could not be stored; this process keeps it in memory and tries again at the next refresh. ${why}`,
    );
  };
}
