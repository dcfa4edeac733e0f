/** Refusals that are final for one playlist or for the app, as errors of this project. */
import { EtlError } from '../etl/errors.ts';
import { isSpotifyMade } from '../etl/model/ids.ts';
import type { StatusFailure } from './transport.ts';

/** Which playlist a call was about, and for whom it was made. */
export type PlaylistCall = {
  readonly playlistId: string;
  /** Without a user's login the app speaks for itself. */
  readonly hasUser: boolean;
};

/** Undefined where Spotify refused the call for a reason that has nothing to do with the playlist. */
export function refusalOfPlaylist(
  failure: StatusFailure,
  { playlistId, hasUser }: PlaylistCall,
): EtlError | undefined {
  if (namesTheId(failure)) return wrongId();
  if (failure.status !== 403 && failure.status !== 404) return undefined;
  if (isSpotifyMade(playlistId)) return spotifyMade();
  return failure.status === 404 ? notFound() : (refusalOf(failure) ?? notReadable(hasUser));
}

/** Spotify gives its reasons for a 403 in words only. */
export function refusalOf({ message }: StatusFailure): EtlError | undefined {
  if (/premium/i.test(message)) {
    return new EtlError(
      'APP_NOT_PERMITTED',
      "Spotify stopped this app because its owner has no active Premium subscription. It works again a few hours after the owner's Premium is back.",
    );
  }
  if (/not registered/i.test(message)) {
    return new EtlError(
      'APP_NOT_PERMITTED',
      "The account that logged in is not on this app's list of users. Add it, with its name and e-mail address, under User Management on the app's page in the developer dashboard.",
    );
  }
  if (/scope/i.test(message)) {
    return new EtlError(
      'SCOPE_MISSING',
      'The token lacks a scope this call needs. Log in again: npx spotify-etl login asks for what is needed (--for adds more).',
    );
  }
  return undefined;
}

/** The error of a playlist whose items Spotify refuses, or leaves out of its reply. */
export function notReadable(hasUser: boolean): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_READABLE',
    `Spotify keeps the items of this playlist back: ${
      hasUser
        ? 'the account that logged in neither owns it nor collaborates on it. Copy it into a playlist of your own, or be added as a collaborator.'
        : "this app speaks for itself, without a user's login, and playlist items need one. Log in as an account which owns the playlist or collaborates on it: npx spotify-etl login."
    }`,
  );
}

function notFound(): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_FOUND',
    'Spotify knows no such playlist, or it is private and belongs to somebody else. Check the link.',
  );
}

/** Seen: `Invalid base62 id`, and in older reports `Invalid playlist Id`. Any other 400 is about the rest of the request. */
function namesTheId({ status, message }: StatusFailure): boolean {
  return status === 400 && /\binvalid (?:base62 |playlist )?id\b/i.test(message);
}

function wrongId(): EtlError {
  return new EtlError(
    'PLAYLIST_NOT_FOUND',
    'The link is wrong: Spotify says that no playlist can have this ID. Check the link for a mistyped character.',
  );
}

function spotifyMade(): EtlError {
  return new EtlError(
    'SPOTIFY_MADE_PLAYLIST',
    'Spotify serves the lists it makes itself (37i9…: Discover Weekly, Daily Mix, editorial lists) to no new app. Copy the list into a playlist of your own and load that.',
  );
}
