import fc from 'fast-check';
import { mergeSightings } from './merge.ts';

type Row = { readonly id: string; readonly name?: string; readonly popularity?: number };

const merge = (sightings: readonly Row[]): Row[] => mergeSightings(sightings, (row) => row.id);
const sightings = fc.array(
  fc.record(
    { id: fc.constantFrom('a', 'b', 'c'), name: fc.string(), popularity: fc.nat(2) },
    { requiredKeys: ['id'] },
  ),
);

describe('mergeSightings', () => {
  it('lets the newest sighting win field by field and keeps what it lacks', () => {
    const rows = merge([
      { id: 'a', name: 'old', popularity: 7 },
      { id: 'b', name: 'other' },
      { id: 'a', name: 'new' },
    ]);

    expect(rows).toEqual([
      { id: 'a', name: 'new', popularity: 7 },
      { id: 'b', name: 'other' },
    ]);
  });

  it('lets a 0 and an empty text win as any other value', () => {
    const rows = merge([
      { id: 'a', name: 'old', popularity: 7 },
      { id: 'a', name: '', popularity: 0 },
    ]);

    expect(rows).toEqual([{ id: 'a', name: '', popularity: 0 }]);
  });

  it('keeps the order of first sightings', () => {
    expect(merge([{ id: 'b' }, { id: 'a' }, { id: 'b' }]).map((row) => row.id)).toEqual(['b', 'a']);
  });

  it('changes nothing when its result is merged again', () => {
    fc.assert(
      fc.property(sightings, (seen) => {
        expect(merge(merge(seen))).toEqual(merge(seen));
      }),
    );
  });

  it('gives the same rows wherever the sightings are cut and merged part by part', () => {
    fc.assert(
      fc.property(sightings, fc.nat(20), (seen, cut) => {
        const inParts = merge([...merge(seen.slice(0, cut)), ...merge(seen.slice(cut))]);
        expect(inParts).toEqual(merge(seen));
      }),
    );
  });
});
