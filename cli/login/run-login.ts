/** One login, from the address to open to the stored token. */
import { type Account, getAccount } from '../../app/app.ts';
import type { Login, TokenStore } from '../../app/login.ts';
import { abortAtDeadline } from '../../lib/abort-at-deadline.ts';
import { toLine } from '../../lib/plain-text.ts';
import { beginAuthorization, type Grant } from './authorization.ts';
import type { CallbackSource } from './callback.ts';
import { describeFailureInBrowser } from './failures.ts';
import { missingScopes, timedOut, unreachable } from './login-error.ts';
import { failurePage, successPage } from './pages.ts';
import { preflight } from './preflight.ts';
import { NEEDED_SCOPES } from './scopes.ts';
import type { LoginSettings } from './settings.ts';

/** Who logged in, and what is stored of it. */
export type LoggedIn = {
  /** For people: `Ada (ada123)`. */
  readonly who: string;
  readonly login: Login;
  /** Whether an earlier login was there. */
  readonly isReplacement: boolean;
};

export type LoginParts = {
  readonly store: TokenStore;
  readonly source: CallbackSource;
  readonly openAuthorizationPage: (url: URL, redirectUri: string) => Promise<void>;
  readonly stop: AbortSignal;
  readonly now: () => number;
};

/** A person waits in front of the browser for the exchange and for the account's name. */
const FINISH_TIMEOUT_MS = 30_000;

/**
 * Leads a person through a login and stores it as the last step. The browser shows the outcome, too.
 *
 * @throws LoginError, EtlError; what `stop` was given for
 */
export async function login(settings: LoginSettings, parts: LoginParts): Promise<LoggedIn> {
  const { accountsUrl, clientId, scopes, timeoutSeconds } = settings;
  const { redirectUri } = parts.source;
  // A store that cannot be used fails before somebody agrees.
  await parts.store.find();
  const authorization = await beginAuthorization({ accountsUrl, clientId, redirectUri, scopes });
  await preflight(authorization.url, redirectUri);
  parts.stop.throwIfAborted();
  const { answer, query } = await abortAtDeadline(
    {
      ms: timeoutSeconds * 1000,
      onTimeout: () => timedOut(timeoutSeconds),
      signal: parts.stop,
    },
    async () => {
      // Listening comes first: an answer can be quick.
      const [callback] = await Promise.all([
        parts.source.receive(authorization.state),
        parts.openAuthorizationPage(authorization.url, redirectUri),
      ]);
      return callback;
    },
  );
  const loggedIn = await finish(settings, parts, (signal) =>
    authorization.redeem(query, signal),
  ).catch(async (error: unknown) => {
    await answer(failurePage(describeFailureInBrowser(error)));
    throw error;
  });
  await answer(successPage(loggedIn.who));
  return loggedIn;
}

/** `stop` ends the calls to Spotify; storing is never interrupted. */
async function finish(
  settings: LoginSettings,
  { now, stop, store }: LoginParts,
  redeem: (signal: AbortSignal) => Promise<Grant>,
): Promise<LoggedIn> {
  const agreedAt = now();
  const { account, grant } = await abortAtDeadline(
    {
      ms: FINISH_TIMEOUT_MS,
      onTimeout: () => unreachable(settings.accountsUrl.origin),
      signal: stop,
    },
    async (signal) => identify(settings, await redeem(signal), signal),
  );
  const login: Login = {
    refresh_token: grant.refreshToken,
    client_id: settings.clientId,
    authorized_at: new Date(agreedAt).toISOString(),
    scopes: [...grant.scopes],
    ...(account.accountId === undefined ? {} : { account_id: account.accountId }),
    user_id: account.userId,
    access_token: grant.accessToken,
    access_token_expires_at: new Date(agreedAt + grant.expiresInSeconds * 1000).toISOString(),
  };
  return { who: describeAccount(account), login, isReplacement: await store.replace(login) };
}

async function identify(
  { apiUrl }: LoginSettings,
  grant: Grant,
  signal: AbortSignal,
): Promise<{ readonly account: Account; readonly grant: Grant }> {
  const lacking = NEEDED_SCOPES.filter((scope) => !grant.scopes.includes(scope));
  if (lacking.length > 0) throw missingScopes(lacking);
  return { account: await getAccount(apiUrl, grant.accessToken, signal), grant };
}

/** People choose their names, which can hold control characters. */
function describeAccount({ displayName = '', userId }: Account): string {
  const name = toLine(displayName);
  return name === '' || name === userId ? userId : `${name} (${userId})`;
}
