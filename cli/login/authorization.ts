/** Authorization code, with PKCE or with the app's secret: the address of Spotify's page, and the exchange of the code for tokens. */
import * as oauth from 'oauth4webapi';
import { MAX_BODY_MB, readBoundedText } from '../../lib/bounded-body.ts';
import { describeIntercepted } from '../../lib/intercepted.ts';
import {
  DASHBOARD,
  intercepted,
  LoginError,
  REGISTERED_URI,
  refused,
  unreachable,
} from './login-error.ts';
import type { LoginSettings } from './settings.ts';

type AuthorizationRequest = Pick<
  LoginSettings,
  'accountsUrl' | 'clientId' | 'clientSecret' | 'scopes'
> & {
  readonly redirectUri: string;
};

/** What the user granted. */
export type Grant = {
  readonly accessToken: string;
  /** Life of the access token, in seconds. */
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
};

type Authorization = {
  /** Where the user agrees. */
  readonly url: URL;
  /** Spotify's answer to this attempt repeats it. */
  readonly state: string;
  /**
   * Exchanges the query that the browser came back with. Works once.
   *
   * @throws LoginError, or the reason of `stop`
   */
  readonly redeem: (query: URLSearchParams, stop: AbortSignal) => Promise<Grant>;
};

const DEFAULT_EXPIRES_IN_SECONDS = 3_600;
const PREFLIGHT_TIMEOUT_MS = 3_000;

/** Begins one attempt, with its own secrets. */
export async function beginAuthorization(request: AuthorizationRequest): Promise<Authorization> {
  // With PKCE, each of Spotify's refresh tokens is good for one use.
  const verifier =
    request.clientSecret === undefined ? oauth.generateRandomCodeVerifier() : undefined;
  const state = oauth.generateRandomState();
  const url = new URL('/authorize', request.accountsUrl);
  url.search = new URLSearchParams({
    client_id: request.clientId,
    response_type: 'code',
    redirect_uri: request.redirectUri,
    scope: request.scopes.join(' '),
    state,
    ...(verifier !== undefined && {
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }),
    // The six months begin when the user agrees, so the page is shown even after an earlier agreement.
    show_dialog: 'true',
  }).toString();
  const redeem: Authorization['redeem'] = (query, stop) =>
    exchange(request, query, { state, verifier, stop }).catch((error: unknown) => {
      throw toLoginError(error, request);
    });
  return { url, state, redeem };
}

type Attempt = {
  readonly state: string;
  readonly verifier: string | undefined;
  readonly stop: AbortSignal;
};

async function exchange(
  { accountsUrl, clientId, clientSecret, redirectUri, scopes }: AuthorizationRequest,
  query: URLSearchParams,
  attempt: Attempt,
): Promise<Grant> {
  const server = {
    issuer: accountsUrl.origin,
    token_endpoint: new URL('/api/token', accountsUrl).href,
  };
  const client = { client_id: clientId };
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(clientSecret),
    oauth.validateAuthResponse(server, client, query, attempt.state),
    redirectUri,
    // Deprecated only as a warning.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    attempt.verifier ?? oauth.nopkce,
    {
      signal: attempt.stop,
      [oauth.customFetch]: async (url, options) => readBounded(await fetch(url, options)),
      // Deprecated only as a warning. Plain http is always loopback here: a simulated Spotify on this machine.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      [oauth.allowInsecureRequests]: accountsUrl.protocol === 'http:',
    },
  );
  const reply = await oauth.processAuthorizationCodeResponse(server, client, response);
  if (reply.refresh_token === undefined) throw refused('token', 'no_refresh_token');
  return {
    accessToken: reply.access_token,
    expiresInSeconds: reply.expires_in ?? DEFAULT_EXPIRES_IN_SECONDS,
    refreshToken: reply.refresh_token,
    // A reply without scopes grants all requested ones (RFC 6749 §5.1).
    scopes: reply.scope === undefined ? scopes : reply.scope.split(' ').filter((one) => one !== ''),
  };
}

/** Reads the body for the library, which has no size limit. */
async function readBounded(response: Response): Promise<Response> {
  const text = await readBoundedText(response);
  if (text !== undefined) {
    const what = describeIntercepted(response.status, text);
    if (what !== undefined) throw intercepted(new URL(response.url).origin, what);
    return new Response(text === '' ? null : text, response);
  }
  throw new LoginError(
    `The answer from ${new URL(response.url).origin} was larger than ${MAX_BODY_MB} MB, so reading stopped. Spotify sends less than 1 MB.`,
    'Nothing was stored. Something in between may have answered: check the network. Run the login again.',
  );
}

/** The library's errors contain the code and the reply, so none becomes a cause. */
function toLoginError(
  error: unknown,
  { accountsUrl, clientSecret }: AuthorizationRequest,
): LoginError {
  if (error instanceof LoginError) return error;
  if (error instanceof oauth.AuthorizationResponseError) return refused('page', error.error);
  const isChallenge = error instanceof oauth.WWWAuthenticateChallengeError;
  if (!isChallenge && !(error instanceof oauth.ResponseBodyError)) {
    return unreachable(accountsUrl.origin);
  }
  const word = isChallenge ? 'invalid_client' : error.error;
  // Without a secret, only the client ID can be wrong.
  const isSecret = word === 'invalid_client' && clientSecret !== undefined;
  return refused(isSecret ? 'secret' : 'token', word);
}

/**
 * Requests Spotify's page before the user opens it, to find refusals that do not depend on the user. Spotify may show them only
 * to a browser that is logged in, and a failed request proves nothing.
 *
 * @throws LoginError
 */
export async function preflight(url: URL, redirectUri: string): Promise<void> {
  const text = await readRefusal(url);
  if (/invalid redirect uri/i.test(text)) {
    throw new LoginError(
      `The app does not have ${redirectUri} among its redirect URIs.`,
      `Open the app at ${DASHBOARD}, choose Settings, Edit, and add ${REGISTERED_URI} (without a port: then every port works) under Redirect URIs. Save, and run the login again.`,
    );
  }
  if (/invalid client/i.test(text)) throw refused('token', 'invalid_client');
}

async function readRefusal(url: URL): Promise<string> {
  try {
    const signal = AbortSignal.timeout(PREFLIGHT_TIMEOUT_MS);
    const response = await fetch(url, { redirect: 'manual', signal });
    if (response.status === 400) return (await readBoundedText(response)) ?? '';
    await response.body?.cancel();
  } catch {
    // The browser may still reach it, through a proxy for example.
  }
  return '';
}
