import fc from 'fast-check';
import { loginDaysLeft, loginEndsAt } from './login-life.ts';

const DAY_MS = 86_400_000;
const times = fc
  .date({
    min: new Date('2020-01-01'),
    max: new Date('2100-01-01'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

describe('the end of a login', () => {
  it.each([
    ['2026-11-20T12:34:56.000Z', '2027-05-20T12:34:56.000Z'],
    ['2026-08-31T00:00:00.000Z', '2027-02-28T00:00:00.000Z'],
    ['2027-08-31T23:59:59.999Z', '2028-02-29T23:59:59.999Z'],
    ['2026-03-31T10:00:00.000Z', '2026-09-30T10:00:00.000Z'],
    ['2026-05-20T01:30:00+02:00', '2026-11-19T23:30:00.000Z'],
  ])('of %s is %s', (authorizedAt, end) => {
    expect(new Date(loginEndsAt(authorizedAt)).toISOString()).toBe(end);
  });

  it('is six months on, at the same time of day, on the same day or the last of the month', () => {
    fc.assert(
      fc.property(times, (authorizedAt) => {
        const start = new Date(authorizedAt);
        const end = new Date(loginEndsAt(authorizedAt));
        const nextDay = new Date(end.getTime() + DAY_MS);

        expect((end.getUTCMonth() - start.getUTCMonth() + 12) % 12).toBe(6);
        expect(end.getTime() % DAY_MS).toBe(start.getTime() % DAY_MS);
        if (end.getUTCDate() !== start.getUTCDate()) {
          expect(end.getUTCDate()).toBeLessThan(start.getUTCDate());
          expect(nextDay.getUTCDate()).toBe(1);
        }
      }),
    );
  });

  it('never comes sooner for a later login', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        const [earlier = '', later = ''] = [one, other].sort();
        expect(loginEndsAt(earlier)).toBeLessThanOrEqual(loginEndsAt(later));
      }),
    );
  });
});

describe('the days left', () => {
  it('are whole days, and none on the last one and after', () => {
    const authorizedAt = '2026-11-20T12:00:00.000Z';
    const endsAt = loginEndsAt(authorizedAt);

    expect(loginDaysLeft(authorizedAt, Date.parse(authorizedAt))).toBe(181);
    expect(loginDaysLeft(authorizedAt, endsAt - DAY_MS)).toBe(1);
    expect(loginDaysLeft(authorizedAt, endsAt - DAY_MS + 1)).toBe(0);
    expect(loginDaysLeft(authorizedAt, endsAt + 400 * DAY_MS)).toBe(0);
  });
});
