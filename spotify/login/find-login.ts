import { loginDaysLeft } from './login-life.ts';
import type { Login, LoginSource } from './token-store.ts';

/** A stored login without its tokens. */
export type LoginState = Omit<Login, 'access_token' | 'refresh_token'> & {
  /** Undefined for a raw refresh token. */
  readonly daysLeft: number | undefined;
};

/** Undefined if nobody has logged in. */
export async function findLogin(
  store: LoginSource,
  nowMs: number,
): Promise<LoginState | undefined> {
  const stored = await store.find();
  if (stored === undefined) return undefined;
  const { access_token, refresh_token, ...login } = stored.login;
  const { authorized_at: since } = login;
  return { ...login, daysLeft: since === undefined ? undefined : loginDaysLeft(since, nowMs) };
}
