import fc from 'fast-check';
import { itemSizeBytes, MAX_ITEM_BYTES } from './item-size.ts';

/** The size of a value alone: that of an item under a name of one letter, less the letter. */
const valueBytes = (value: unknown): number => itemSizeBytes({ n: value }) - 1;

describe('itemSizeBytes', () => {
  it('knows the example of the AWS manual: a shirt of 23 bytes', () => {
    expect(itemSizeBytes({ 'shirt-color': 'R', 'shirt-size': 'M' })).toBe(23);
  });

  it('counts names and texts in bytes of UTF-8', () => {
    expect(itemSizeBytes({ ä: '' })).toBe(2);
    expect(valueBytes('é')).toBe(2);
    expect(valueBytes('€')).toBe(3);
    expect(valueBytes('😀')).toBe(4);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(valueBytes(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it.each([
    [0, 1],
    [7, 2],
    [10, 2],
    [42, 2],
    [100, 2],
    [123, 3],
    [207_959, 4],
    [-42, 3],
    [0.05, 2],
    [10.01, 3],
  ])(
    'counts the number %d as %d bytes: one, and one for every two significant digits',
    (value, bytes) => {
      expect(valueBytes(value)).toBe(bytes);
    },
  );

  it('counts one byte for a boolean and for null', () => {
    expect([true, false, null].map(valueBytes)).toEqual([1, 1, 1]);
  });

  it('counts three bytes for a list or map and one more for each member', () => {
    expect(valueBytes([])).toBe(3);
    expect(valueBytes(['ab', 'c'])).toBe(3 + 1 + 2 + 1 + 1);
    expect(valueBytes({})).toBe(3);
    expect(valueBytes({ key: 'value' })).toBe(3 + 1 + 3 + 5);
    expect(valueBytes([['x']])).toBe(3 + 1 + 3 + 1 + 1);
  });

  it("finds a playlist of Spotify's largest size well within what DynamoDB stores", () => {
    const ids = Array.from({ length: 11_000 }, () => '3cEYpjA9oz9GiPac4AsH4n');

    expect(itemSizeBytes({ playlist_tracks: ids })).toBeLessThan(MAX_ITEM_BYTES * 0.65);
  });
});
