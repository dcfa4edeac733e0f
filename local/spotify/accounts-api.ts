import { createHash, randomBytes } from 'node:crypto';
import { type AccessTokens, type TokenKind } from './access-tokens.ts';
import { type Answer, toJsonAnswer, toTextAnswer, toTokenErrorAnswer } from './answers.ts';

export type SimulatorCredentials = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
};

type Form = Readonly<Record<string, string>>;

export type AccountsApi = {
  /** Spotify: `POST /api/token`. */
  answerToken: (form: Form, authorization: string | undefined) => Answer;
  /** Spotify: `GET /authorize`; the user agrees at once. */
  answerAuthorize: (query: Form) => Answer;
};

type Code = {
  readonly redirectUri: string;
  readonly scope: string;
  /** PKCE: the code is worth nothing without the verifier of this challenge. */
  readonly challenge: string | undefined;
};
type Grant = { readonly scope: string; readonly withSecret: boolean };
type Client = { readonly hasSecret: boolean };

const ALL_SCOPES =
  'playlist-read-private playlist-read-collaborative playlist-modify-public ' +
  'playlist-modify-private user-read-recently-played';
/** Spotify refuses `localhost`: plain http is for loopback literals only. */
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;

type Service = {
  readonly credentials: SimulatorCredentials;
  readonly accessTokens: AccessTokens;
  readonly codes: Map<string, Code>;
  readonly refreshTokens: Map<string, Grant>;
};

/** The accounts service: it knows one app, one user who agrees to everything, and its own tokens. */
export function createAccountsApi(
  credentials: SimulatorCredentials,
  accessTokens: AccessTokens,
): AccountsApi {
  const firstGrant = { scope: ALL_SCOPES, withSecret: true };
  const service: Service = {
    credentials,
    accessTokens,
    codes: new Map(),
    refreshTokens: new Map([[credentials.refreshToken, firstGrant]]),
  };
  return {
    answerToken: (form, authorization) => {
      const client = findClient(form, { authorization, credentials });
      return 'status' in client ? client : answerGrantType(service, form, client);
    },
    answerAuthorize: (query) => authorize(service, query),
  };
}

function answerGrantType(service: Service, form: Form, client: Client): Answer {
  const { grant_type: grantType = '' } = form;
  if (grantType === 'refresh_token') return refresh(service, form, client);
  if (grantType === 'authorization_code') return exchangeCode(service, form, client);
  if (grantType === 'client_credentials') {
    return client.hasSecret
      ? toJsonAnswer(toTokenBody(service.accessTokens, 'client'))
      : refuseClient();
  }
  return toTokenErrorAnswer(
    'unsupported_grant_type',
    'grant_type must be client_credentials, authorization_code or refresh_token',
  );
}

function refresh({ accessTokens, refreshTokens }: Service, form: Form, client: Client): Answer {
  const { refresh_token: refreshToken } = form;
  if (refreshToken === undefined) return refuseMissing('refresh_token');
  const grant = refreshTokens.get(refreshToken);
  if (grant === undefined) return toTokenErrorAnswer('invalid_grant', 'Invalid refresh token');
  if (grant.withSecret && !client.hasSecret) return refuseClient();
  return toJsonAnswer({ ...toTokenBody(accessTokens, 'user'), scope: grant.scope });
}

function exchangeCode(service: Service, form: Form, client: Client): Answer {
  if (form.code === undefined) return refuseMissing('code');
  const code = service.codes.get(form.code);
  service.codes.delete(form.code);
  if (code === undefined) return toTokenErrorAnswer('invalid_grant', 'Invalid authorization code');
  if (form.redirect_uri !== code.redirectUri) {
    return toTokenErrorAnswer('invalid_grant', 'Invalid redirect URI');
  }
  if (code.challenge === undefined && !client.hasSecret) return refuseClient();
  if (code.challenge !== undefined && toChallenge(form.code_verifier) !== code.challenge) {
    return toTokenErrorAnswer('invalid_grant', 'code_verifier was incorrect');
  }
  const refreshToken = `AQ${randomBytes(64).toString('base64url')}`;
  const { scope } = code;
  service.refreshTokens.set(refreshToken, { scope, withSecret: code.challenge === undefined });
  const body = toTokenBody(service.accessTokens, 'user');
  return toJsonAnswer({ ...body, scope, refresh_token: refreshToken });
}

function authorize({ credentials, codes }: Service, query: Form): Answer {
  const { redirect_uri: redirectUri = '', client_id: clientId, state, scope = '' } = query;
  if (clientId !== credentials.clientId) return toTextAnswer(400, 'INVALID_CLIENT: Invalid client');
  if (!LOOPBACK.test(redirectUri)) {
    return toTextAnswer(400, 'INVALID_CLIENT: Invalid redirect URI');
  }
  if (query.response_type !== 'code') {
    return toRedirect(redirectUri, { error: 'unsupported_response_type', state });
  }
  const code = randomBytes(48).toString('base64url');
  codes.set(code, { redirectUri, scope, challenge: query.code_challenge });
  return toRedirect(redirectUri, { code, state });
}

function findClient(
  form: Form,
  known: {
    readonly authorization: string | undefined;
    readonly credentials: SimulatorCredentials;
  },
): Client | Answer {
  const [clientId, secret] =
    known.authorization === undefined
      ? [form.client_id, form.client_secret]
      : parseBasic(known.authorization);
  if (clientId !== known.credentials.clientId) return refuseClient();
  if (secret === undefined) return { hasSecret: false };
  return secret === known.credentials.clientSecret
    ? { hasSecret: true }
    : toTokenErrorAnswer('invalid_client', 'Invalid client secret');
}

function parseBasic(authorization: string): [string | undefined, string] {
  const [scheme, value = ''] = authorization.split(' ');
  const [id, ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return [scheme?.toLowerCase() === 'basic' ? id : undefined, rest.join(':')];
}

function toTokenBody(tokens: AccessTokens, kind: TokenKind): Record<string, string | number> {
  return {
    access_token: tokens.issue(kind),
    token_type: 'Bearer',
    expires_in: tokens.lifeSeconds,
  };
}

function toChallenge(verifier = ''): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function refuseClient(): Answer {
  return toTokenErrorAnswer('invalid_client', 'Invalid client');
}

function refuseMissing(parameter: string): Answer {
  return toTokenErrorAnswer('invalid_request', `${parameter} must be supplied`);
}

function toRedirect(to: string, query: Readonly<Record<string, string | undefined>>): Answer {
  const location = new URL(to);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) location.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: location.href }, body: { text: '' } };
}
