import fc from 'fast-check';
import { toItemAttributes } from '../../etl/model/playlist-items.ts';
import type { PlaylistRecord } from '../../etl/model/records.ts';
import { createLargestList } from '../../test/support/largest-list.ts';
import {
  assertPlaylistFits,
  itemSizeBytes,
  MAX_ITEM_BYTES,
  numberBytes,
  updateSizeBytes,
} from './item-size.ts';

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
    // The first and the last character of each width.
    expect(['\u007f', '\u0080', '\u07ff', '\u0800'].map(valueBytes)).toEqual([1, 2, 2, 3]);
    expect(['\uffff', '\u{10000}', '\u{10ffff}'].map(valueBytes)).toEqual([3, 4, 4]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(valueBytes(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it.each<[number | bigint, number]>([
    [0, 1],
    [-0, 1],
    [7, 2],
    [10, 2],
    [42, 2],
    [100, 2],
    [123, 3],
    [1_200, 2],
    [12_000, 3],
    [120_000, 2],
    [207_959, 4],
    [-42, 3],
    [0.05, 2],
    [0.012, 3],
    [1.5, 3],
    [10.01, 3],
    [-10.01, 4],
    [1e21, 2],
    [1e22, 2],
    [1.5e22, 3],
    [1e-7, 2],
    [1.5e-10, 3],
    [12_345_678_901_234_567_890_123_456_789_012_345_678n, 20],
    [-12_345_678_901_234_567_890_123_456_789_012_345_678n, 21],
    [123_456_789_012_345_678_901_234_567_890_123_456_780n, 21],
  ])(
    'counts the number %d as %d bytes: one, one for every pair of digits, and one for a minus',
    (value, bytes) => {
      expect(valueBytes(value)).toBe(bytes);
    },
  );

  it.each([
    ['0042', 2],
    ['1010', 3],
    ['0.0000001', 2],
    ['1.200', 3],
    ['1.234', 4],
    ['3.14159', 5],
    ['100.5', 4],
    ['0.15', 2],
    ['0.0', 1],
  ])('counts %s as %d bytes, as DynamoDB itself was seen to', (decimal, bytes) => {
    expect(numberBytes(decimal)).toBe(bytes);
  });

  it('counts what is left of a number in pairs of digits once outer pairs of zeros are gone', () => {
    const digits = fc.stringMatching(/^\d{1,30}$/);
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits, digits, (sign, whole, fraction) => {
        fc.pre(/[1-9]/.test(whole + fraction));
        const evenWhole = whole.padStart(whole.length + (whole.length % 2), '0');
        const evenFraction = fraction.padEnd(fraction.length + (fraction.length % 2), '0');
        const pairs = `${evenWhole}${evenFraction}`.match(/../g) ?? [];
        const inner = pairs.join(' ').replace(/^(00 )+|( 00)+$/g, '');

        expect(numberBytes(`${sign}${whole}.${fraction}`)).toBe(
          1 + inner.split(' ').length + sign.length,
        );
      }),
    );
  });

  it('counts a number the same however its power of ten is written', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -40, max: 40 }), (value, power) => {
        const text = String(value);
        const shifted =
          power < 0
            ? text.replace(/(\d+)/, (digits) => {
                const padded = digits.padStart(1 - power, '0');
                return `${padded.slice(0, power)}.${padded.slice(power)}`;
              })
            : text + '0'.repeat(power);

        expect(numberBytes(`${text}e${power < 0 ? '' : '+'}${power}`)).toBe(numberBytes(shifted));
      }),
    );
  });

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
});

describe('updateSizeBytes', () => {
  it('counts three bytes for the update and nineteen for each attribute, beside the attributes', () => {
    expect(updateSizeBytes({})).toBe(3);
    expect(updateSizeBytes({ name: 'ABBA', size: 1 })).toBe(3 + (19 + 4 + 4) + (19 + 4 + 2));
  });
});

describe("a playlist's row", () => {
  const PLAYLIST: PlaylistRecord = {
    playlist_id: 'list',
    playlist_uri: 'spotify:playlist:list',
    playlist_url: 'https://open.spotify.com/playlist/list',
    playlist_description: '',
    playlist_snapshot_id: 'snapshot',
    playlist_num_items: 2,
    playlist_tracks: ['t1', 't2'],
    playlist_others: [],
    playlist_added_at: [1, 2],
    playlist_added_by: [0, 0],
    playlist_contributors: ['ada'],
    playlist_skipped: { episode: 0, local: 0, unavailable: 0 },
    extracted_at: '2026-11-20T12:00:00.000Z',
    run_id: 'run-1',
  };

  it("of Spotify's largest size fits, with dates, several people and what is not a track", () => {
    const row = toItemAttributes(createLargestList());

    expect(itemSizeBytes(row)).toBeLessThan(MAX_ITEM_BYTES * 0.97);
  });

  it('may fill an item to the last byte, and not by a byte more', () => {
    // The update that writes the row is counted: 3 bytes, and 19 for each attribute.
    const room = 409_600 - 3 - 19 * Object.keys(PLAYLIST).length - itemSizeBytes(PLAYLIST);
    const described = (length: number): PlaylistRecord => ({
      ...PLAYLIST,
      playlist_description: 'x'.repeat(length),
    });

    assertPlaylistFits(described(room));

    expect(() => {
      assertPlaylistFits(described(room + 1));
    }).toThrow(
      "The playlist's row would count 409601 bytes for 2 items; DynamoDB stores at most 409600. Split the playlist in two.",
    );
  });

  it('of too many tracks is refused with their number', () => {
    const playlist_tracks = Array.from({ length: 17_808 }, () => '3cEYpjA9oz9GiPac4AsH4n');

    expect(() => {
      assertPlaylistFits({ ...PLAYLIST, playlist_tracks, playlist_num_items: 17_808 });
    }).toThrow(/ bytes for 17808 items; DynamoDB stores at most 409600\./);
  });
});
