import { EtlError } from '../../etl/errors.ts';
import type { Run } from '../../etl/model/summaries.ts';
import { toTokenError } from '../errors.ts';
import { nobodyLoggedIn } from './login-errors.ts';
import { OBTAIN_MS, SharedLogin, type SharedLoginOptions } from './shared-login.ts';
import { type AccessToken, isFresh, requestToken } from './token-replies.ts';

/** A token being obtained, and when that must have ended. */
type PendingToken = { readonly token: Promise<AccessToken>; readonly endsAt: number };

/** How soon a new login, or a logout, is seen by a process whose token is good for longer. */
const LOOK_AGAIN_MS = 5 * 60_000;
/** More than a timer can hold would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Access tokens of the user's login, or of the app where nobody has logged in. However many calls wait for one, one is being
 * obtained; a try that failed is forgotten. It belongs to no run: a run whose time is up stops waiting for it, and those
 * that have time left still get its token.
 */
export class AccessTokens {
  readonly #options: SharedLoginOptions;
  readonly #login: SharedLogin;
  #hasUser = true;
  #current: AccessToken | undefined;
  #refused: string | undefined;
  /** When the login was looked at last. */
  #lookedAt = 0;
  #pending: PendingToken | undefined;

  constructor(options: SharedLoginOptions) {
    this.#options = options;
    this.#login = new SharedLogin(options);
  }

  /** False once it turned out that nobody has logged in and the app speaks for itself. */
  get hasUser(): boolean {
    return this.#hasUser;
  }

  /** When the user agreed, ISO 8601; undefined where that is unknown, or no login was read yet. */
  get authorizedAt(): string | undefined {
    return this.#login.authorizedAt;
  }

  /** The account's ID as playlists name their owner, as far as it is known. */
  get userId(): string | undefined {
    return this.#login.userId;
  }

  /** Whole days until the user must log in again; undefined where that is unknown, or no login was read yet. */
  get tokenDaysLeft(): number | undefined {
    return this.#login.daysLeft;
  }

  /**
   * A token to use now. `refused` is one that Spotify has just refused: it is replaced, once for all who held it, in this
   * process or another.
   *
   * @throws EtlError `REAUTH_REQUIRED`, `APP_NOT_PERMITTED`, `CONFIG_INVALID`
   * @throws EtlError when the accounts service or the store does not answer; `RUN_OUT_OF_TIME` when the run cannot
   *   wait for it
   */
  async get({ deadlineAt }: Pick<Run, 'deadlineAt'>, refused?: string): Promise<string> {
    const now = this.#options.clock.now();
    const current = this.#current;
    const isGood = current !== undefined && current.value !== refused && isFresh(current, now);
    const leftMs = deadlineAt - now;
    const mayLook = leftMs > 0 && now - this.#lookedAt >= LOOK_AGAIN_MS;
    if (isGood && !mayLook) return current.value;
    this.#refused = refused ?? this.#refused;
    const token = leftMs > 0 ? await within(leftMs, this.#join()) : undefined;
    if (token === undefined) throw toTokenError({ kind: 'out-of-time' });
    return token.value;
  }

  /** The one under way. One that a frozen process has kept beyond its time is left to itself. */
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
    const hadUser = this.#hasUser;
    this.#hasUser = ofUser !== undefined;
    this.#current = ofUser ?? (await this.#obtainOfApp(hadUser));
    return this.#current;
  }

  /** A store that cannot be read is no reason to give up a token that is still good. */
  async #obtainOfUser(): Promise<AccessToken | undefined> {
    try {
      return await this.#login.obtain(this.#refused);
    } catch (error) {
      const isStoreAway = error instanceof EtlError && error.code === 'TOKEN_STORE_UNAVAILABLE';
      const current = this.#usable();
      if (isStoreAway && this.#hasUser && current !== undefined) return current;
      throw error;
    }
  }

  #usable(): AccessToken | undefined {
    const current = this.#current;
    const isUsable =
      current !== undefined &&
      current.value !== this.#refused &&
      isFresh(current, this.#options.clock.now());
    return isUsable ? current : undefined;
  }

  async #obtainOfApp(hadUser: boolean): Promise<AccessToken> {
    if (this.#options.credentials.clientSecret === undefined) throw nobodyLoggedIn();
    const current = hadUser ? undefined : this.#usable();
    if (current !== undefined) return current;
    return (await requestToken(this.#options)).accessToken;
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
