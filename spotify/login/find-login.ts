import { loginDaysLeft } from './login-life.ts';
import type { LoginSource } from './token-store.ts';

/** The public part of a stored login. */
export type LoginState = {
  readonly clientId: string;
  readonly userId: string | undefined;
  /** Undefined for a raw refresh token. */
  readonly daysLeft: number | undefined;
  readonly scopes: readonly string[];
  /** When Spotify refused it for good, ISO 8601. */
  readonly refusedAt: string | undefined;
};

/** Undefined if nobody has logged in. */
export async function findLogin(
  store: LoginSource,
  nowMs: number,
): Promise<LoginState | undefined> {
  const stored = await store.find();
  if (stored === undefined) return undefined;
  const { authorized_at, client_id, refused_at, scopes, user_id } = stored.login;
  return {
    clientId: client_id,
    userId: user_id,
    daysLeft: authorized_at === undefined ? undefined : loginDaysLeft(authorized_at, nowMs),
    scopes,
    refusedAt: refused_at,
  };
}
