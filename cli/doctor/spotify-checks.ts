import { RetriableError } from '../../etl/errors.ts';
import type {
  Examination,
  Found,
  SpotifyFindings,
  TriedList,
} from '../../etl/model/examination.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';

const CLOCK_WARN_MS = 30_000;
/** AWS refuses a signature that is further off. */
const CLOCK_FAULT_MS = 300_000;
const NOT_ASKED = 'Not asked: what is said above comes first.';

/** What Spotify thinks of the app: its secret, its owner and users, its kind, and what it may read. */
export function spotifyChecks({ spotify, login }: Pick<Examination, 'spotify' | 'login'>): Check[] {
  if (spotify === undefined) {
    return ['app', 'app kind', 'playlists'].map((name) => unknown(name, NOT_ASKED));
  }
  const hasLogin = login.ok && login.value !== undefined;
  return [
    ...secretChecks(spotify, hasLogin),
    appCheck(spotify),
    kindCheck(spotify),
    ...playlistChecks(spotify),
    clockCheck(spotify),
  ];
}

function secretChecks({ secret }: SpotifyFindings, hasLogin: boolean): Check[] {
  if (secret === undefined) {
    return [ok('client secret', 'Not set, and not needed: the login works without.')];
  }
  if (secret.ok) return [ok('client secret', 'Spotify accepts it.')];
  const message = messageOf(secret.error);
  if (mayPass(secret.error)) return [unknown('client secret', message)];
  return hasLogin
    ? [warning('client secret', message, 'Correct SPOTIFY_CLIENT_SECRET, or unset it.')]
    : [fault('client secret', message, 'Correct SPOTIFY_CLIENT_SECRET, or log in.')];
}

/** Whether the owner has Premium and the account is on the list shows in the first call that is let through. */
function appCheck({ lists, own, token }: SpotifyFindings): Check {
  const failed = [token, lists, own].find((one) => one?.ok === false);
  if (failed?.ok === false) {
    return fault('app', messageOf(failed.error), fixOf(failed.error));
  }
  if (lists === undefined) {
    return warning(
      'app',
      'It speaks for itself, without a user: Premium and list of users were not put to the test.',
      'Log in: npx spotify-etl login',
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

function playlistChecks({ foreign, lists, own }: SpotifyFindings): Check[] {
  if (lists?.ok !== true) return [unknown('playlists', NOT_ASKED)];
  const count = `${lists.value} in the user's library`;
  return [
    own === undefined
      ? unknown('own playlists', `${count}; none of the first 50 is the user's own.`)
      : ownCheck(own, count),
    foreignCheck(foreign),
  ];
}

function ownCheck(own: Found<TriedList>, count: string): Check {
  if (!own.ok) return fault('own playlists', messageOf(own.error), fixOf(own.error));
  const { isReadable, name } = own.value;
  return isReadable
    ? ok(
        'own playlists',
        `Readable, and those shared with the user too (${name} was tried; ${count}).`,
      )
    : fault(
        'own playlists',
        `Spotify keeps the items of ${name} back.`,
        'Log in as the account that owns it: npx spotify-etl login',
      );
}

function foreignCheck(foreign: Found<TriedList> | undefined): Check {
  const name = "others' playlists";
  if (foreign === undefined) return unknown(name, 'None of the first 50 is somebody else’s.');
  if (!foreign.ok) return unknown(name, messageOf(foreign.error));
  return foreign.value.isReadable
    ? ok(name, `Readable (${foreign.value.name} was tried).`)
    : ok(name, 'Kept back, as from every new app: copy one into a list of your own to load it.');
}

function clockCheck({ clockSkewMs }: SpotifyFindings): Check {
  if (clockSkewMs === undefined) return unknown('clock', 'Spotify told no time.');
  const offMs = Math.abs(clockSkewMs);
  const off = `${Math.round(offMs / 1000)} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} Spotify's`;
  if (offMs < CLOCK_WARN_MS) return ok('clock', "Right to within half a minute of Spotify's.");
  const fix = 'Set it by a time server (NTP).';
  return offMs < CLOCK_FAULT_MS
    ? warning('clock', `${off}.`, fix)
    : fault('clock', `${off}: AWS refuses what is signed so, and waits are wrong.`, fix);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Our own errors say what to do in their message. */
function fixOf(error: unknown): string {
  return mayPass(error) ? 'Check the network, and try again in a minute.' : 'Do what it says.';
}

function mayPass(error: unknown): boolean {
  return error instanceof RetriableError;
}
