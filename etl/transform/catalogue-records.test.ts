import type { Track } from '../model/spotify-objects.ts';
import { pageUrl, toAlbumRecords, toArtistRecords, toTrackRecord } from './catalogue-records.ts';

const TRACK: Track = {
  id: '11dFghVXANMlKmJXsNCbNl',
  name: 'Cut To The Feeling',
  uri: 'spotify:track:11dFghVXANMlKmJXsNCbNl',
  external_urls: { spotify: 'https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl' },
  duration_ms: 207_959,
  explicit: false,
  external_ids: { isrc: 'USUM71703861' },
  disc_number: 1,
  track_number: 1,
  popularity: 63,
  album: {
    id: '0tGPJ0bkWOUmH7MEOR77qc',
    name: 'Cut To The Feeling',
    uri: 'spotify:album:0tGPJ0bkWOUmH7MEOR77qc',
    external_urls: { spotify: 'https://open.spotify.com/album/0tGPJ0bkWOUmH7MEOR77qc' },
    album_type: 'single',
    release_date: '2017-05-26',
    release_date_precision: 'day',
    total_tracks: 1,
    images: [{ url: 'https://i.scdn.co/image/large' }, { url: 'https://i.scdn.co/image/small' }],
    artists: [{ id: '6sFIWsNpZYqfjUpaCgueju', name: 'Carly Rae Jepsen' }],
  },
  artists: [
    { id: '6sFIWsNpZYqfjUpaCgueju', name: 'Carly Rae Jepsen' },
    { id: '0LcJLqbBmaGUft1e9Mm8HV', name: 'ABBA' },
  ],
};

describe('a track record', () => {
  it('has the attributes of the contract and no other', () => {
    expect(toTrackRecord(TRACK)).toEqual({
      track_id: '11dFghVXANMlKmJXsNCbNl',
      track_uri: 'spotify:track:11dFghVXANMlKmJXsNCbNl',
      track_url: 'https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl',
      track_name: 'Cut To The Feeling',
      track_duration: 207_959,
      track_explicit: false,
      track_isrc: 'USUM71703861',
      track_disc_number: 1,
      track_number: 1,
      track_popularity: 63,
      track_album: '0tGPJ0bkWOUmH7MEOR77qc',
      track_artists: ['6sFIWsNpZYqfjUpaCgueju', '0LcJLqbBmaGUft1e9Mm8HV'],
    });
  });

  it('keeps popularity 0 and an empty name', () => {
    expect(toTrackRecord({ ...TRACK, popularity: 0, name: '' })).toMatchObject({
      track_popularity: 0,
      track_name: '',
    });
  });

  it('has no attribute for what this kind of app is not told', () => {
    expect(toTrackRecord({ id: TRACK.id, popularity: null, album: null })).toEqual({
      track_id: TRACK.id,
      track_uri: `spotify:track:${TRACK.id}`,
      track_url: `https://open.spotify.com/track/${TRACK.id}`,
    });
  });

  it('keeps the artists in the order Spotify gives, which says who the main artist is', () => {
    const artists = ['z', 'a', 'm'].map((id) => ({ id }));

    expect(toTrackRecord({ ...TRACK, artists }).track_artists).toEqual(['z', 'a', 'm']);
  });

  it('names no album and no artist that has no ID', () => {
    const nameless = { ...TRACK, album: { id: null }, artists: [{ id: '' }, { id: null }, {}] };

    expect(toTrackRecord(nameless)).not.toHaveProperty('track_album');
    expect(toTrackRecord(nameless).track_artists).toEqual([]);
  });
});

describe('an album record', () => {
  it('has the attributes of the contract and no other', () => {
    expect(toAlbumRecords(TRACK)).toEqual([
      {
        album_id: '0tGPJ0bkWOUmH7MEOR77qc',
        album_uri: 'spotify:album:0tGPJ0bkWOUmH7MEOR77qc',
        album_url: 'https://open.spotify.com/album/0tGPJ0bkWOUmH7MEOR77qc',
        album_name: 'Cut To The Feeling',
        album_type: 'single',
        album_release_date: '2017-05-26',
        album_release_date_precision: 'day',
        album_num_tracks: 1,
        album_image_url: 'https://i.scdn.co/image/large',
        album_artists: ['6sFIWsNpZYqfjUpaCgueju'],
      },
    ]);
  });

  it('has an address by its ID where Spotify gives none', () => {
    expect(toAlbumRecords({ ...TRACK, album: { id: 'x' } })).toEqual([
      {
        album_id: 'x',
        album_uri: 'spotify:album:x',
        album_url: 'https://open.spotify.com/album/x',
      },
    ]);
  });

  it.each([
    ['0000', 'year'],
    ['1981', 'year'],
    ['1981-12', 'month'],
    ['1981-12-15', 'day'],
  ])('keeps the date %s as precise as it is, to the %s', (date, precision) => {
    const album = { id: 'album', release_date: date, release_date_precision: precision };

    expect(toAlbumRecords({ ...TRACK, album })).toMatchObject([
      { album_release_date: date, album_release_date_precision: precision },
    ]);
  });

  it('has no image where the list of images is empty or null', () => {
    for (const images of [[], null, undefined]) {
      const [record] = toAlbumRecords({ ...TRACK, album: { id: 'album', images } });
      expect(record).not.toHaveProperty('album_image_url');
    }
  });

  it('keeps the empty name that a taken-down album has', () => {
    expect(toAlbumRecords({ ...TRACK, album: { id: 'album', name: '' } })).toMatchObject([
      { album_name: '' },
    ]);
  });

  it.each([
    ['no album', null],
    ['an album without an ID', { id: null, name: 'x' }],
    ['an album with an empty ID', { id: '', name: 'x' }],
  ])('is not made of %s', (_case, album) => {
    expect(toAlbumRecords({ ...TRACK, album })).toEqual([]);
  });
});

describe('artist records', () => {
  it("are made of the album's artists and of the track's own", () => {
    const album = { id: 'album', artists: [{ id: 'various', name: 'Various Artists' }] };

    expect(toArtistRecords({ ...TRACK, album }).map((row) => row.artist_id)).toEqual([
      'various',
      '6sFIWsNpZYqfjUpaCgueju',
      '0LcJLqbBmaGUft1e9Mm8HV',
    ]);
  });

  it('have the attributes of the contract and no other', () => {
    expect(toArtistRecords({ id: 'track', artists: [{ id: 'abba', name: 'ABBA' }] })).toEqual([
      {
        artist_id: 'abba',
        artist_uri: 'spotify:artist:abba',
        artist_url: 'https://open.spotify.com/artist/abba',
        artist_name: 'ABBA',
      },
    ]);
  });

  it('are not made of an artist without an ID', () => {
    expect(toArtistRecords({ id: 'track', artists: [{ id: null, name: 'A local file' }] })).toEqual(
      [],
    );
  });
});

describe('pageUrl', () => {
  it('is the one Spotify gives, else made of kind and ID', () => {
    expect(pageUrl('album', 'x', { spotify: 'https://open.spotify.com/album/y' })).toBe(
      'https://open.spotify.com/album/y',
    );
    expect(pageUrl('album', 'x', { spotify: null })).toBe('https://open.spotify.com/album/x');
    expect(pageUrl('playlist', 'x', undefined)).toBe('https://open.spotify.com/playlist/x');
  });
});
