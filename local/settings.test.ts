import { parseLocalSettings } from './settings.ts';

describe('parseLocalSettings', () => {
  test('needs nothing: standard ports, .local, and a simulated Spotify', () => {
    expect(parseLocalSettings({})).toEqual({
      apiPort: 3000,
      dynamodbPort: 8000,
      simulatorPort: 8010,
      dataDir: '.local',
      ownSpotify: undefined,
      quotaVariables: {},
    });
  });

  test.each(['SPOTIFY_CLIENT_ID', 'SPOTIFY_API_URL'])(
    'takes %s as a Spotify of its own, with the login that spotify-etl login keeps',
    (name) => {
      expect(parseLocalSettings({ [name]: 'x', HOME: '/', DATA_DIR: '/data' }).ownSpotify).toEqual({
        [name]: 'x',
        SPOTIFY_TOKEN_FILE: '/data/spotify-login.json',
      });
    },
  );

  test('does not take the simulator’s port, or a variable set to nothing, for a Spotify of its own', () => {
    const { ownSpotify } = parseLocalSettings({
      SPOTIFY_SIMULATOR_PORT: '9',
      SPOTIFY_CLIENT_ID: '',
    });

    expect(ownSpotify).toBeUndefined();
  });

  test('hands pace and budget on, whichever Spotify it is', () => {
    const asked = { SPOTIFY_BURST_CALLS: '5', SPOTIFY_DAILY_CALLS: '100' };

    expect(parseLocalSettings({ ...asked, API_PORT: '3100' }).quotaVariables).toEqual(asked);
  });

  test.each(['x', '-1', '65536', '1.5'])('refuses the port %s, naming the variable', (port) => {
    expect(() => parseLocalSettings({ API_PORT: port })).toThrow('API_PORT must be a port number');
  });
});
