import fc from 'fast-check';
import { type Announced, dueAnnouncement, loginDaysLeft, loginEndsAt } from './login-life.ts';

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
    ['2026-11-20T12:34:56.000Z', '2027-05-19T12:34:56.000Z'],
    ['2026-08-31T00:00:00.000Z', '2027-02-27T00:00:00.000Z'],
    ['2027-08-31T23:59:59.999Z', '2028-02-27T23:59:59.999Z'],
    ['2026-05-20T01:30:00+02:00', '2026-11-15T23:30:00.000Z'],
  ])('of %s is %s', (authorizedAt, end) => {
    expect(new Date(loginEndsAt(authorizedAt)).toISOString()).toBe(end);
  });

  it('is never later than six months on, however they are counted', () => {
    fc.assert(
      fc.property(times, (authorizedAt) => {
        const sixMonthsOn = new Date(authorizedAt);
        const day = sixMonthsOn.getUTCDate();
        sixMonthsOn.setUTCMonth(sixMonthsOn.getUTCMonth() + 6);
        // The 31st of a month of 30 days has become the 1st of the next.
        if (sixMonthsOn.getUTCDate() !== day) sixMonthsOn.setUTCDate(0);

        expect(loginEndsAt(authorizedAt)).toBeLessThanOrEqual(sixMonthsOn.getTime());
        expect(sixMonthsOn.getTime() - loginEndsAt(authorizedAt)).toBeLessThanOrEqual(4 * DAY_MS);
      }),
    );
  });
});

describe('the days left', () => {
  it('are whole days, and none on the last one and after', () => {
    const authorizedAt = '2026-11-20T12:00:00.000Z';
    const endsAt = loginEndsAt(authorizedAt);

    expect(loginDaysLeft(authorizedAt, Date.parse(authorizedAt))).toBe(180);
    expect(loginDaysLeft(authorizedAt, endsAt - DAY_MS)).toBe(1);
    expect(loginDaysLeft(authorizedAt, endsAt - DAY_MS + 1)).toBe(0);
    expect(loginDaysLeft(authorizedAt, endsAt + 400 * DAY_MS)).toBe(0);
  });
});

describe('a warning that a login ends', () => {
  const AGREED = '2026-05-20T12:00:00.000Z';
  const dueAt = (daysLeft: number, announced?: Announced): Announced | undefined =>
    dueAnnouncement(AGREED, loginEndsAt(AGREED) - daysLeft * DAY_MS, announced);

  it('is given once each when 30, 7 and 1 days are left, however often runs look', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 }), (steps) => {
        const given: number[] = [];
        let announced: Announced | undefined;
        let daysLeft = 180;
        for (const step of [...steps, ...Array<number>(183).fill(1)]) {
          daysLeft -= step;
          const due = dueAt(daysLeft, announced);
          if (due !== undefined) given.push(due.days);
          announced = due ?? announced;
        }
        expect(given).toEqual([30, 7, 1]);
      }),
    );
  });

  it('is that of the nearest mark where nobody has looked for long', () => {
    expect(dueAt(5)).toEqual({ authorized_at: AGREED, days: 7 });
    expect(dueAt(31)).toBeUndefined();
  });

  it('is given anew for a new login', () => {
    expect(dueAt(30, { authorized_at: '2025-11-20T12:00:00.000Z', days: 1 })?.days).toBe(30);
  });
});
