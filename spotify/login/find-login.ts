import type { LoginState } from '../../app/examination.ts';
import { loginDaysLeft } from './login-life.ts';
import type { LoginSource } from './token-store.ts';

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
