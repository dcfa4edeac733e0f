import { EtlError } from '../../etl/errors.ts';
import { ERROR_CODES } from '../../test/support/error-codes.ts';
import { describeSpotify, describeTableFailure } from './failures.ts';

describe('describeTableFailure', () => {
  const at = (stage: string, endpoint?: string): Parameters<typeof describeTableFailure>[1] => ({
    stage,
    dynamodb: { endpoint, region: 'eu-west-1' },
    actions: 'dynamodb:Scan on them',
  });
  const failure = (name: string, code?: string): Error =>
    Object.assign(new Error('as the SDK says it'), { name }, code === undefined ? {} : { code });

  test.each([
    [
      failure('Error', 'ECONNREFUSED'),
      at('local', 'http://127.0.0.1:8000'),
      'npx spotify-etl local',
    ],
    [failure('Error', 'ENOTFOUND'), at('dev'), 'DynamoDB in eu-west-1'],
    [failure('ResourceNotFoundException'), at('prod'), 'sls deploy --stage prod'],
    [failure('CredentialsProviderError'), at('dev'), '--profile'],
    [failure('AccessDeniedException'), at('dev'), 'dynamodb:Scan'],
    [failure('ExpiredTokenException'), at('dev'), 'Log in to AWS again'],
    [new EtlError('TABLE_THROTTLED', 'Run it later.'), at('dev'), 'Run it later.'],
    [
      new EtlError('TABLE_UNAVAILABLE', 'No answer.', {
        cause: failure('Error', 'ECONNREFUSED'),
      }),
      at('local', 'http://127.0.0.1:8000'),
      'npx spotify-etl local',
    ],
    [
      new EtlError('SPOTIFY_UNAVAILABLE', 'Spotify is down.', {
        cause: failure('Error', 'ECONNREFUSED'),
      }),
      at('dev'),
      'Spotify is down.',
    ],
    [failure('SomethingElse'), at('dev'), 'as the SDK says it'],
    ['thrown text', at('dev'), 'thrown text'],
  ])('says what to do about %p', (error, where, words) => {
    expect(describeTableFailure(error, where)).toContain(words);
  });
});

describe('describeSpotify', () => {
  test.each(ERROR_CODES)('has a fix for %s', (code) => {
    expect(describeSpotify(new EtlError(code, 'A.'), 'npx log in')).toEqual({
      message: 'A.',
      fix: expect.stringMatching(/^\S.*\.$/),
    });
  });

  test.each([
    ['SCOPE_MISSING', 'Run npx log in'],
    ['APP_NOT_PERMITTED', 'https://developer.spotify.com/dashboard'],
    ['SPOTIFY_UNAVAILABLE', 'Check the network'],
  ] as const)('fixes %s: %s', (code, fix) => {
    expect(describeSpotify(new EtlError(code, 'A. B.'), 'npx log in').fix).toContain(fix);
  });

  test('leaves out what an outage means for a run', () => {
    const { message } = describeSpotify(new EtlError('SPOTIFY_UNAVAILABLE', 'A. B.'), '');

    expect(message).toBe('A.');
  });
});
