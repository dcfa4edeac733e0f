/** What happens to a stored login, as pure functions: who may refresh it, and what it is afterwards. */

import { REQUEST_BUDGET_MS } from '../retry-policy.ts';
import { type AccessToken, isFresh, type TokenReply } from './token-replies.ts';
import type { Login } from './token-store.ts';

/** Long enough for the request and for storing what came of it. */
export const CLAIM_MS = REQUEST_BUDGET_MS + 10_000;

/** The access token beside the refresh token, unless it is near its end or the one that Spotify has just refused. */
export function usableToken(
  { access_token: value, access_token_expires_at: expiresAt }: Login,
  { now, refused }: { readonly now: number; readonly refused: string | undefined },
): AccessToken | undefined {
  if (value === undefined || expiresAt === undefined || value === refused) return undefined;
  const token = { value, expiresAt: Date.parse(expiresAt) };
  return isFresh(token, now) ? token : undefined;
}

/** Whether another than `by` is refreshing. A claim from further ahead than clocks can differ is none. */
export function isClaimedByOther(
  { refresh_claim: claim }: Login,
  { by, now }: { readonly by: string; readonly now: number },
): boolean {
  if (claim === undefined || claim.by === by) return false;
  const leftMs = Date.parse(claim.until) - now;
  return leftMs > 0 && leftMs <= 2 * CLAIM_MS;
}

/** The access token goes: it is used up or refused, and nobody shall take it up again. */
export function withClaim(login: Login, by: string, now: number): Login {
  return { ...withoutAccess(login), refresh_claim: { by, until: toTimestamp(now + CLAIM_MS) } };
}

export function withoutClaim({ refresh_claim: _claim, ...login }: Login): Login {
  return login;
}

/** The login after a refresh. That it was refused before, if it was, has turned out wrong. */
export function withReply(login: Login, { accessToken, refreshToken }: TokenReply): Login {
  const { refused_at: _refused, ...rest } = withoutClaim(login);
  return {
    ...rest,
    refresh_token: refreshToken ?? login.refresh_token,
    access_token: accessToken.value,
    access_token_expires_at: toTimestamp(accessToken.expiresAt),
  };
}

/** Marked, not deleted: what is known of the login stays, and only a new one clears the mark. */
export function withRefusal(login: Login, now: number): Login {
  return { ...withoutClaim(withoutAccess(login)), refused_at: toTimestamp(now) };
}

/** Whether nobody has logged in or refreshed in between. */
export function isSameLogin(one: Login, other: Login): boolean {
  return one.refresh_token === other.refresh_token && one.authorized_at === other.authorized_at;
}

function withoutAccess({
  access_token: _token,
  access_token_expires_at: _expiry,
  ...login
}: Login): Login {
  return login;
}

function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
