import type { Examination, Found, SpotifyFindings, TriedList } from '../../app/examination.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';
import { clockCheck } from './clock-check.ts';
import { codeOf, describeRefusal, isRetryable, messageOf } from './error-words.ts';

type Examined = Pick<Examination, 'spotify' | 'login'>;

const NAMES = ['client secret', 'app', 'app kind', 'playlists', 'clock'];
const NOT_ASKED = 'Not asked: what is said above comes first.';

/** What Spotify thinks of the app: its secret, its owner and users, its kind, and what it may read. */
export function spotifyChecks({ spotify, login }: Examined, logIn: string): Check[] {
  if (spotify?.ok !== true) {
    const why = spotify === undefined ? NOT_ASKED : whyKeptBack(spotify.error);
    return NAMES.map((name) => unknown(name, why));
  }
  const found = spotify.value;
  const user = login.ok ? login.value : undefined;
  return [
    secretCheck(found, user !== undefined),
    appCheck(found, logIn),
    kindCheck(found),
    ...playlistChecks(found, { logIn, isUserKnown: user?.userId !== undefined }),
    clockCheck(found),
  ];
}

/** Refusals speak of playlists and runs. */
function whyKeptBack(error: unknown): string {
  const isBudget = ['SPOTIFY_BUDGET_SPENT', 'PLAYLIST_OVER_BUDGET'].includes(codeOf(error) ?? '');
  return isBudget
    ? 'Not asked: fewer calls are left of the budget than that would take.'
    : `Not asked. ${messageOf(error)}`;
}

function secretCheck({ secret, token }: SpotifyFindings, hasLogin: boolean): Check {
  if (secret === undefined) {
    return ok('client secret', 'Not set, and not needed: the login works without.');
  }
  if (secret.ok) return ok('client secret', 'Spotify accepts it.');
  if (isRetryable(secret.error)) return unknown('client secret', 'Spotify did not say.');
  const message = messageOf(secret.error);
  if (!hasLogin) {
    return fault('client secret', message, 'Correct SPOTIFY_CLIENT_SECRET, or log in.');
  }
  return token.ok
    ? warning('client secret', message, 'Correct SPOTIFY_CLIENT_SECRET, or unset it.')
    : fault('client secret', message, 'Correct SPOTIFY_CLIENT_SECRET: the login was made with it.');
}

/** Whether the same stands above already, of the login, its scopes or the secret. */
function isSaid(error: unknown, { secret }: SpotifyFindings): boolean {
  const code = codeOf(error) ?? '';
  return (
    ['REAUTH_REQUIRED', 'SCOPE_MISSING'].includes(code) ||
    (code === 'APP_NOT_PERMITTED' && secret?.ok === false && codeOf(secret.error) === code)
  );
}

/** Whether the owner has Premium and the account is on the list shows in the first call that is let through. */
function appCheck(findings: SpotifyFindings, logIn: string): Check {
  const { lists, token } = findings;
  const failed = [token, lists].find((one) => one?.ok === false);
  if (failed?.ok === false) {
    if (isSaid(failed.error, findings)) return unknown('app', NOT_ASKED);
    const { fix, message } = describeRefusal(failed.error, logIn);
    return fault('app', message, fix);
  }
  if (lists === undefined) {
    return warning(
      'app',
      'It speaks for itself, without a user: Premium and list of users were not put to the test.',
      `Log in: ${logIn}`,
    );
  }
  return ok('app', "Spotify lets it in: the owner's Premium and the list of users are in order.");
}

function kindCheck({ appKind }: SpotifyFindings): Check {
  if (appKind === undefined) {
    return unknown('app kind', 'Not known yet: no playlist with items was seen.');
  }
  return appKind === 'C'
    ? ok('app kind', 'C: development mode as it is since February 2026.')
    : ok('app kind', 'A or B: extended quota, or development mode from before February 2026.');
}

type ListOptions = { readonly logIn: string; readonly isUserKnown: boolean };

function playlistChecks({ foreign, lists, own }: SpotifyFindings, options: ListOptions): Check[] {
  if (lists?.ok !== true) return [unknown('playlists', NOT_ASKED)];
  const count = `${lists.value} in the user's library`;
  return [
    own === undefined
      ? unknown('own playlists', `${count}; none of the first 50 is the user's own.`)
      : ownCheck(own, count, options),
    foreignCheck(foreign, options),
  ];
}

function ownCheck(
  own: Found<TriedList>,
  count: string,
  { isUserKnown, logIn }: ListOptions,
): Check {
  const name = 'own playlists';
  if (!own.ok) {
    const { fix, message } = describeRefusal(own.error, logIn);
    return fault(name, message, fix);
  }
  const tried = own.value;
  if (tried.isReadable) {
    return ok(
      name,
      `Readable, and those shared with the user too (${tried.name} was tried; ${count}).`,
    );
  }
  const kept = `Spotify keeps the items of ${tried.name} back`;
  return isUserKnown
    ? fault(name, `${kept}.`, `Log in as the account that owns it: ${logIn}`)
    : unknown(name, `${kept}; whether it is the user's own is not known without a login.`);
}

function foreignCheck(foreign: Found<TriedList> | undefined, { isUserKnown }: ListOptions): Check {
  const name = "others' playlists";
  if (!isUserKnown) return unknown(name, 'Which they are is not known without a login.');
  if (foreign === undefined) return unknown(name, "None of the first 50 is somebody else's.");
  if (!foreign.ok) return unknown(name, messageOf(foreign.error));
  return foreign.value.isReadable
    ? ok(name, `Readable (${foreign.value.name} was tried).`)
    : ok(name, 'Kept back, as from every new app: copy one into a list of your own to load it.');
}
