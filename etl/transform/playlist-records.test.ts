import fc from 'fast-check';
import { playlists } from '../../test/support/spotify-arbitraries.ts';
import {
  albumRecordSchema,
  artistRecordSchema,
  playlistRecordSchema,
  trackRecordSchema,
} from '../model/records.ts';
import type { Playlist, PlaylistItem, Track } from '../model/spotify-objects.ts';
import { mergeSightings } from './merge.ts';
import { toPlaylistRecords } from './playlist-records.ts';

const EXTRACTION = { extractedAt: '2026-11-20T12:00:00.000Z', runId: 'run-1' };

function playlistOf(items: readonly PlaylistItem[]): Playlist {
  return { metadata: { id: 'playlist', snapshot_id: 'snapshot' }, items };
}

function trackItem(track: Track): PlaylistItem {
  return { kind: 'track', track };
}

const toRecords = (items: readonly PlaylistItem[]): ReturnType<typeof toPlaylistRecords> =>
  toPlaylistRecords(playlistOf(items), EXTRACTION);

/** Null or undefined anywhere in these rows. */
function hasGap(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.values(value).some(hasGap);
}

describe("a playlist's own row", () => {
  it('has the attributes of the contract and no other', () => {
    const playlist: Playlist = {
      metadata: {
        id: '3cEYpjA9oz9GiPac4AsH4n',
        uri: 'spotify:playlist:3cEYpjA9oz9GiPac4AsH4n',
        external_urls: { spotify: 'https://open.spotify.com/playlist/3cEYpjA9oz9GiPac4AsH4n' },
        name: 'Road Trip',
        description: '',
        owner: { id: 'jmperezperez', display_name: 'JMPerez²' },
        public: true,
        collaborative: false,
        images: [{ url: 'https://i.scdn.co/image/cover' }],
        snapshot_id: 'AAAAB1',
      },
      items: [
        { ...trackItem({ id: 'a' }), addedAt: 1_600_000_000, addedBy: 'ada' },
        { kind: 'episode', uri: 'spotify:episode:e', name: 'One', addedAt: 5, addedBy: 'bob' },
        { ...trackItem({ id: 'b' }), addedAt: 0, addedBy: 'ada' },
        { kind: 'local', uri: 'spotify:local:a:b:c:1', name: '' },
        { kind: 'unavailable', uri: null },
        trackItem({ id: 'a' }),
      ],
    };

    expect(toPlaylistRecords(playlist, EXTRACTION).playlist).toEqual({
      playlist_id: '3cEYpjA9oz9GiPac4AsH4n',
      playlist_uri: 'spotify:playlist:3cEYpjA9oz9GiPac4AsH4n',
      playlist_url: 'https://open.spotify.com/playlist/3cEYpjA9oz9GiPac4AsH4n',
      playlist_name: 'Road Trip',
      playlist_description: '',
      playlist_owner_id: 'jmperezperez',
      playlist_owner_name: 'JMPerez²',
      playlist_public: true,
      playlist_collaborative: false,
      playlist_image_url: 'https://i.scdn.co/image/cover',
      playlist_snapshot_id: 'AAAAB1',
      playlist_num_items: 6,
      playlist_tracks: ['a', 'b', 'a'],
      playlist_others: [
        { position: 1, kind: 'episode', uri: 'spotify:episode:e', name: 'One' },
        { position: 3, kind: 'local', uri: 'spotify:local:a:b:c:1', name: '' },
        { position: 4, kind: 'unavailable' },
      ],
      playlist_added_at: [1_600_000_000, 5, 0, -1, -1, -1],
      playlist_added_by: [0, 1, 0, -1, -1, -1],
      playlist_contributors: ['ada', 'bob'],
      playlist_skipped: { episode: 1, local: 1, unavailable: 1 },
      extracted_at: '2026-11-20T12:00:00.000Z',
      run_id: 'run-1',
    });
  });

  it('has an address by its ID where Spotify gives none', () => {
    expect(toRecords([]).playlist).toMatchObject({
      playlist_uri: 'spotify:playlist:playlist',
      playlist_url: 'https://open.spotify.com/playlist/playlist',
    });
  });

  it('of an empty playlist lists nothing and counts nothing', () => {
    expect(toRecords([])).toMatchObject({
      playlist: {
        playlist_num_items: 0,
        playlist_tracks: [],
        playlist_others: [],
        playlist_added_at: [],
        playlist_added_by: [],
        playlist_contributors: [],
        playlist_skipped: { episode: 0, local: 0, unavailable: 0 },
      },
      tracks: [],
      albums: [],
      artists: [],
    });
  });
});

