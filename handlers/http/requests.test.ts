import fc from 'fast-check';
import { parseMaxRequests, parsePlaylistId } from './requests.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';

function parse(values: string[] | undefined): string {
  return parsePlaylistId({
    multiValueQueryStringParameters: values === undefined ? null : { playlist_uri: values },
  });
}

describe('the playlist a request names', () => {
  it.each([ID, `spotify:playlist:${ID}`, `https://open.spotify.com/playlist/${ID}?si=x`])(
    'is found in %s',
    (ref) => {
      expect(parse([ref])).toBe(ID);
    },
  );

  it.each<[string, string[] | undefined, string]>([
    ['no query', undefined, 'is missing'],
    ['an empty list', [], 'is missing'],
    ['the same one twice', [ID, ID], 'is given 2 times'],
    ['two', [ID, 'other'], 'is given 2 times'],
    ['an empty one', [''], 'is not a playlist'],
    ['a malformed one', ['spotify:album:x'], 'is not a playlist'],
  ])('is refused with %s', (_case, values, fault) => {
    expect(() => parse(values)).toThrow(`The query parameter playlist_uri ${fault}. `);
  });

  it('is refused where other parameters are given in its place', () => {
    const multiValueQueryStringParameters = { Playlist_URI: [ID], uri: [ID] };

    expect(() => parsePlaylistId({ multiValueQueryStringParameters })).toThrow('is missing');
  });

  it('is not repeated in the refusal', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[#-~]{8,40}$/), (ref) => {
        let refusal = '';
        try {
          parse([`marked ${ref}`]);
        } catch (error) {
          refusal = String(error);
        }
        expect(refusal).toMatch(/is not a playlist/);
        expect(refusal).not.toContain('marked');
      }),
    );
  });
});

describe('the calls a request allows', () => {
  const parseMax = (values: string[] | null): number | undefined =>
    parseMaxRequests({
      multiValueQueryStringParameters: values === null ? null : { max_requests: values },
    });

  it('are any whole number from 1 to 300, or not said', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
        expect(parseMax([String(count)])).toBe(count);
      }),
    );
    expect(parseMax(null)).toBeUndefined();
    expect(parseMax([])).toBeUndefined();
  });

  it.each([['0'], ['301'], ['-1'], ['1.5'], ['1e2'], ['01'], [''], [' 1'], ['1', '1'], ['٣']])(
    'are refused as %p %p',
    (...values) => {
      expect(() => parseMax(values)).toThrow('whole number from 1 to 300');
    },
  );
});
