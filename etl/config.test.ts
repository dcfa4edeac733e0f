import fc from 'fast-check';
import { parseConfig } from './config.ts';
import { FatalError } from './errors.ts';

const REQUIRED = {
  SPOTIFY_CLIENT_ID: 'client-1',
  SPOTIFY_CLIENT_SECRET: 'client-secret-1',
  PLAYLIST_TABLE: 'playlists',
  TRACK_TABLE: 'tracks',
  ALBUM_TABLE: 'albums',
  ARTIST_TABLE: 'artists',
};

/** The message of the error these variables are refused with. */
function faultsOf(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof FatalError && error.code === 'CONFIG_INVALID') return error.message;
  }
  return '';
}

describe('parseConfig', () => {
  it('needs the app and the tables, and has a default for the rest', () => {
    expect(parseConfig(REQUIRED)).toEqual({
      spotify: {
        apiUrl: new URL('https://api.spotify.com'),
        accountsUrl: new URL('https://accounts.spotify.com'),
        credentials: { clientId: 'client-1', clientSecret: 'client-secret-1' },
        refreshToken: undefined,
        pagesInFlight: 2,
      },
      tables: { playlist: 'playlists', track: 'tracks', album: 'albums', artist: 'artists' },
    });
  });

  it('takes what is set', () => {
    const { spotify } = parseConfig({
      ...REQUIRED,
      SPOTIFY_REFRESH_TOKEN: 'refresh-1',
      SPOTIFY_API_URL: 'http://127.0.0.1:8010',
      SPOTIFY_ACCOUNTS_URL: 'http://localhost:8010/',
      SPOTIFY_PAGES_IN_FLIGHT: '4',
    });

    expect(spotify).toMatchObject({ refreshToken: 'refresh-1', pagesInFlight: 4 });
    expect([spotify.apiUrl.href, spotify.accountsUrl.href]).toEqual([
      'http://127.0.0.1:8010/',
      'http://localhost:8010/',
    ]);
  });

  it('names every variable at fault in one message', () => {
    const message = faultsOf({ SPOTIFY_API_URL: 'nonsense', SPOTIFY_PAGES_IN_FLIGHT: '0' });

    for (const name of [...Object.keys(REQUIRED), 'SPOTIFY_API_URL', 'SPOTIFY_PAGES_IN_FLIGHT']) {
      expect(message).toContain(`${name} `);
    }
    expect(message).toContain('SPOTIFY_CLIENT_ID is not set');
  });

  it('takes a variable set to nothing for one that is not set', () => {
    const empty = Object.fromEntries(Object.keys(REQUIRED).map((name) => [name, '']));

    expect(faultsOf(empty)).toBe(faultsOf({}));
    expect(
      parseConfig({ ...REQUIRED, SPOTIFY_REFRESH_TOKEN: '', SPOTIFY_API_URL: '' }).spotify,
    ).toMatchObject({ refreshToken: undefined, apiUrl: new URL('https://api.spotify.com') });
  });

  it.each([
    'http://api.spotify.com',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'https://api.spotify.com/v1',
    'https://api.spotify.com/?x=1',
    'https://api.spotify.com/#x',
    'https://somebody@api.spotify.com',
    'https://:password@api.spotify.com',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'api.spotify.com',
  ])('sends no secret to %s', (url) => {
    expect(faultsOf({ ...REQUIRED, SPOTIFY_API_URL: url })).toContain('SPOTIFY_API_URL must be');
    expect(faultsOf({ ...REQUIRED, SPOTIFY_ACCOUNTS_URL: url })).toContain(
      'SPOTIFY_ACCOUNTS_URL must be',
    );
  });

  it.each(['http://[::1]:8010', 'http://localhost', 'https://spotify.example.org:8443'])(
    'sends secrets to %s where told to',
    (url) => {
      expect(faultsOf({ ...REQUIRED, SPOTIFY_API_URL: url })).toBe('');
    },
  );

  it.each(['0', '10', '-1', '2.5', 'two', ' 2'])('refuses %s pages in flight', (pages) => {
    expect(faultsOf({ ...REQUIRED, SPOTIFY_PAGES_IN_FLIGHT: pages })).toContain('from 1 to 9');
  });

  it('never prints a value', () => {
    const value = fc.stringMatching(/^[a-z]{12,20}$/);
    fc.assert(
      fc.property(value, value, (url, pages) => {
        const message = faultsOf({
          SPOTIFY_CLIENT_SECRET: 'client-secret-1',
          SPOTIFY_REFRESH_TOKEN: 'refresh-1',
          SPOTIFY_API_URL: url,
          SPOTIFY_PAGES_IN_FLIGHT: pages,
        });
        const told = [url, pages, 'client-secret-1', 'refresh-1'].filter((text) =>
          message.includes(text),
        );
        expect(told).toEqual([]);
      }),
    );
  });

  it("reads the process's own variables where it is given none", () => {
    const before = process.env;
    process.env = { ...before, ...REQUIRED };

    expect(parseConfig().tables.playlist).toBe('playlists');

    process.env = before;
  });
});
