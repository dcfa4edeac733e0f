import { parseLocalSettings } from './settings.ts';

describe('parseLocalSettings', () => {
  test('needs nothing: standard ports, .local, and a simulated Spotify', () => {
    expect(parseLocalSettings({})).toEqual({
      apiPort: 3000,
      dynamodbPort: 8000,
      simulatorPort: 8010,
      dataDir: '.local',
      ownSpotify: undefined,
    });
  });

  test.each(['SPOTIFY_CLIENT_ID', 'SPOTIFY_API_URL'])(
    'takes %s as a Spotify of its own',
    (name) => {
      expect(parseLocalSettings({ [name]: 'x', HOME: '/' }).ownSpotify).toEqual({ [name]: 'x' });
    },
  );

  test('does not take the simulator’s port, or a variable set to nothing, for a Spotify of its own', () => {
    const { ownSpotify } = parseLocalSettings({
      SPOTIFY_SIMULATOR_PORT: '9',
      SPOTIFY_CLIENT_ID: '',
    });

    expect(ownSpotify).toBeUndefined();
  });

  test.each(['x', '-1', '65536', '1.5'])('refuses the port %s, naming the variable', (port) => {
    expect(() => parseLocalSettings({ API_PORT: port })).toThrow('API_PORT must be a port number');
  });
});
