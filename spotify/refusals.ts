/** Refusals that are final for one playlist or for the app, as errors of this project. */
import { EtlError } from '../etl/errors.ts';
import { isSpotifyMade } from '../etl/model/ids.ts';
import type { StatusFailure } from './transport.ts';

/** Which playlist a call was about, and for whom it was made. */
export type PlaylistCall = {
  readonly playlistId: string;
  /** False if the app uses its own token. */
  readonly hasUser: boolean;
};

/** Undefined if Spotify refused the call for another reason than the playlist. */
export function refusalOfPlaylist(
  failure: StatusFailure,
  { playlistId, hasUser }: PlaylistCall,
): EtlError | undefined {
  const { message, status } = failure;
  // Seen: `Invalid base62 id`, and in older reports `Invalid playlist Id`. Any other 400 is about another part of the request.
  const namesTheId = status === 400 && /\binvalid (?:base62 |playlist )?id\b/i.test(message);
  if (namesTheId) return new EtlError('PLAYLIST_NOT_FOUND', WRONG_ID);
  const gone = GONE.get(status);
  if (gone !== undefined) return new EtlError('PLAYLIST_NOT_FOUND', gone);
  if (status !== 403 && status !== 404) return undefined;
  if (isSpotifyMade(playlistId)) return new EtlError('SPOTIFY_MADE_PLAYLIST', SPOTIFY_MADE);
  if (status === 404) return new EtlError('PLAYLIST_NOT_FOUND', NOT_FOUND);
  return refusalOf(failure) ?? notReadable(hasUser);
}

/** Spotify gives its reasons for a 403 only as text. */
export function refusalOf({ message }: StatusFailure): EtlError | undefined {
  const reason = REASONS.find(([words]) => words.test(message));
  return reason && new EtlError(reason[1], reason[2]);
}

/** The error of a playlist whose items Spotify refuses, or leaves out of its reply. */
export function notReadable(hasUser: boolean): EtlError {
  const why = hasUser ? NOT_OF_USER : WITHOUT_USER;
  const message = `Spotify does not serve the items of this playlist: ${why}`;
  return new EtlError('PLAYLIST_NOT_READABLE', message);
}

const REASONS = [
  [
    /premium/i,
    'APP_NOT_PERMITTED',
    "Spotify stopped this app because its owner has no active Premium subscription. It works again a few hours after the owner's Premium is back.",
  ],
  [
    /not registered/i,
    'APP_NOT_PERMITTED',
    "The account that logged in is not on this app's list of users. Add it, with its name and e-mail address, under User Management on the app's page in the developer dashboard.",
  ],
  [
    /scope/i,
    'SCOPE_MISSING',
    'The token lacks a scope that this call needs. Log in again: npx spotify-etl login asks for the scopes needed (--for adds more).',
  ],
] as const;

const NOT_OF_USER =
  'the account that logged in neither owns it nor collaborates on it. Copy it into a playlist of your own, or be added as a collaborator.';
const WITHOUT_USER =
  "playlist items need a user's login. Log in as an account that owns the playlist or collaborates on it: npx spotify-etl login.";
const NOT_FOUND =
  'Spotify has no such playlist, or it is private and belongs to another user. Check the link.';
const WRONG_ID =
  'The link is wrong: Spotify says that no playlist can have this ID. Check the link for a mistyped character.';
const GONE = new Map([
  [410, 'Spotify no longer has this playlist: it was removed for good (410).'],
  [451, 'Spotify does not serve this playlist, for legal reasons (451).'],
]);
const SPOTIFY_MADE =
  'Spotify does not serve its own lists (37i9…: Discover Weekly, Daily Mix, editorial lists) to new apps. Copy the list into a playlist of your own and load that: docs/discover-weekly.md.';
