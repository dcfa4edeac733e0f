import { sha256, toLoginText } from './login-text.ts';
import type { Login, StoredLogin, TokenStore } from './token-store.ts';

/**
 * Keeps a login in memory: for a refresh token that was given outright. One that Spotify puts in its place is forgotten with
 * the process. Without `login` it begins empty.
 */
export function createFixedTokenStore(login?: Login): TokenStore {
  let stored = login && toStored(login, undefined);
  return {
    place: 'SPOTIFY_REFRESH_TOKEN',
    find: () => Promise.resolve(stored && structuredClone(stored)),
    put: (next, replaces) => {
      const candidate = toStored(next, replaces);
      if (stored?.version !== candidate.version) {
        if (stored?.version !== replaces) return Promise.resolve(undefined);
        stored = candidate;
      }
      return Promise.resolve(candidate.version);
    },
    remove: () => {
      stored = undefined;
      return Promise.resolve();
    },
  };
}

/** The version is a hash that names the one before, so that none comes twice. */
function toStored(login: Login, replaces: string | undefined): StoredLogin {
  return {
    login: structuredClone(login),
    version: sha256(`${replaces ?? ''}\n${toLoginText(login)}`),
  };
}
