/** What the terminal says. */
import pc from 'picocolors';
import { type Login, loginDaysLeft, loginEndsAt } from '../../app/login.ts';
import { REGISTERED_URI } from './login-error.ts';
import type { Feature } from './scopes.ts';
import type { LoginSettings } from './settings.ts';

/** Who logged in, and what Spotify granted. */
export type LoggedIn = {
  /** For people: `Ada (ada123)`. */
  readonly who: string;
  readonly login: Login;
  /** Whether an earlier login was there. */
  readonly isReplacement: boolean;
};

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
  return [
    pc.green(`✔ Logged in as ${who}.`),
    `  Scopes  ${login.scopes.join(', ')}`,
    `  Kept in ${place}${isReplacement ? ', in place of the login that was there' : ''}`,
    ...lifeLines(login),
    ...(next === undefined ? [] : [`  Next    ${next}`]),
    ...missingLines(login, asked),
  ];
}

/** Printed before a refresh token, which follows on stdout. */
export function printedLines({ login, who }: LoggedIn, asked: readonly string[]): string[] {
  return [
    pc.green(`✔ Logged in as ${who}. Nothing is stored on this machine.`),
    `  Scopes  ${login.scopes.join(', ')}`,
    ...lifeLines(login),
    ...missingLines(login, asked),
    '',
    'The line on stdout is the refresh token. Put it into the repository secret SPOTIFY_REFRESH_TOKEN.',
    pc.yellow(
      '! Anyone who has it and the client secret can use these scopes of your account, until it ends or you',
    ),
    pc.yellow('  remove the app at https://www.spotify.com/account/apps'),
  ];
}

/** Printed where the login that is there allows more than was asked for. */
export function keptLine(features: readonly Feature[]): string {
  return `Also asks for ${features.join(' and ')}, which the stored login allows. Log out first to drop that.`;
}

function missingLines({ scopes }: LoggedIn['login'], asked: readonly string[]): string[] {
  const missing = asked.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return [];
  return [
    pc.yellow(
      `! Spotify did not grant ${missing.join(', ')}: features that need it will not work.`,
    ),
  ];
}

function lifeLines({ authorized_at: authorizedAt }: LoggedIn['login']): string[] {
  if (authorizedAt === undefined) return [];
  const end = new Date(loginEndsAt(authorizedAt)).toISOString().slice(0, 10);
  return [
    `  Lasts   until ${end} (${loginDaysLeft(authorizedAt, Date.now())} days); Spotify then requires a new login`,
  ];
}
