import { playlistItemsRequest, playlistRequest, tokenRequest } from './requests.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const API = new URL('https://api.spotify.com');
const range = { offset: 100, limit: 50 };

describe('the request of a playlist', () => {
  it('asks for episodes as episodes, with the token in its header only', () => {
    const request = playlistRequest(API, ID)('token-1');

    expect(request.getURI()).toBe(`https://api.spotify.com/v1/playlists/${ID}`);
    expect(request.getQueryParameters()).toEqual({ additional_types: 'track,episode' });
    expect(request.getHeaders()).toEqual({ Authorization: 'Bearer token-1' });
    expect(request.getBodyParameters()).toBeUndefined();
  });

  it('asks for only the fields it is given', () => {
    expect(playlistRequest(API, ID, 'snapshot_id')('t').getQueryParameters()).toMatchObject({
      fields: 'snapshot_id',
    });
  });

  it('goes to the configured host and port', () => {
    const request = playlistRequest(new URL('http://127.0.0.1:8010'), ID)('t');

    expect(request.getURI()).toBe(`http://127.0.0.1:8010/v1/playlists/${ID}`);
  });

  it('cannot leave its path, whatever the ID', () => {
    const request = playlistRequest(API, '../me?x=1#')('t');

    expect(new URL(request.getURI()).pathname).toBe('/v1/playlists/..%2Fme%3Fx%3D1%23');
  });
});

describe('the request of a page', () => {
  it.each(['items', 'tracks'] as const)('asks for its stretch under the name %s', (api) => {
    const request = playlistItemsRequest(API, ID, { api, range })('t');

    expect(request.getURI()).toBe(`https://api.spotify.com/v1/playlists/${ID}/${api}`);
    expect(request.getQueryParameters()).toEqual({ additional_types: 'track,episode', ...range });
  });
});

describe('the request of a token', () => {
  const ACCOUNTS = new URL('https://accounts.spotify.com');
  const credentials = { clientId: 'id', clientSecret: 'secret' };

  it('trades a refresh token that was got with the secret, with the app in its header', () => {
    const request = tokenRequest(ACCOUNTS, credentials, {
      refreshToken: 'refresh-1',
      needsSecret: true,
    });

    expect(request.getURI()).toBe('https://accounts.spotify.com/api/token');
    expect(request.getHeaders()).toEqual({ Authorization: `Basic ${btoa('id:secret')}` });
    expect(request.getBodyParameters()).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
    });
  });

  it.each([
    ['by PKCE, secret or no secret', credentials, false],
    ['with a secret that is not known here', { ...credentials, clientSecret: undefined }, true],
  ])('trades a refresh token that was got %s, with the client ID beside it', (...how) => {
    const [, known, needsSecret] = how;
    const request = tokenRequest(ACCOUNTS, known, { refreshToken: 'refresh-1', needsSecret });

    expect(request.getHeaders()).toBeUndefined();
    expect(request.getBodyParameters()).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      client_id: 'id',
    });
  });

  it("asks for the app's own without a refresh token", () => {
    expect(tokenRequest(ACCOUNTS, credentials, undefined).getBodyParameters()).toEqual({
      grant_type: 'client_credentials',
    });
  });
});
