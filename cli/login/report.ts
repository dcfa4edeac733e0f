/** What the terminal says. */
import pc from 'picocolors';
import { loginDaysLeft, loginEndsAt } from '../../app/login.ts';
import { REGISTERED_URI } from './login-error.ts';
import type { LoggedIn } from './run-login.ts';
import type { LoginSettings } from './settings.ts';

/** Printed before the user goes to Spotify. */
export function authorizationLines(
  { clientId, paste: isPasted }: LoginSettings,
  url: URL,
  redirectUri: string,
): string[] {
  return [
    `Open this address in a browser ${isPasted ? 'on any' : 'on this'} machine, and agree:`,
    '',
    `  ${pc.cyan(url.href)}`,
    '',
    pc.dim('If Spotify shows INVALID_CLIENT instead:'),
    pc.dim(
      `  Invalid redirect URI  add ${REGISTERED_URI} to the app's redirect URIs in the dashboard`,
    ),
    pc.dim(`  Invalid client        ${clientId} is not the app's client ID`),
    '',
    ...(isPasted
      ? [
          `The browser ends on ${redirectUri}?code=… and says that it cannot be reached.`,
          'Copy that whole address and paste it here:',
        ]
      : [
          `Waiting for the browser to come back to ${redirectUri} …`,
          pc.dim('Ctrl-C stops. No browser on this machine? npx spotify-etl login --paste'),
        ]),
  ];
}

/** Printed at the end; `place` is where the login is kept, `next` a command to try. */
export function loggedInLines(
  { isReplacement, login, who }: LoggedIn,
  { next, place }: { readonly place: string; readonly next: string | undefined },
  asked: readonly string[],
): string[] {
  const missing = asked.filter((scope) => !login.scopes.includes(scope));
  return [
    pc.green(`✔ Logged in as ${who}.`),
    `  Scopes  ${login.scopes.join(', ')}`,
    `  Kept in ${place}${isReplacement ? ', in place of the login that was there' : ''}`,
    ...(login.authorized_at === undefined ? [] : [lifeLine(login.authorized_at)]),
    ...(next === undefined ? [] : [`  Next    ${next}`]),
    ...(missing.length === 0
      ? []
      : [
          pc.yellow(
            `! Spotify did not grant ${missing.join(', ')}: features that need it will not work.`,
          ),
        ]),
  ];
}

function lifeLine(authorizedAt: string): string {
  const end = new Date(loginEndsAt(authorizedAt)).toISOString().slice(0, 10);
  return `  Lasts   until ${end} (${loginDaysLeft(authorizedAt, Date.now())} days); Spotify then requires a new login`;
}
