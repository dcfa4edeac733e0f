import { toLine, visible } from './plain-text.ts';

it.each([
  ['a colour', '\u001b[31mred\u001b[0m', 'red'],
  ['a link of a terminal', '\u001b]8;;http://x\u0007name\u001b]8;;\u0007', 'name'],
  ['a new line', 'one\r\ntwo\u2028three', 'one two three'],
  ['a change of direction', 'a\u202eb\u2066c\u200fd', 'a b c d'],
])('%s is taken out', (_what, text, plain) => {
  expect(visible(text)).toBe(plain);
  expect(toLine(` ${text} `)).toBe(plain);
});

it('leaves every script and joined emoji alone', () => {
  const text = '\u05e9\u05dc\u05d5\u05dd \u0645\u0631 \u{1f469}\u200d\u{1f3a4} Beyonc\u00e9';

  expect(visible(text)).toBe(text);
});

it('cuts a line that is too long', () => {
  expect(toLine('x'.repeat(600))).toHaveLength(500);
});
