import { randomBytes } from 'node:crypto';
import { type Answer, toTokenErrorAnswer } from './answers.ts';
import { type Settings } from './settings.ts';

/** Spotify says six months and no more; these are 180 days from the user's consent, however often the token is used. */
export const REFRESH_TOKEN_LIFE_DAYS = 180;

/** What a refresh token stands for. */
export type Login = {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Got without the app's secret, and so refreshed without it. */
  readonly usesPkce: boolean;
  /** When the user agreed; null in the login that never ends. */
  readonly agreedAtMs: number | null;
};

export type RefreshTokens = {
  issue: (login: Login) => string;
  /** The login behind a token, or the answer that refuses it. Uses nothing up. */
  find: (token: string, clientId: string) => Login | Answer;
  /** The token that takes this one's place, where the setting wants one; the old one is void from then on. */
  rotate: (token: string, login: Login) => string | undefined;
  /** As when the user takes the app out of their account: every token so far is void. */
  revokeAll: () => void;
};

type TokenContext = {
  readonly now: () => number;
  readonly settings: Pick<Settings, 'rotation'>;
};

/** Starts with the one token given. */
export function createRefreshTokens(
  first: { readonly token: string; readonly login: Login },
  { now, settings }: TokenContext,
): RefreshTokens {
  const logins = new Map([[first.token, first.login]]);
  const revoked = new Set<string>();
  const issue = (login: Login): string => {
    const token = `AQ${randomBytes(64).toString('base64url')}`;
    logins.set(token, login);
    return token;
  };
  return {
    issue,
    find: (token, clientId) => {
      const login = logins.get(token);
      if (login?.clientId !== clientId) return refuse('Invalid refresh token');
      if (revoked.has(token)) return refuse('Refresh token revoked');
      return isOver(login, now()) ? refuse('Refresh token expired') : login;
    },
    rotate: (token, login) => {
      if (settings.rotation === 'never') return undefined;
      if (settings.rotation === 'pkce' && !login.usesPkce) return undefined;
      logins.delete(token);
      return issue(login);
    },
    revokeAll: () => {
      for (const token of logins.keys()) revoked.add(token);
    },
  };
}

function isOver({ agreedAtMs }: Login, nowMs: number): boolean {
  return agreedAtMs !== null && nowMs >= agreedAtMs + REFRESH_TOKEN_LIFE_DAYS * 86_400_000;
}

function refuse(description: string): Answer {
  return toTokenErrorAnswer('invalid_grant', description);
}
