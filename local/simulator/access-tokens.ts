import { randomBytes } from 'node:crypto';
import { type Answer, toErrorAnswer } from './answers.ts';

/** On whose behalf a token speaks: a user who logged in, or the app alone (client credentials). */
export type TokenFacts = {
  readonly kind: 'user' | 'client';
  readonly clientId: string;
  /** What the user agreed to; the app alone has none. */
  readonly scopes: readonly string[];
};

export type AccessTokens = {
  readonly lifeSeconds: number;
  /** A new opaque token; it is good for `lifeSeconds`. */
  issue: (facts: TokenFacts) => string;
  /** The facts of the token in an `Authorization` header, or the answer that refuses it. */
  check: (authorization: string | undefined) => TokenFacts | Answer;
  /** The app the token in an `Authorization` header was given to, ended or not. */
  findClientId: (authorization: string | undefined) => string | undefined;
};

/** Remembers the tokens it gave out and when they end. */
export function createAccessTokens(now: () => number, lifeSeconds: number): AccessTokens {
  const tokens = new Map<string, { facts: TokenFacts; endsAtMs: number }>();
  return {
    lifeSeconds,
    issue: (facts) => {
      const token = `BQ${randomBytes(48).toString('base64url')}`;
      tokens.set(token, { facts, endsAtMs: now() + lifeSeconds * 1000 });
      return token;
    },
    check: (authorization) => {
      if (authorization === undefined) return toErrorAnswer(401, 'No token provided');
      const [scheme, value = ''] = authorization.split(' ');
      if (scheme?.toLowerCase() !== 'bearer') {
        return toErrorAnswer(400, 'Only valid bearer authentication supported');
      }
      const token = tokens.get(value);
      if (token === undefined) return toErrorAnswer(401, 'Invalid access token');
      if (now() >= token.endsAtMs) return toErrorAnswer(401, 'The access token expired');
      return token.facts;
    },
    findClientId: (authorization = '') =>
      tokens.get(authorization.split(' ')[1] ?? '')?.facts.clientId,
  };
}
