import fc from 'fast-check';
import { toPage } from './paging.ts';

const url = 'http://127.0.0.1:1/v1/playlists/x/items?market=DE';

describe('a page', () => {
  it('names its neighbours absolutely and keeps the rest of the query', () => {
    expect(toPage(['b'], { url, total: 3, offset: 1, limit: 1 })).toEqual({
      href: `${url}&offset=1&limit=1`,
      items: ['b'],
      limit: 1,
      next: `${url}&offset=2&limit=1`,
      offset: 1,
      previous: `${url}&offset=0&limit=1`,
      total: 3,
    });
  });

  it('leads through every item once, whatever the total and the limit', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 100 }), (total, limit) => {
        const seen: number[] = [];
        let next: unknown = `${url}&offset=0`;
        while (typeof next === 'string') {
          const offset = Number(new URL(next).searchParams.get('offset'));
          const count = Math.min(limit, total - offset);
          seen.push(...Array.from({ length: count }, (_, index) => offset + index));
          next = toPage([], { url, total, offset, limit }).next;
        }
        expect(seen).toEqual(Array.from({ length: total }, (_, index) => index));
      }),
    );
  });
});
