import { loginDaysLeft } from './login-life.ts';
import type { LoginSource } from './token-store.ts';

export type LoginState = {
  /** A path, or the name of a secret. */
  readonly place: string;
  readonly clientId: string;
  readonly userId?: string | undefined;
  readonly authorizedAt?: string | undefined;
  readonly daysLeft?: number | undefined;
  readonly scopes: readonly string[];
  /** When Spotify refused it for good, ISO 8601. */
  readonly refusedAt?: string | undefined;
  /** Only a refresh token is known, from SPOTIFY_REFRESH_TOKEN: neither its user nor its scopes nor its age. */
  readonly isBare: boolean;
};

/** What of a stored login may be shown and judged; undefined where there is none. */
export async function findLogin(
  store: LoginSource,
  nowMs: number,
): Promise<LoginState | undefined> {
  const stored = await store.find();
  if (stored === undefined) return undefined;
  const { authorized_at: authorizedAt, client_id, refused_at, scopes, user_id } = stored.login;
  return {
    place: store.place,
    clientId: client_id,
    userId: user_id,
    authorizedAt,
    daysLeft: authorizedAt === undefined ? undefined : loginDaysLeft(authorizedAt, nowMs),
    scopes,
    refusedAt: refused_at,
    isBare: authorizedAt === undefined,
  };
}
