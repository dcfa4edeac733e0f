import fc from 'fast-check';
import { dueAnnouncement } from './announcements.ts';

const authorizedAt = '2026-05-20T12:00:00.000Z';

describe('the end of a login', () => {
  it('is announced once each when 30, 7 and 1 days are left, however often it is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 }), (steps) => {
        const said: number[] = [];
        let announced: { authorizedAt: string; days: number } | undefined;
        let daysLeft = 180;
        for (const step of [...steps, ...Array<number>(180).fill(1)]) {
          daysLeft = Math.max(-3, daysLeft - step);
          const days = dueAnnouncement({ authorizedAt, daysLeft }, announced);
          if (days === undefined) continue;
          said.push(days);
          announced = { authorizedAt, days };
        }
        expect(said).toEqual([30, 7, 1]);
      }),
    );
  });

  it('is announced by the nearest mark where nobody has looked for long', () => {
    expect(dueAnnouncement({ authorizedAt, daysLeft: 5 }, undefined)).toBe(7);
    expect(dueAnnouncement({ authorizedAt, daysLeft: 31 }, undefined)).toBeUndefined();
  });

  it('is announced anew for a new login', () => {
    const announced = { authorizedAt: '2025-11-20T12:00:00.000Z', days: 1 };

    expect(dueAnnouncement({ authorizedAt, daysLeft: 30 }, announced)).toBe(30);
  });
});
