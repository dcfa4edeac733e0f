/** A login as a person sees it at a terminal. */

import type { Environment } from '../shared/dynamodb-settings.ts';
import { writeErrorLine, writeLine } from '../shared/terminal.ts';
import { keptLine, loggedInLines, printedLines } from './report.ts';
import { askForLogin } from './run-login.ts';
import { toFeatures, toScopes } from './scopes.ts';
import type { LoginSettings } from './settings.ts';
import { openTokenStore } from './stores.ts';

type TerminalOptions = {
  readonly environment: Environment;
  /** A command to type when it is done. */
  readonly next?: string;
  readonly stop: AbortSignal;
};

/**
 * Opens Spotify's page, waits for the person, stores the login and prints the result. What the stored login allows is asked for
 * too, so that the new one does not lose it.
 *
 * @throws LoginError, EtlError; what `stop` was given for
 */
export async function logInAtTerminal(
  given: LoginSettings,
  { environment, next, stop }: TerminalOptions,
): Promise<void> {
  const { place, store } = await openTokenStore(given, environment);
  // An unusable store fails before the user agrees.
  const stored = await store.find();
  const kept = toFeatures(stored?.login.scopes ?? []).filter(
    (feature) => feature !== 'ingest' && !given.for.includes(feature),
  );
  if (kept.length > 0) writeLine(keptLine(kept));
  const settings = { ...given, scopes: toScopes([...given.for, ...kept]) };
  const loggedIn = await askForLogin(settings, {
    keep: (login) => store.replace(login),
    stop,
    write: writeLine,
  });
  loggedInLines(loggedIn, { next, place }, settings.scopes).forEach(writeLine);
}

/**
 * The same, but the refresh token goes to stdout, alone, and nothing is stored.
 *
 * @throws as `logInAtTerminal`
 */
export async function printLogin(settings: LoginSettings, stop: AbortSignal): Promise<void> {
  const keep = () => Promise.resolve(false);
  const loggedIn = await askForLogin(settings, { keep, stop, write: writeErrorLine });
  printedLines(loggedIn, settings.scopes).forEach(writeErrorLine);
  writeLine(loggedIn.login.refresh_token);
}