describe('the rows a playlist refers to', () => {
  it('hold a track once that is in the playlist twice, and its place twice', () => {
    const records = toRecords([trackItem({ id: 'a' }), trackItem({ id: 'a' })]);

    expect(records.tracks).toHaveLength(1);
    expect(records.playlist.playlist_tracks).toEqual(['a', 'a']);
  });

  it('hold an artist once that is seen with a track and with an album', () => {
    const abba = { id: 'abba', name: 'ABBA' };
    const records = toRecords([
      trackItem({ id: 'a', artists: [abba], album: { id: 'gold', artists: [abba] } }),
    ]);

    expect(records.artists).toHaveLength(1);
  });

  it('join two sightings of an album: the newer wins, what it lacks stays', () => {
    const records = toRecords([
      trackItem({ id: 'a', album: { id: 'gold', name: 'Gold', release_date: '1992' } }),
      trackItem({ id: 'b', album: { id: 'gold', name: 'ABBA Gold', release_date: null } }),
    ]);

    expect(records.albums).toMatchObject([{ album_name: 'ABBA Gold', album_release_date: '1992' }]);
  });

  it('keep a popularity that a second sighting of the track does not tell', () => {
    const records = toRecords([
      trackItem({ id: 'a', popularity: 0 }),
      trackItem({ id: 'a', popularity: null }),
    ]);

    expect(records.tracks).toMatchObject([{ track_popularity: 0 }]);
  });
});

describe('whatever a playlist holds', () => {
  it('every row has the shape of its table, with nothing null or undefined in it', () => {
    fc.assert(
      fc.property(playlists, (playlist) => {
        const { playlist: row, tracks, albums, artists } = toPlaylistRecords(playlist, EXTRACTION);
        expect(playlistRecordSchema.parse(row)).toEqual(row);
        for (const track of tracks) expect(trackRecordSchema.parse(track)).toEqual(track);
        for (const album of albums) expect(albumRecordSchema.parse(album)).toEqual(album);
        for (const artist of artists) expect(artistRecordSchema.parse(artist)).toEqual(artist);
        expect(hasGap({ row, tracks, albums, artists })).toBe(false);
      }),
    );
  });

  it('the counts add up to its items', () => {
    fc.assert(
      fc.property(playlists, (playlist) => {
        const { playlist: row, tracks } = toPlaylistRecords(playlist, EXTRACTION);
        const { episode, local, unavailable } = row.playlist_skipped;
        const repeats = row.playlist_tracks.length - tracks.length;
        expect(tracks.length + repeats + episode + local + unavailable).toBe(playlist.items.length);
        expect(row.playlist_num_items).toBe(playlist.items.length);
      }),
    );
  });

  it('each key is there once, and every ID a row refers to has its row', () => {
    fc.assert(
      fc.property(playlists, (playlist) => {
        const { playlist: row, tracks, albums, artists } = toPlaylistRecords(playlist, EXTRACTION);
        const trackIds = tracks.map((track) => track.track_id);
        const albumIds = albums.map((album) => album.album_id);
        const artistIds = artists.map((artist) => artist.artist_id);
        for (const ids of [trackIds, albumIds, artistIds])
          expect(new Set(ids).size).toBe(ids.length);
        expect(trackIds).toEqual([...new Set(row.playlist_tracks)]);
        expect(albumIds).toEqual(
          expect.arrayContaining(tracks.flatMap((track) => track.track_album ?? [])),
        );
        const referred = [
          ...tracks.flatMap((track) => track.track_artists ?? []),
          ...albums.flatMap((album) => album.album_artists ?? []),
        ];
        expect(artistIds).toEqual(expect.arrayContaining(referred));
      }),
    );
  });

  it('the rows are the same wherever its pages were cut', () => {
    fc.assert(
      fc.property(playlists, fc.nat(30), (playlist, cut) => {
        const { items } = playlist;
        const whole = toRecords(items);
        const [first, second] = [toRecords(items.slice(0, cut)), toRecords(items.slice(cut))];
        const joined = {
          tracks: mergeSightings([...first.tracks, ...second.tracks], (row) => row.track_id),
          albums: mergeSightings([...first.albums, ...second.albums], (row) => row.album_id),
          artists: mergeSightings([...first.artists, ...second.artists], (row) => row.artist_id),
        };
        expect(joined).toEqual({
          tracks: whole.tracks,
          albums: whole.albums,
          artists: whole.artists,
        });
      }),
    );
  });
});
