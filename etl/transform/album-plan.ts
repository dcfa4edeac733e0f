/** What a run that collects albums would ask Spotify. Pure. */
import type { AlbumListing, KnownAlbum } from '../model/albums.ts';
import { findExclusion } from './album-families.ts';

const DAY_MS = 86_400_000;
/** A weekly run lists every artist, and a run of several nights lists none twice. */
const LISTED_FOR_MS = 6 * DAY_MS;
/** Nobody promises that the newest album is on the first page, so whole lists are read every four weeks, in turn. */
const WHOLE_LIST_FOR_MS = 27 * DAY_MS;
const ALBUMS_PER_CALL = 10;
const TRACKS_PER_CALL = 50;
/** An artist that was never listed counts as one with so many albums. One with more is completed by the next run. */
const MAX_NEW_ALBUMS = 100;
/** The same for albums that have come since the last listing. */
const MAX_ALBUMS_SINCE = 10;

export type AlbumToMeasure = {
  readonly albumId: string;
  readonly calls: number;
};

export type ArtistPlan = {
  readonly artistId: string;
  readonly isToBeListed: boolean;
  /** The last listing, if one call can tell that it is still the same. */
  readonly known: AlbumListing | undefined;
  /** Of the albums that are listed. */
  readonly toMeasure: readonly AlbumToMeasure[];
  /** The most that it costs; exact if the artist is not to be listed. */
  readonly calls: number;
};

export type ArtistState = {
  readonly artistId: string;
  readonly listing: AlbumListing | undefined;
  readonly albums: readonly KnownAlbum[];
};

const RUNS_IN_TURN = 4;

/** Of the lists that are due to be read whole, as many as come to all of them in four weekly runs; the oldest first. */
export function planArtists(states: readonly ArtistState[], nowMs: number): ArtistPlan[] {
  const due = states
    .flatMap(({ artistId, listing }) => (listing ? [{ artistId, listedAt: listing.listedAt }] : []))
    .filter(({ listedAt }) => nowMs - Date.parse(listedAt) >= WHOLE_LIST_FOR_MS)
    .sort((one, other) => Date.parse(one.listedAt) - Date.parse(other.listedAt))
    .slice(0, Math.ceil(states.length / RUNS_IN_TURN))
    .map(({ artistId }) => artistId);
  return states.map((state) => {
    const isWhole = state.listing === undefined || due.includes(state.artistId);
    return planArtist(state, { nowMs, isWhole });
  });
}

type Due = { readonly nowMs: number; readonly isWhole: boolean };

function planArtist(
  { albums, artistId, listing }: ArtistState,
  { isWhole, nowMs }: Due,
): ArtistPlan {
  const ageOf = (at: string): number => nowMs - Date.parse(at);
  const isToBeListed = listing === undefined || ageOf(listing.checkedAt) >= LISTED_FOR_MS;
  const toMeasure = findToMeasure(albums);
  const measuring = toMeasure.reduce((sum, { calls }) => sum + calls, 0);
  return {
    artistId,
    isToBeListed,
    known: isWhole ? undefined : listing,
    toMeasure,
    calls: measuring + (isToBeListed ? countListingCalls(listing) : 0),
  };
}

/** Albums without a length that can be in the trend. */
export function findToMeasure(albums: readonly KnownAlbum[]): AlbumToMeasure[] {
  return albums.flatMap((known) => {
    const { album_duration: length, album_id: albumId, album_num_tracks: tracks = 1 } = known.album;
    const isNeeded = length === undefined && findExclusion(known) === undefined;
    return isNeeded ? [{ albumId, calls: Math.max(1, Math.ceil(tracks / TRACKS_PER_CALL)) }] : [];
  });
}

/** The pages, and the albums that are new. */
function countListingCalls(listing: AlbumListing | undefined): number {
  const fresh = listing === undefined ? MAX_NEW_ALBUMS : MAX_ALBUMS_SINCE;
  const albums = (listing?.albums.length ?? 0) + fresh;
  return Math.ceil(albums / ALBUMS_PER_CALL) + fresh;
}

/** Each album once, with the first of its artists that is reported on. */
export function toOwned(albums: readonly KnownAlbum[], artistIds: readonly string[]): KnownAlbum[] {
  const listedBy = Map.groupBy(albums, ({ album }) => album.album_id);
  return [...listedBy.values()].flatMap((copies) => {
    const [known] = copies;
    const artists = known?.album.album_artists ?? [];
    const owner = [...artists, ...artistIds].find((id) =>
      copies.some(({ artistId }) => artistId === id),
    );
    return known && owner !== undefined ? [{ ...known, artistId: owner }] : [];
  });
}
