/** A login as a person sees it at a terminal. */

import type { Environment } from '../shared/dynamodb-settings.ts';
import { writeLine, writeWarning } from '../shared/terminal.ts';
import { type CallbackSource, startCallbackServer } from './callback-server.ts';
import { createPasteSource } from './pasted-address.ts';
import { authorizationLines, loggedInLines } from './report.ts';
import { login } from './run-login.ts';
import type { LoginSettings } from './settings.ts';
import { openTokenStore } from './stores.ts';

type TerminalOptions = {
  readonly environment: Environment;
  /** A command to type when it is done. */
  readonly next?: string;
  readonly stop: AbortSignal;
};

/**
 * Opens Spotify's page, waits for the person, stores the login and prints the result.
 *
 * @throws LoginError, EtlError; what `stop` was given for
 */
export async function logInAtTerminal(
  settings: LoginSettings,
  { environment, next, stop }: TerminalOptions,
): Promise<void> {
  let source: CallbackSource | undefined;
  try {
    const { place, store } = await openTokenStore(settings, environment);
    const { paste, port } = settings;
    source = paste ? createPasteSource(process.stdin, port) : await startCallbackServer(port);
    const loggedIn = await login(settings, {
      store,
      source,
      openAuthorizationPage: (...at) => openAuthorizationPage(settings, ...at),
      stop,
    });
    loggedInLines(loggedIn, { next, place }, settings.scopes).forEach(writeLine);
  } finally {
    source?.close();
  }
}

async function openAuthorizationPage(
  settings: LoginSettings,
  url: URL,
  redirectUri: string,
): Promise<void> {
  authorizationLines(settings, url, redirectUri).forEach(writeLine);
  if (settings.paste || !settings.browser) return;
  try {
    const { default: open } = await import('open');
    const child = await open(url.href);
    child.on('error', () => undefined);
  } catch {
    writeWarning('No browser could be opened. Open the address yourself.');
  }
}
