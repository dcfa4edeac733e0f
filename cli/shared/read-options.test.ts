import { parseCount } from './read-options.ts';

describe('a count on the command line', () => {
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
