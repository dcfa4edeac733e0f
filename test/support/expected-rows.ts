/** What the tables must hold of a simulated playlist: written down from the catalogue, apart from the code under test. */
import type { Catalogue, CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { AppKind } from '../../local/simulator/simulator.ts';
import type { Row, Tables } from './world.ts';

const page = (type: string, id: string): string => `https://open.spotify.com/${type}/${id}`;

/** Drops what Spotify sends as null. */
const known = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

/** The four tables after one load; `extracted_at` and `run_id` are the run's own and left out. */
export function expectedRows(
  catalogue: Catalogue,
  playlist: CataloguePlaylist,
  appKind: AppKind,
): Tables {
  const trackIds = playlist.items.flatMap((item) => (item.kind === 'track' ? [item.trackId] : []));
  const tracks = pick(catalogue.tracks, trackIds);
  const albums = pick(
    catalogue.albums,
    tracks.map((track) => track.albumId),
  );
  const artists = pick(catalogue.artists, [
    ...tracks.flatMap((track) => track.artistIds),
    ...albums.flatMap((album) => album.artistIds),
  ]);
  const count = (kind: string): number =>
    playlist.items.filter((item) => item.kind === kind).length;
  return {
    playlist: [
      known({
        playlist_id: playlist.id,
        playlist_uri: `spotify:playlist:${playlist.id}`,
        playlist_url: page('playlist', playlist.id),
        playlist_name: playlist.name,
        // As a person reads it: Spotify sends HTML.
        playlist_description: playlist.description
          ?.replaceAll('&amp;', '&')
          .replaceAll('&#x27;', "'"),
        playlist_owner_id: playlist.ownerId,
        playlist_owner_name: playlist.ownerName,
        playlist_public: playlist.isPublic,
        playlist_collaborative: playlist.isCollaborative,
        playlist_image_url: playlist.imageUrl,
        playlist_snapshot_id: playlist.snapshotId,
        playlist_num_items: playlist.items.length,
        playlist_tracks: trackIds,
        ...expectedPositions(catalogue, playlist.items),
        playlist_skipped: {
          episode: count('episode'),
          local: count('local'),
          unavailable: count('unavailable'),
        },
      }),
    ],
    track: tracks.map((track) =>
      known({
        track_id: track.id,
        track_uri: `spotify:track:${track.id}`,
        track_url: page('track', track.id),
        track_name: track.name,
        track_duration: track.durationMs,
        track_explicit: track.isExplicit,
        track_isrc: track.isrc,
        track_disc_number: track.discNumber,
        track_number: track.trackNumber,
        track_popularity: appKind === 'C' ? null : track.popularity,
        track_album: track.albumId,
        track_artists: [...track.artistIds],
      }),
    ),
    album: albums.map((album) =>
      known({
        album_id: album.id,
        album_uri: `spotify:album:${album.id}`,
        album_url: page('album', album.id),
        album_name: album.name,
        album_type: album.type,
        album_release_date: album.releaseDate,
        album_release_date_precision: album.releaseDatePrecision,
        album_num_tracks: album.totalTracks,
        album_image_url: album.imageUrl,
        album_artists: [...album.artistIds],
      }),
    ),
    artist: artists.map((artist) => ({
      artist_id: artist.id,
      artist_uri: `spotify:artist:${artist.id}`,
      artist_url: page('artist', artist.id),
      artist_name: artist.name,
    })),
  };
}

/** The attributes about every position: what is not a track, and who added each item when. */
function expectedPositions(catalogue: Catalogue, items: CataloguePlaylist['items']): Row {
  const contributors = [...new Set(items.flatMap(({ addedBy }) => addedBy ?? []))];
  return {
    playlist_others: items.flatMap((item, position) => {
      switch (item.kind) {
        case 'track':
          return [];
        case 'unavailable':
          return [{ position, kind: 'unavailable' }];
        case 'episode': {
          const uri = `spotify:episode:${item.episodeId}`;
          const name = catalogue.episodes.get(item.episodeId)?.name;
          return [{ position, kind: 'episode', uri, name }];
        }
        case 'local': {
          const uri = expect.stringMatching(/^spotify:local:.*:\d+$/) as string;
          return [{ position, kind: 'local', uri, name: item.name }];
        }
      }
    }),
    playlist_added_at: items.map(({ addedAt }) =>
      addedAt === null ? -1 : Date.parse(addedAt) / 1000,
    ),
    playlist_added_by: items.map(({ addedBy }) =>
      addedBy === null ? -1 : contributors.indexOf(addedBy),
    ),
    playlist_contributors: contributors,
  };
}

/** The rows without what differs from run to run. */
export function withoutRun(tables: Tables): Tables {
  return {
    ...tables,
    playlist: tables.playlist.map(({ extracted_at, run_id, ...row }) => row),
  };
}

function pick<Thing>(things: ReadonlyMap<string, Thing>, ids: readonly string[]): Thing[] {
  return [...new Set(ids)].sort().map((id) => {
    const thing = things.get(id);
    if (thing === undefined) throw new Error(`The catalogue lacks ${id}`);
    return thing;
  });
}
