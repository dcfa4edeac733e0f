import fc from 'fast-check';
import { EtlError } from '../etl/errors.ts';
import { parseConfig } from './config.ts';

const REQUIRED = {
  SPOTIFY_CLIENT_ID: 'client-1',
  SPOTIFY_CLIENT_SECRET: 'client-secret-1',
  PLAYLIST_TABLE: 'playlists',
  TRACK_TABLE: 'tracks',
  ALBUM_TABLE: 'albums',
  ARTIST_TABLE: 'artists',
  STATE_TABLE: 'state',
};

/** The message of the error these variables are refused with. */
function faultsOf(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof EtlError && error.code === 'CONFIG_INVALID') return error.message;
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
        login: undefined,
        pagesInFlight: 1,
        pace: { burstCalls: 60, callsPerSecond: 1 },
        budget: { dailyCalls: 900, reservedCalls: 80 },
        playlistApi: undefined,
      },
      stateTable: 'state',
      memoryMb: 512,
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

    expect(spotify).toMatchObject({
      login: { kind: 'refresh-token', refreshToken: 'refresh-1' },
      pagesInFlight: 4,
    });
    expect([spotify.apiUrl.href, spotify.accountsUrl.href]).toEqual([
      'http://127.0.0.1:8010/',
      'http://localhost:8010/',
    ]);
  });

  it('names every variable at fault in one message', () => {
    const message = faultsOf({ SPOTIFY_API_URL: 'nonsense', SPOTIFY_PAGES_IN_FLIGHT: '0' });

    const { SPOTIFY_CLIENT_SECRET, ...required } = REQUIRED;
    for (const name of [...Object.keys(required), 'SPOTIFY_API_URL', 'SPOTIFY_PAGES_IN_FLIGHT']) {
      expect(message).toContain(`${name} `);
    }
    expect(message).toContain('SPOTIFY_CLIENT_ID is not set');
  });

  it('takes a variable set to nothing for one that is not set', () => {
    const empty = Object.fromEntries(Object.keys(REQUIRED).map((name) => [name, '']));

    expect(faultsOf(empty)).toBe(faultsOf({}));
    expect(
      parseConfig({ ...REQUIRED, SPOTIFY_REFRESH_TOKEN: '', SPOTIFY_API_URL: '' }).spotify,
    ).toMatchObject({ login: undefined, apiUrl: new URL('https://api.spotify.com') });
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

  it('takes blanks around a value away, and refuses quotes that are part of it', () => {
    expect(parseConfig({ ...REQUIRED, SPOTIFY_CLIENT_ID: ' client-id\r\n' })).toEqual(
      parseConfig({ ...REQUIRED, SPOTIFY_CLIENT_ID: 'client-id' }),
    );
    expect(() => parseConfig({ ...REQUIRED, SPOTIFY_CLIENT_ID: '"hunter2"' })).toThrow(
      /SPOTIFY_CLIENT_ID has quotes (?!.*hunter)/,
    );
  });

  it.each(['0', '10', '-1', '2.5', 'two'])('refuses %s pages in flight', (pages) => {
    expect(faultsOf({ ...REQUIRED, SPOTIFY_PAGES_IN_FLIGHT: pages })).toContain('from 1 to 9');
  });

  it.each<[string, Record<string, string>, unknown]>([
    ['a file', { SPOTIFY_TOKEN_FILE: 'l.json' }, { kind: 'file', path: 'l.json' }],
    ['a secret', { SPOTIFY_TOKEN_SECRET: 'login' }, { kind: 'secret', name: 'login' }],
    [
      'the file rather than the secret',
      { SPOTIFY_TOKEN_FILE: 'l.json', SPOTIFY_TOKEN_SECRET: 'login' },
      { kind: 'file', path: 'l.json' },
    ],
    [
      'the token given outright',
      { SPOTIFY_TOKEN_FILE: 'l.json', SPOTIFY_REFRESH_TOKEN: 'r' },
      { kind: 'refresh-token', refreshToken: 'r' },
    ],
  ])('takes the login from %s, and then needs no client secret', (_where, given, login) => {
    const { spotify } = parseConfig({ ...REQUIRED, SPOTIFY_CLIENT_SECRET: '', ...given });

    expect(spotify.login).toEqual(login);
    expect(spotify.credentials.clientSecret).toBeUndefined();
  });

  it('needs a login or the client secret', () => {
    expect(faultsOf({ ...REQUIRED, SPOTIFY_CLIENT_SECRET: '' })).toContain('SPOTIFY_TOKEN_FILE');
  });

  it('has neither pace nor budget where they are set to 0', () => {
    const off = { SPOTIFY_BURST_CALLS: '0', SPOTIFY_DAILY_CALLS: '0' };

    expect(parseConfig({ ...REQUIRED, ...off }).spotify).toMatchObject({
      pace: undefined,
      budget: undefined,
    });
  });

  it.each([
    [{ SPOTIFY_CALLS_PER_SECOND: '0' }, 'SPOTIFY_CALLS_PER_SECOND must be a number above 0'],
    [{ SPOTIFY_CALLS_PER_SECOND: '1e3' }, 'SPOTIFY_CALLS_PER_SECOND must be a number above 0'],
    [{ SPOTIFY_BURST_CALLS: '-1' }, 'SPOTIFY_BURST_CALLS must be a whole number'],
    [{ SPOTIFY_DAILY_CALLS: '80' }, 'SPOTIFY_RESERVED_CALLS must be less than'],
    [{ SPOTIFY_PLAYLIST_API: 'Items' }, 'SPOTIFY_PLAYLIST_API must be auto, items or tracks'],
  ])('refuses %j', (given, fault) => {
    expect(faultsOf({ ...REQUIRED, ...given })).toContain(fault);
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
