import { createHash } from 'node:crypto';
import { type AccessTokens, type TokenFacts } from './access-tokens.ts';
import { type Answer, toJsonAnswer, toTokenErrorAnswer } from './answers.ts';
import {
  type Client,
  type Form,
  findClient,
  findClientId,
  refuseClient,
  type SimulatorApp,
} from './apps.ts';
import { type AuthorizeContext, answerAuthorize, answerDecision } from './authorize.ts';
import { createCodes } from './codes.ts';
import { createRefreshTokens, type Login, type RefreshTokens } from './refresh-tokens.ts';
import { ALL_SCOPES } from './scopes.ts';
import { type Settings } from './settings.ts';

export type SimulatorCredentials = SimulatorApp & {
  /** A login of the user from before the start: with every scope, by the secret, without an end. */
  readonly refreshToken: string;
};

export type AccountsApi = {
  /** Spotify: `POST /api/token`. */
  answerToken: (form: Form, authorization: string | undefined) => Answer;
  /** Spotify: `GET /authorize`. */
  answerAuthorize: (query: Form) => Answer;
  /** What the consent page posts: the query of the page and the decision of its form. */
  answerDecision: (query: Form, form: Form) => Answer;
  /** The app that asks for a token or for a consent, if it is one of the account's. */
  findClientId: (form: Form, authorization: string | undefined) => string | undefined;
  /** Voids every refresh token given out so far; access tokens live on to their end. */
  revokeLogins: () => void;
};

export type AccountsOptions = {
  readonly now: () => number;
  readonly accessTokens: AccessTokens;
  readonly credentials: SimulatorCredentials;
  /** Apps of the same developer account besides that of the credentials. */
  readonly furtherApps: readonly SimulatorApp[];
  readonly redirectUris: readonly string[];
  readonly userName: string;
  readonly settings: Settings;
};

type Service = AuthorizeContext & {
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
};

/** The accounts service: it knows the apps of one developer, one user, and its own tokens. */
export function createAccountsApi(options: AccountsOptions): AccountsApi {
  const service = createService(options);
  const { apps } = service;
  return {
    answerToken: (form, authorization) => {
      const client = findClient(apps, form, authorization);
      return 'status' in client ? client : answerGrantType(service, form, client);
    },
    answerAuthorize: (query) => answerAuthorize(service, query),
    answerDecision: (query, form) => answerDecision(service, query, form),
    findClientId: (form, authorization) => findClientId(apps, form, authorization),
    revokeLogins: service.refreshTokens.revokeAll,
  };
}

function createService(options: AccountsOptions): Service {
  const { now, credentials, furtherApps, settings } = options;
  const { clientId, refreshToken } = credentials;
  const login: Login = { clientId, scopes: ALL_SCOPES, usesPkce: false, agreedAtMs: null };
  return {
    ...options,
    apps: [credentials, ...furtherApps],
    codes: createCodes(now),
    refreshTokens: createRefreshTokens({ token: refreshToken, login }, { now, settings }),
  };
}

function answerGrantType(service: Service, form: Form, client: Client): Answer {
  const { grant_type: grantType = '' } = form;
  if (grantType === 'refresh_token') return refresh(service, form, client);
  if (grantType === 'authorization_code') return exchangeCode(service, form, client);
  if (grantType === 'client_credentials') {
    const { clientId, hasSecret } = client;
    return hasSecret
      ? toJsonAnswer(toTokenBody(service, { kind: 'client', clientId, scopes: [] }))
      : refuseClient();
  }
  return toTokenErrorAnswer(
    'unsupported_grant_type',
    'grant_type must be client_credentials, authorization_code or refresh_token',
  );
}

function refresh(service: Service, form: Form, client: Client): Answer {
  const { refresh_token: token } = form;
  if (token === undefined) return refuseMissing('refresh_token');
  const login = service.refreshTokens.find(token, client.clientId);
  if ('status' in login) return login;
  if (!login.usesPkce && !client.hasSecret) return refuseClient();
  return toUserAnswer(service, login, service.refreshTokens.rotate(token, login));
}

function exchangeCode(service: Service, form: Form, { clientId, hasSecret }: Client): Answer {
  if (form.code === undefined) return refuseMissing('code');
  const consent = service.codes.take(form.code);
  if (consent?.clientId !== clientId) {
    return toTokenErrorAnswer('invalid_grant', 'Invalid authorization code');
  }
  const { challenge, scopes, agreedAtMs } = consent;
  if (form.redirect_uri !== consent.redirectUri) {
    return toTokenErrorAnswer('invalid_grant', 'Invalid redirect URI');
  }
  const usesPkce = challenge !== undefined;
  if (!usesPkce && !hasSecret) return refuseClient();
  if (usesPkce && toChallenge(form.code_verifier) !== challenge) {
    return toTokenErrorAnswer('invalid_grant', 'code_verifier was incorrect');
  }
  const login = { clientId, scopes, usesPkce, agreedAtMs };
  return toUserAnswer(service, login, service.refreshTokens.issue(login));
}

function toUserAnswer(service: Service, login: Login, refreshToken: string | undefined): Answer {
  const { clientId, scopes } = login;
  return toJsonAnswer({
    ...toTokenBody(service, { kind: 'user', clientId, scopes }),
    scope: scopes.join(' '),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  });
}

function toTokenBody(
  { accessTokens }: Service,
  facts: TokenFacts,
): Record<string, string | number> {
  return {
    access_token: accessTokens.issue(facts),
    token_type: 'Bearer',
    expires_in: accessTokens.lifeSeconds,
  };
}

function toChallenge(verifier = ''): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function refuseMissing(parameter: string): Answer {
  return toTokenErrorAnswer('invalid_request', `${parameter} must be supplied`);
}
