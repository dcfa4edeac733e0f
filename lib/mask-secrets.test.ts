import fc from 'fast-check';
import { maskAwsError, maskSpotifySecrets } from './mask-secrets.ts';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 300 });
const tokens = fc
  .tuple(bytes, fc.constantFrom('base64', 'base64url', 'hex'))
  .map(([content, encoding]) => Buffer.from(content).toString(encoding as BufferEncoding))
  // What looks like a word of 32 letters is one.
  .filter((token) => /[\dA-Z]/.test(token));

describe('what Spotify says', () => {
  it.each([
    'Forbidden',
    'Insufficient client scope',
    'Missing scope playlist-read-collaborative',
    'The user is not registered for this application. Check https://developer.spotify.com/dashboard.',
    'Invalid base62 id',
  ])('stays as it is without a secret: %s', (text) => {
    expect(maskSpotifySecrets(text)).toBe(text);
  });

  it('holds no token, nor one that is encoded or cut', () => {
    fc.assert(
      fc.property(tokens, fc.nat({ max: 20 }), (token, cut) => {
        for (const form of [token, encodeURIComponent(token), token.slice(0, -cut || undefined)]) {
          fc.pre(/[\dA-Z]/.test(form));
          expect(maskSpotifySecrets(`Bad token "${form}", sorry`)).toBe('Bad token "…", sorry');
        }
      }),
    );
  });

  it('is masked in no more time than it is long', () => {
    const text = 'a'.repeat(200_000);

    expect(maskSpotifySecrets(text)).toBe(text);
  });
});

describe('what AWS says', () => {
  it('stays as it is without a session token', () => {
    const who =
      'User: arn:aws:sts::123456789012:assumed-role/spotify-etl-dev-Ingest-us-east-1/ingest is not authorized';

    expect(maskAwsError(new Error(who))).toMatchObject({ message: who });
    expect(maskAwsError('no error')).toBe('no error');
  });

  it('holds none, neither in its message nor in its stack', () => {
    const token = Buffer.alloc(300, 'session token').toString('base64');

    const error = new Error(`host:x\nx-amz-security-token:${token}\n`);

    expect(maskAwsError(error)).toBe(error);
    expect(error.message).toBe('host:x\nx-amz-security-token:…\n');
    expect(error.stack).not.toContain(token);
    expect(error.stack).toContain('mask-secrets.test.ts');
  });
});
