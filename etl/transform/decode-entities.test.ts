import fc from 'fast-check';
import { decodeEntities } from './decode-entities.ts';

test.each([
  ['Rock &amp; Roll', 'Rock & Roll'],
  ['It&#x27;s &lt;fine&gt; &quot;so&quot; &#39;&#128512;', 'It\'s <fine> "so" \'😀'],
  ['&amp;amp; is decoded once', '&amp; is decoded once'],
  ['a &nbsp; &#0; &#x110000; &amp', 'a &nbsp; &#0; &#x110000; &amp'],
])('%s', (html, text) => {
  expect(decodeEntities(html)).toBe(text);
});

test('what a page escapes comes back', () => {
  const escape = (text: string): string =>
    text.replace(/[&<>"']/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeEntities(escape(text))).toBe(text);
    }),
  );
});
