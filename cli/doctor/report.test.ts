import fc from 'fast-check';
import { type Checks, fault, ok, unknown, warning } from './check.ts';
import { checkLines, toExitCode, toReport } from './report.ts';

const GOOD = { login: ok('Here.') };
const FAULT = fault(
  'Spotify keeps the items of a list with a rather long name back.',
  'Log in as the account that owns it: npx spotify-etl login --store aws --stage prod',
);
const LONG = { 'own playlists': FAULT };

describe('the lines', () => {
  test('names stand in one column, and what to do below what is wrong', () => {
    expect(checkLines({ ...GOOD, ...LONG })).toEqual([
      '✔ login          Here.',
      `✖ own playlists  ${FAULT.message}`,
      `                 → ${FAULT.fix}`,
    ]);
  });

  test('on a terminal they go on below their own beginning', () => {
    expect(checkLines(LONG, 60)).toEqual([
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
        const lines = checkLines({ name: warning(text, text) }, columns);
        expect(lines.every((line) => line.length <= columns)).toBe(true);
        expect(lines.join(' ').replaceAll(/[\s→!]/g, '')).toBe(
          `name${text}${text}`.replaceAll(/[\s→!]/g, ''),
        );
      }),
    );
  });

  test('a path stays whole, and nothing that would move the cursor gets through', () => {
    const path = `/${'folder/'.repeat(20)}`;
    expect(checkLines({ login: ok(`In ${path} now.`) }, 40)).toContainEqual(
      expect.stringContaining(path),
    );
    expect(checkLines({ app: ok('a\u001b[2Jb\nc') })).toEqual(['✔ app  ab c']);
  });
});

describe('the report', () => {
  const WORDS = { facts: { stage: 'dev' }, toFix: 'to fix.', passed: 'All is well.' };

  test.each<[Checks, string, number]>([
    [{ ...GOOD, clock: unknown('x'), app: undefined }, 'All is well.', 0],
    [{ ...LONG, ...GOOD }, '1 problem to fix.', 1],
    [{ ...LONG, app: FAULT }, '2 problems to fix.', 1],
  ])('ends with its conclusion: %#', (checks, words, code) => {
    expect(
      toReport(checks, { ...WORDS, json: false })
        .split('\n')
        .slice(-2),
    ).toEqual(['', words]);
    expect(toExitCode(checks)).toBe(code);
  });

  test('is one object as JSON', () => {
    expect(JSON.parse(toReport({ ...GOOD, ...LONG }, { ...WORDS, json: true }))).toEqual({
      ok: false,
      stage: 'dev',
      checks: [
        { name: 'login', status: 'ok', message: 'Here.' },
        { name: 'own playlists', ...FAULT },
      ],
    });
  });
});
