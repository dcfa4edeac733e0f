/** Authorization code with PKCE: the address to agree at, and the exchange of what comes back for tokens. */
import * as oauth from 'oauth4webapi';
import { readBoundedText } from '../../lib/bounded-body.ts';
import {
  answerTooLarge,
  consentDenied,
  LoginError,
  refusedBySpotify,
  unreachable,
  usedCode,
  wrongClientId,
} from './login-error.ts';

export type AuthorizationRequest = {
  readonly accountsUrl: URL;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
};

/** What the user let the app have. */
export type Grant = {
  readonly accessToken: string;
  /** Life of the access token, in seconds. */
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
};

export type Authorization = {
  /** Where the user agrees. */
  readonly url: URL;
  /** Comes back with the answer to this attempt, and with no other. */
  readonly state: string;
  /**
   * Exchanges the query that the browser came back with. Works once.
   *
   * @throws LoginError; one that `stop` was given for, too
   */
  readonly redeem: (query: URLSearchParams, stop: AbortSignal) => Promise<Grant>;
};

const DEFAULT_EXPIRES_IN_SECONDS = 3_600;

/** Begins one attempt: what it makes up here is worth nothing to any other. */
export async function beginAuthorization(request: AuthorizationRequest): Promise<Authorization> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL('/authorize', request.accountsUrl);
  url.search = new URLSearchParams({
    client_id: request.clientId,
    response_type: 'code',
    redirect_uri: request.redirectUri,
    scope: request.scopes.join(' '),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    // Six months count from an agreement, so it is asked for even where one was given before.
    show_dialog: 'true',
  }).toString();
  return {
    url,
    state,
    redeem: async (query, stop) => {
      try {
        return await exchange(request, query, { state, verifier, stop });
      } catch (error) {
        throw toLoginError(error, request.accountsUrl);
      }
    },
  };
}

async function exchange(
  { accountsUrl, clientId, redirectUri, scopes }: AuthorizationRequest,
  query: URLSearchParams,
  {
    state,
    stop,
    verifier,
  }: { readonly state: string; readonly stop: AbortSignal; readonly verifier: string },
): Promise<Grant> {
  const server: oauth.AuthorizationServer = {
    issuer: accountsUrl.origin,
    token_endpoint: new URL('/api/token', accountsUrl).href,
  };
  const client: oauth.Client = { client_id: clientId };
  const answer = oauth.validateAuthResponse(server, client, query, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    redirectUri,
    verifier,
    {
      signal: stop,
      [oauth.customFetch]: async (url, options) => readBounded(await fetch(url, options)),
      // Marked as deprecated to stand out. Plain http is only ever loopback here: a simulated Spotify on this machine.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      [oauth.allowInsecureRequests]: accountsUrl.protocol === 'http:',
    },
  );
  const reply = await oauth.processAuthorizationCodeResponse(server, client, response);
  if (reply.refresh_token === undefined) throw refusedBySpotify('no_refresh_token');
  return {
    accessToken: reply.access_token,
    expiresInSeconds: reply.expires_in ?? DEFAULT_EXPIRES_IN_SECONDS,
    refreshToken: reply.refresh_token,
    // A reply that names none grants all that was asked for (RFC 6749 §5.1).
    scopes: reply.scope === undefined ? scopes : reply.scope.split(' ').filter((one) => one !== ''),
  };
}

/** Reads the body for the library, which knows no bound. */
async function readBounded(response: Response): Promise<Response> {
  const text = await readBoundedText(response);
  if (text === undefined) throw answerTooLarge(new URL(response.url).origin);
  return new Response(text === '' ? null : text, response);
}

/** The library's errors hold the code and the reply, so none of them goes on as a cause. */
function toLoginError(error: unknown, accountsUrl: URL): LoginError {
  if (error instanceof LoginError) return error;
  if (error instanceof oauth.AuthorizationResponseError) {
    return error.error === 'access_denied' ? consentDenied() : refusedBySpotify(error.error);
  }
  if (error instanceof oauth.ResponseBodyError) {
    if (error.error === 'invalid_grant') return usedCode();
    return error.error === 'invalid_client' ? wrongClientId() : refusedBySpotify(error.error);
  }
  // A request that carries no secret can only have been refused for its client ID.
  if (error instanceof oauth.WWWAuthenticateChallengeError) return wrongClientId();
  return unreachable(accountsUrl.origin);
}
