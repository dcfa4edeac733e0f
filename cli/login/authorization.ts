/** Authorization code with PKCE: the address to agree at, and the exchange of what comes back for tokens. */
import * as oauth from 'oauth4webapi';
import { MAX_BODY_MB, readBoundedText } from '../../lib/bounded-body.ts';
import { DASHBOARD, LoginError, REGISTERED_URI, refused, unreachable } from './login-error.ts';
import type { LoginSettings } from './settings.ts';

type AuthorizationRequest = Pick<LoginSettings, 'accountsUrl' | 'clientId' | 'scopes'> & {
  readonly redirectUri: string;
};

/** What the user let the app have. */
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
const PREFLIGHT_TIMEOUT_MS = 3_000;

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
  const redeem: Authorization['redeem'] = (query, stop) =>
    exchange(request, query, { state, verifier, stop }).catch((error: unknown) => {
      throw toLoginError(error, request.accountsUrl);
    });
  return { url, state, redeem };
}

async function exchange(
  { accountsUrl, clientId, redirectUri, scopes }: AuthorizationRequest,
  query: URLSearchParams,
  attempt: { readonly state: string; readonly verifier: string; readonly stop: AbortSignal },
): Promise<Grant> {
  const server = {
    issuer: accountsUrl.origin,
    token_endpoint: new URL('/api/token', accountsUrl).href,
  };
  const client = { client_id: clientId };
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    oauth.validateAuthResponse(server, client, query, attempt.state),
    redirectUri,
    attempt.verifier,
    {
      signal: attempt.stop,
      [oauth.customFetch]: async (url, options) => readBounded(await fetch(url, options)),
      // Marked as deprecated to stand out. Plain http is only ever loopback here: a simulated Spotify on this machine.
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
    // A reply that names none grants all that was asked for (RFC 6749 §5.1).
    scopes: reply.scope === undefined ? scopes : reply.scope.split(' ').filter((one) => one !== ''),
  };
}

/** Reads the body for the library, which knows no bound. */
async function readBounded(response: Response): Promise<Response> {
  const text = await readBoundedText(response);
  if (text !== undefined) return new Response(text === '' ? null : text, response);
  throw new LoginError(
    `The answer from ${new URL(response.url).origin} was larger than ${MAX_BODY_MB} MB, so reading stopped. Spotify sends less than 1 MB.`,
    'Nothing was stored. Something in between may have answered: check the network. Run the login again.',
  );
}

/** The library's errors hold the code and the reply, so none of them goes on as a cause. */
function toLoginError(error: unknown, accountsUrl: URL): LoginError {
  if (error instanceof LoginError) return error;
  if (error instanceof oauth.AuthorizationResponseError) return refused('page', error.error);
  if (error instanceof oauth.ResponseBodyError) return refused('token', error.error);
  // A request that carries no secret can only have been refused for its client ID.
  return error instanceof oauth.WWWAuthenticateChallengeError
    ? refused('token', 'invalid_client')
    : unreachable(accountsUrl.origin);
}

/**
 * Asks for the address to agree at before a person does, for what Spotify refuses whoever asks. It may say so only to a
 * browser that is logged in, and whatever goes wrong with the question itself says nothing of the answer.
 *
 * @throws LoginError
 */
export async function preflight(url: URL, redirectUri: string): Promise<void> {
  const text = await readRefusal(url);
  if (/invalid redirect uri/i.test(text)) {
    throw new LoginError(
      `The app does not have ${redirectUri} among its redirect URIs.`,
      `Open the app at ${DASHBOARD}, choose Settings, Edit, and add ${REGISTERED_URI} (without a port: then every port will do) under Redirect URIs. Save, and run the login again.`,
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
    // Not reached: the browser may be, by another way.
  }
  return '';
}
