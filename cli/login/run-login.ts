/** One login, from the address to open to the stored token. */
import { type Account, getAccount, systemClock } from '../../app/app.ts';
import type { Login } from '../../app/login.ts';
import { abortAtDeadline } from '../../lib/abort-at-deadline.ts';
import { toLine } from '../../lib/plain-text.ts';
import { openBrowser } from '../shared/open-browser.ts';
import { beginAuthorization, type Grant, preflight } from './authorization.ts';
import { type CallbackSource, startCallbackServer } from './callback-server.ts';
import { describeFailureInBrowser, LoginError, unreachable } from './login-error.ts';
import { failurePage, successPage } from './pages.ts';
import { createPasteSource } from './pasted-address.ts';
import { authorizationLines, type LoggedIn } from './report.ts';
import { NEEDED_SCOPES } from './scopes.ts';
import type { LoginSettings } from './settings.ts';

type LoginParts = {
  /** Stores the login. True if there was another. */
  readonly keep: (login: Login) => Promise<boolean>;
  readonly stop: AbortSignal;
  readonly write: (line: string) => void;
};

/** A person is waiting for the exchange and the account's name. */
const FINISH_TIMEOUT_MS = 30_000;

/**
 * Leads a person through a login and keeps it as the last step. The browser shows the outcome too.
 *
 * @throws LoginError, EtlError, or the reason of `stop`
 */
export async function askForLogin(settings: LoginSettings, parts: LoginParts): Promise<LoggedIn> {
  const { paste, port } = settings;
  const source: CallbackSource = paste
    ? createPasteSource(process.stdin, port)
    : await startCallbackServer(port);
  try {
    return await login(settings, parts, source);
  } finally {
    source.close();
  }
}

async function login(
  settings: LoginSettings,
  parts: LoginParts,
  { receive, redirectUri }: CallbackSource,
): Promise<LoggedIn> {
  const { stop } = parts;
  const authorization = await beginAuthorization({ ...settings, redirectUri });
  await preflight(authorization.url, redirectUri);
  stop.throwIfAborted();
  const openPage = async (url: URL): Promise<void> => {
    authorizationLines(settings, url, redirectUri).forEach(parts.write);
    if (!settings.paste && settings.browser) await openBrowser(url.href);
  };
  const { answer, query } = await abortAtDeadline(
    { ms: settings.timeout * 1000, onTimeout: () => timedOut(settings.timeout), signal: stop },
    async () => {
      // Listens first, because an answer can be quick.
      const [callback] = await Promise.all([
        receive(authorization.state),
        openPage(authorization.url),
      ]);
      return callback;
    },
  );
  const redeem = (signal: AbortSignal) => authorization.redeem(query, signal);
  const loggedIn = await finish(settings, parts, redeem).catch(async (error: unknown) => {
    await answer(failurePage(describeFailureInBrowser(error)));
    throw error;
  });
  await answer(successPage(loggedIn.who));
  return loggedIn;
}

function timedOut(seconds: number): LoginError {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return new LoginError(
    `No answer came back within ${count} ${unit}${count === 1 ? '' : 's'}.`,
    'Run the login again. If this machine has no browser, add --paste.',
  );
}

/** `stop` ends the calls to Spotify; storing is never interrupted. */
async function finish(
  { accountsUrl, apiUrl, clientId, withSecret }: LoginSettings,
  { keep, stop }: LoginParts,
  redeem: (signal: AbortSignal) => Promise<Grant>,
): Promise<LoggedIn> {
  const agreedAt = Date.now();
  const onTimeout = () => unreachable(accountsUrl.origin);
  const { account, grant } = await abortAtDeadline(
    { ms: FINISH_TIMEOUT_MS, onTimeout, signal: stop },
    async (signal) => {
      const granted = await redeem(signal);
      assertUseful(granted);
      const at = { apiUrl, clock: systemClock, stop: signal };
      return { account: await getAccount(at, granted.accessToken), grant: granted };
    },
  );
  const login: Login = {
    refresh_token: grant.refreshToken,
    client_id: clientId,
    authorized_at: new Date(agreedAt).toISOString(),
    scopes: [...grant.scopes],
    ...(account.accountId === undefined ? {} : { account_id: account.accountId }),
    user_id: account.userId,
    ...(withSecret ? { needs_secret: true } : {}),
    access_token: grant.accessToken,
    access_token_expires_at: new Date(agreedAt + grant.expiresInSeconds * 1000).toISOString(),
  };
  return { who: describeAccount(account), login, isReplacement: await keep(login) };
}

function assertUseful({ scopes }: Grant): void {
  const lacking = NEEDED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (lacking.length === 0) return;
  throw new LoginError(
    `Spotify did not grant the scopes for reading playlists: ${lacking.join(', ')}.`,
    'Nothing was stored. Run the login again and agree to all it asks for.',
  );
}

/** Names can contain control characters. */
function describeAccount({ displayName = '', userId }: Account): string {
  const name = toLine(displayName);
  return name === '' || name === userId ? userId : `${name} (${userId})`;
}
