import fc from 'fast-check';
import { parsePastedAddress } from './pasted-address.ts';

const ADDRESS = 'http://127.0.0.1:8888/callback';

test('whatever Spotify puts into the address comes out, however it was quoted or broken', () => {
  const around = fc.constantFrom(
    ...[
      ['', ''],
      ['"', '"'],
      ["'", "'"],
      ['<', '>'],
      ['  “', '” '],
    ],
  );
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      fc.string(),
      fc.tuple(around, fc.nat()),
      (code, state, [[before = '', after = ''], at]) => {
        const href = `${ADDRESS}?${new URLSearchParams({ code, state }).toString()}`;
        const broken = `${href.slice(0, at % href.length)} \t${href.slice(at % href.length)}`;

        const query = parsePastedAddress(`${before}${broken}${after}`);

        expect([query.get('code'), query.get('state')]).toEqual([code, state]);
      },
    ),
  );
});

test.each([
  [`${ADDRESS}?error=access_denied&state=s`, 'error', 'access_denied'],
  [`${ADDRESS}?code=c&state=s#_=_`, 'state', 's'],
  ['127.0.0.1:8888/callback?code=c&state=s', 'code', 'c'],
])('%s is an answer', (text, name, value) => {
  expect(parsePastedAddress(text).get(name)).toBe(value);
});

test.each([
  ['', 'no code in it'],
  ['AQBsomecode', 'no code in it'],
  [ADDRESS, 'no code in it'],
  [
    'https://accounts.spotify.com/authorize?response_type=code&state=s&code_challenge=c',
    'it is the printed address',
  ],
])('%j is none, and is not quoted', (text, words) => {
  const parse = (): unknown => parsePastedAddress(text);

  expect(parse).toThrow(words);
  if (text !== '') expect(parse).not.toThrow(text);
});
