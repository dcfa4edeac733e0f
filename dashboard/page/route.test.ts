import fc from 'fast-check';
import type { PeriodChoice } from '../numbers/periods.ts';
import { formatChoice, PAGES, type PageName, parseChoice, parseRoute, toHash } from './route.ts';

const PAGE_NAMES = Object.keys(PAGES) as PageName[];
const day = fc.integer({ min: -5000, max: 40_000 });
const choices: fc.Arbitrary<PeriodChoice> = fc.oneof(
  fc.constantFrom({ kind: 'all' }, { kind: 'week' }, { kind: 'month' }, { kind: 'year' }),
  fc.record({ kind: fc.constant('last'), days: fc.integer({ min: 1, max: 9999 }) }),
  fc.record({ kind: fc.constant('oneYear'), year: fc.integer({ min: 1970, max: 9999 }) }),
  fc.record({ kind: fc.constant('oneMonth'), month: fc.integer({ min: 1970 * 12, max: 40_000 }) }),
  fc
    .tuple(day, fc.nat(4000))
    .map(([from, days]): PeriodChoice => ({ kind: 'own', from, until: from + days })),
);

test('an address says what it was made from', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PAGE_NAMES),
      choices,
      fc.option(fc.string({ minLength: 1, unit: 'grapheme' }), { nil: undefined }),
      (page, choice, detail) => {
        expect(parseChoice(formatChoice(choice))).toEqual(choice);
        expect(parseRoute(toHash({ page, choice, detail }))).toEqual({ page, choice, detail });
      },
    ),
  );
});

test('anything else is the first page', () => {
  const { choice } = parseRoute('');
  for (const hash of [
    '#',
    '#/',
    '#/nothing',
    '#/constructor',
    '#/overview/%E0%A4?period=2026-13',
  ]) {
    expect(parseRoute(hash)).toEqual({ page: 'overview', choice, detail: undefined });
  }
  for (const text of ['last-0', '0050', '1969', '1969-12'])
    expect(parseChoice(text)).toBeUndefined();
  expect(parseChoice('2026-02-30..2026-03-01')).toBeUndefined();
  expect(parseChoice('2026-03-02..2026-03-01')).toBeUndefined();
});
