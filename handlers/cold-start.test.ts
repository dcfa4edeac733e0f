import { getApp } from './cold-start.ts';

const before = process.env;
afterEach(() => {
  process.env = before;
});

describe('the app of a container', () => {
  it('is built at the first call that can, and then kept', () => {
    process.env = { ...before, SPOTIFY_CLIENT_ID: '' };
    expect(() => getApp()).toThrow('SPOTIFY_CLIENT_ID is not set');

    process.env = {
      ...before,
      SPOTIFY_CLIENT_ID: 'client-1',
      SPOTIFY_CLIENT_SECRET: 'client-secret-1',
      PLAYLIST_TABLE: 'playlists',
      TRACK_TABLE: 'tracks',
      ALBUM_TABLE: 'albums',
      ARTIST_TABLE: 'artists',
      STATE_TABLE: 'state',
    };
    const app = getApp();
    process.env = before;

    expect(getApp()).toBe(app);
  });
});
