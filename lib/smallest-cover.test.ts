import fc from 'fast-check';
import { chooseCover } from './smallest-cover.ts';

const MEMBERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

describe('chooseCover', () => {
  it('costs as little as the cheapest of all choices', () => {
    const group = fc.uniqueArray(fc.constantFrom(...MEMBERS), { minLength: 1 });
    const costs = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(fc.array(group, { maxLength: 8 }), costs, (groups, prices) => {
        const costOf = (member: string): number => prices[MEMBERS.indexOf(member)] ?? 0;
        const sum = (members: readonly string[]): number =>
          members.reduce((cost, member) => cost + costOf(member), 0);
        const covers = (members: readonly string[]): boolean =>
          groups.every((one) => one.some((member) => members.includes(member)));
        const all = Array.from({ length: 128 }, (_, bits) =>
          MEMBERS.filter((_member, index) => (bits >> index) % 2 === 1),
        );

        const chosen = chooseCover(groups, costOf);

        expect(covers(chosen)).toBe(true);
        expect(sum(chosen)).toBe(Math.min(...all.filter(covers).map(sum)));
      }),
      { numRuns: 300 },
    );
  });

  it('ends where there are far too many choices, with a cover', () => {
    const groups = Array.from({ length: 300 }, (_, at) =>
      Array.from({ length: 20 }, (__, step) => `member ${(at * 7 + step * step * 31) % 400}`),
    );

    const chosen = chooseCover(groups, () => 1);

    expect(groups.every((group) => group.some((member) => chosen.includes(member)))).toBe(true);
  });
});
