import fc from 'fast-check';
import { fault, ok, unknown, warning } from './check.ts';
import { checkLines, checksJson, verdictLine } from './report.ts';

const GOOD = ok('login', 'Here.');
const LONG = fault(
  'own playlists',
  'Spotify keeps the items of a list with a rather long name back.',
  'Log in as the account that owns it: npx spotify-etl login --store aws --stage prod',
);

describe('the lines', () => {
  test('names stand in one column, and what to do below what is wrong', () => {
    expect(checkLines([GOOD, LONG])).toEqual([
      '✔ login          Here.',
      `✖ own playlists  ${LONG.message}`,
      `                 → ${LONG.fix}`,
    ]);
  });

  test('on a terminal they go on below their own beginning', () => {
    expect(checkLines([LONG], 60)).toEqual([
      '✖ own playlists  Spotify keeps the items of a list with a',
      '                 rather long name back.',
      '                 → Log in as the account that owns it: npx',
      '                   spotify-etl login --store aws --stage',
      '                   prod',
    ]);
  });

  test('no line is wider than the terminal, but for a word that is', () => {
    const words = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 50, max: 200 }), (parts, columns) => {
        const text = parts.join(' ');
        const lines = checkLines([warning('name', text, text)], columns);
        expect(lines.every((line) => line.length <= columns)).toBe(true);
        expect(lines.join(' ').replaceAll(/[\s→!]/g, '')).toBe(
          `name${text}${text}`.replaceAll(/[\s→!]/g, ''),
        );
      }),
    );
  });

  test('a path stays whole, and nothing that would move the cursor gets through', () => {
    const path = `/${'folder/'.repeat(20)}`;
    expect(checkLines([ok('login', `In ${path} now.`)], 40)).toContainEqual(
      expect.stringContaining(path),
    );
    expect(checkLines([ok('app', 'a\u001b[2Jb\nc')])).toEqual(['✔ app  a [2Jb c']);
  });
});

describe('the verdict', () => {
  test.each([
    [[GOOD, unknown('clock', 'x')], 'All is well. 1 request to Spotify.'],
    [[GOOD, warning('a', 'b', 'c')], 'It works; see what is marked with !. 1 request to Spotify.'],
    [[LONG, warning('a', 'b', 'c')], '1 thing to mend. 1 request to Spotify.'],
    [[LONG, LONG], '2 things to mend. 1 request to Spotify.'],
  ])('%#', (checks, words) => {
    expect(verdictLine(checks, 1)).toBe(words);
  });

  test('the same as JSON', () => {
    expect(JSON.parse(checksJson([GOOD, LONG], 3))).toEqual({
      ok: false,
      checks: [GOOD, LONG],
      spotify_requests: 3,
    });
    expect(JSON.parse(checksJson([GOOD], 3))).toMatchObject({ ok: true });
  });
});
