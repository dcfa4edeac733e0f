/** Changes of a stored login, as pure functions. */

import { type AccessToken, isFresh, type TokenReply } from './token-replies.ts';
import type { Login } from './token-store.ts';

/** Long enough for a refresh and for storing its result. */
export const CLAIM_MS = 30_000;

/** The stored access token, unless it ends soon or Spotify has just refused it. */
export function usableToken(
  { access_token: value, access_token_expires_at: expiresAt }: Login,
  { now, refused }: { readonly now: number; readonly refused: string | undefined },
): AccessToken | undefined {
  if (value === undefined || expiresAt === undefined || value === refused) return undefined;
  const token = { value, expiresAt: Date.parse(expiresAt) };
  return isFresh(token, now) ? token : undefined;
}

/** The login after a refresh, without a wrong mark as refused. */
export function withReply(login: Login, { accessToken, refreshToken }: TokenReply): Login {
  return {
    ...withoutClaim(login),
    refused_at: undefined,
    refresh_token: refreshToken ?? login.refresh_token,
    access_token: accessToken.value,
    access_token_expires_at: toTimestamp(accessToken.expiresAt),
  };
}

/** Removes an expired or refused access token. */
const NO_ACCESS = { access_token: undefined, access_token_expires_at: undefined };

/** Marks the login, without deleting it: Spotify has refused good logins by mistake. Only a new login clears the mark. */
export function withRefusal(login: Login, now: number): Login {
  return { ...withoutClaim(login), ...NO_ACCESS, refused_at: toTimestamp(now) };
}

export function withClaim(login: Login, by: string, now: number): Login {
  return { ...login, ...NO_ACCESS, refresh_claim: { by, until: toTimestamp(now + CLAIM_MS) } };
}

export function withoutClaim(login: Login): Login {
  return { ...login, refresh_claim: undefined };
}

/** A claim too far in the future is ignored. */
export function isClaimed({ refresh_claim: claim }: Login, now: number): boolean {
  const leftMs = claim === undefined ? 0 : Date.parse(claim.until) - now;
  return leftMs > 0 && leftMs <= 2 * CLAIM_MS;
}

/** Whether nobody has logged in or refreshed in between. */
export function isSameLogin(one: Login, other: Login): boolean {
  return one.refresh_token === other.refresh_token && one.authorized_at === other.authorized_at;
}

function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
