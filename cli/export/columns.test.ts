import { parseTables } from './columns.ts';

describe('the command line', () => {
  test('takes tables with commas between, and says which there are', () => {
    expect(parseTables('track, playlist')).toEqual(['track', 'playlist']);
    expect(() => parseTables('tracks')).toThrow('playlist, track, album, artist');
    expect(() => parseTables('')).toThrow('playlist, track, album, artist');
  });
});
