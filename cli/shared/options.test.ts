import { parseCount } from './command.ts';
import { parseEndpoint } from './options.ts';

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

test('an address is taken with its protocol only', () => {
  expect(parseEndpoint('http://127.0.0.1:8000')).toBe('http://127.0.0.1:8000');
  expect(() => parseEndpoint('localhost:8000')).toThrow('http://127.0.0.1:8000');
});
