import fc from 'fast-check';
import { MAX_WAIT_MS, parseRetryAfterMs } from './retry-after.ts';

const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);

describe('parseRetryAfterMs', () => {
  it.each([
    ['seconds', '2', 2_000],
    ['none to wait', '0', 0],
    ['a day', '86400', 86_400_000],
    ['seconds with blanks', ' 7 ', 7_000],
    ['a date', 'Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['a date of the old form', 'Wednesday, 21-Oct-26 07:28:30 GMT', 30_000],
    ['three days', '259200', MAX_WAIT_MS],
    ['a second more as three days', '259201', MAX_WAIT_MS],
    ['a number without end as three days', '9'.repeat(400), MAX_WAIT_MS],
    ['the year 9999 as three days', 'Fri, 31 Dec 9999 23:59:59 GMT', MAX_WAIT_MS],
    ['a date gone by', 'Wed, 21 Oct 2026 07:27:00 GMT', 0],
  ])('reads %s', (_form, header, ms) => {
    expect(parseRetryAfterMs(header, NOW)).toBe(ms);
  });

  it.each([
    ['missing', null],
    ['empty', ''],
    ['negative', '-1'],
    ['a fraction', '1.5'],
    ['with a unit', '5s'],
    ['a word', 'soon'],
    ['a word and a number', 'soon 5'],
    ['a month and a day', 'May 5'],
    ['a date that is none', 'Wed, 99 Foo 2026 07:28:30 GMT'],
    ['a bare ISO date', '2026-10-21T07:28:30Z'],
  ])('says nothing where the header is %s', (_fault, header) => {
    expect(parseRetryAfterMs(header, NOW)).toBeUndefined();
  });

  it('gives a time that can be waited, or nothing, whatever stands in the header', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]+$/)), (header) => {
        const ms = parseRetryAfterMs(header, NOW) ?? 0;
        expect(ms >= 0 && ms <= MAX_WAIT_MS).toBe(true);
      }),
    );
  });
});
