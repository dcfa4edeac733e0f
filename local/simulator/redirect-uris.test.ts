import fc from 'fast-check';
import { isRegistered } from './redirect-uris.ts';

const port = fc.integer({ min: 1, max: 65_535 });
const host = fc.constantFrom('127.0.0.1', '[::1]');
const path = fc.stringMatching(/^(?:\/[a-z]{1,5}){0,3}$/);

describe('a redirect URI', () => {
  it('on a loopback address registered without a port is good with any', () => {
    fc.assert(
      fc.property(host, port, path, (address, number, rest) => {
        const registered = [`http://${address}${rest}`];
        expect(isRegistered(`http://${address}:${number}${rest}`, registered)).toBe(true);
        expect(isRegistered(`http://${address}${rest}`, registered)).toBe(true);
        expect(isRegistered(`http://${address}:${number}${rest}/x`, registered)).toBe(false);
      }),
    );
  });

  it('registered with a port is good with that one only', () => {
    fc.assert(
      fc.property(host, port, port, (address, one, other) => {
        const registered = [`http://${address}:${one}/callback`];
        expect(isRegistered(`http://${address}:${other}/callback`, registered)).toBe(one === other);
        expect(isRegistered(`http://${address}/callback`, registered)).toBe(false);
      }),
    );
  });

  it.each([
    'https://example.com/callback',
    'https://example.com:8443/callback?x=1',
    'https://localhost.example.com/callback',
  ])('%s is good as it stands, if registered', (uri) => {
    expect(isRegistered(uri, [uri])).toBe(true);
    expect(isRegistered(`${uri}/`, [uri])).toBe(false);
    expect(isRegistered(uri, [])).toBe(false);
  });

  it.each([
    'http://localhost/callback',
    'http://localhost:8888/callback',
    'https://localhost/callback',
    'https://localhost:8888/callback',
    'http://example.com/callback',
    'http://127.0.0.1.example.com/callback',
    'http://127.0.0.1:8888@example.com/callback',
    'http://127.0.0.1:888888/callback',
    'app://callback',
    'nonsense',
    '',
  ])('%j is refused, though registered', (uri) => {
    expect(isRegistered(uri, [uri, 'http://127.0.0.1/callback'])).toBe(false);
  });
});
