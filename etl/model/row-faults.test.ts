import { findRowFaults } from './row-faults.ts';

const ARTIST = {
  artist_id: 'a',
  artist_uri: 'spotify:artist:a',
  artist_url: 'https://open.spotify.com/artist/a',
};

describe('findRowFaults', () => {
  it('finds nothing in a row without what may be absent, or with an attribute of a newer version', () => {
    expect(findRowFaults('artist', ARTIST)).toEqual([]);
    expect(findRowFaults('artist', { ...ARTIST, artist_genres: ['x'] })).toEqual([]);
  });

  it('names each faulty attribute once, and what is wrong with it', () => {
    const row = { artist_id: 'a', artist_uri: 5, artist_name: null };

    expect(findRowFaults('artist', row)).toEqual([
      { attribute: 'artist_uri', problem: 'is not a string' },
      { attribute: 'artist_url', problem: 'is missing' },
      { attribute: 'artist_name', problem: 'is not a string' },
    ]);
  });

  it('says where in a list or map it is', () => {
    const row = { track_id: 't', track_uri: '', track_url: '', track_artists: ['a', 1, 2] };

    expect(findRowFaults('track', row)).toEqual([
      { attribute: 'track_artists', problem: 'at 1 is not a string' },
    ]);
  });
});
