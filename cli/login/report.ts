/** What the terminal says. */
import pc from 'picocolors';
import { loginDaysLeft, loginEndsAt } from '../../app/login.ts';
import { REGISTERED_URI } from './login-error.ts';
import type { LoggedIn } from './run-login.ts';
import type { LoginSettings } from './settings.ts';

/** Said before the person goes to Spotify. */
export function authorizationLines(
  { clientId, way }: Pick<LoginSettings, 'clientId' | 'way'>,
  url: URL,
  redirectUri: string,
): string[] {
  const isPasted = way === 'pasted';
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
          pc.dim('Ctrl-C stops. No browser on this machine? Start again with --paste.'),
        ]),
  ];
}

type Outcome = LoggedIn & {
  /** Where it is kept. */
  readonly place: string;
  readonly now: number;
};

/** Said when it is done. */
export function loggedInLines(
  { isReplacement, login, now, place, who }: Outcome,
  asked: readonly string[],
): string[] {
  const { authorized_at: authorizedAt } = login;
  const missing = asked.filter((scope) => !login.scopes.includes(scope));
  return [
    pc.green(`✔ Logged in as ${who}.`),
    `  Scopes  ${login.scopes.join(', ')}`,
    `  Kept in ${place}${isReplacement ? ', in place of the login that was there' : ''}`,
    ...(authorizedAt === undefined ? [] : [lifeLine(authorizedAt, now)]),
    `  Next    npx spotify-etl doctor`,
    ...(missing.length === 0
      ? []
      : [pc.yellow(`! Spotify did not grant ${missing.join(', ')}: what needs it will not work.`)]),
  ];
}

function lifeLine(authorizedAt: string, now: number): string {
  const end = new Date(loginEndsAt(authorizedAt)).toISOString().slice(0, 10);
  return `  Lasts   until ${end} (${loginDaysLeft(authorizedAt, now)} days); Spotify then wants a new login`;
}
