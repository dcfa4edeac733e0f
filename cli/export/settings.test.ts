import { parseCount, parseTables } from './settings.ts';

describe('the command line', () => {
  test('takes tables with commas between, and says which there are', () => {
    expect(parseTables('track, playlist')).toEqual(['track', 'playlist']);
    expect(() => parseTables('tracks')).toThrow('playlist, track, album, artist');
    expect(() => parseTables('')).toThrow('playlist, track, album, artist');
  });

  test.each(['0', '-1', '1.5', '65', 'four', '', '1e1'])(
    'refuses %p for a count up to 64',
    (text) => {
      expect(() => parseCount(64)(text)).toThrow('from 1 to 64');
    },
  );

  test('takes whole numbers', () => {
    expect(parseCount(64)('64')).toBe(64);
  });
});
