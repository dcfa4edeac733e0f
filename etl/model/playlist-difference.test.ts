import fc from 'fast-check';
import {
  applyDifference,
  differenceSchema,
  findDifference,
  type PlaylistVersion,
} from './playlist-difference.ts';
import type { PlaylistItemRow } from './playlist-items.ts';

/** Few, so that items are often equal. */
const item: fc.Arbitrary<PlaylistItemRow> = fc.record(
  {
    uri: fc.nat(5).map((number) => `spotify:track:${number}`),
    added_at: fc.nat(2).map((number) => `2026-11-2${number}T12:00:00Z`),
    added_by: fc.constantFrom('abba', 'cher'),
  },
  { requiredKeys: [] },
);
const version: fc.Arbitrary<PlaylistVersion> = fc.record({
  attributes: fc.record(
    {
      playlist_name: fc.string(),
      playlist_public: fc.boolean(),
      playlist_skipped: fc.record({ episode: fc.nat(2), local: fc.nat(2) }),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  items: fc.array(item, { maxLength: 12 }),
});

const listOf = (...names: string[]): PlaylistVersion => ({
  attributes: {},
  items: names.map((uri) => ({ uri })),
});
const MANY = Array.from({ length: 1_000 }, (_, index) => `spotify:track:${index}`);

/** As it comes back from where it is kept. */
function stored(newer: PlaylistVersion, older: PlaylistVersion): PlaylistVersion {
  const difference = JSON.stringify(findDifference(newer, older) ?? {});
  return applyDifference(newer, differenceSchema.parse(JSON.parse(difference)));
}

describe('the difference of two versions of a list', () => {
  it('gives the older one back out of the newer one, exactly', () => {
    fc.assert(
      fc.property(version, version, (newer, older) => {
        expect(stored(newer, older)).toEqual(older);
      }),
    );
  });

  it('gives every version back out of the newest one, however many changes there were', () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 8 }), (versions) => {
        let reached = versions[0] ?? listOf();
        for (const older of versions.slice(1)) {
          reached = stored(reached, older);
          expect(reached).toEqual(older);
        }
      }),
    );
  });

  it('is none where nothing differs', () => {
    fc.assert(
      fc.property(version, (same) => {
        expect(findDifference(same, structuredClone(same))).toBeUndefined();
      }),
    );
  });

  it('names stretches of the newer list, single items by their place, and what the newer list lacks', () => {
    const newer = listOf('x', 'a', 'b', 'c', 'd', 'e');
    const older = listOf('a', 'b', 'gone', 'd', 'c');

    expect(findDifference(newer, older)).toEqual({ items: [[1, 2], { uri: 'gone' }, 4, 3] });
  });

  it('keeps the older value of an attribute that changed, and null for one that is new', () => {
    const items = listOf('a').items;
    const newer = { attributes: { playlist_name: 'New', playlist_description: 'x' }, items };
    const older = { attributes: { playlist_name: 'Old' }, items };

    expect(findDifference(newer, older)).toEqual({
      attributes: { playlist_name: 'Old', playlist_description: null },
    });
  });

  it('tells two sightings of a track apart by when and by whom it was added', () => {
    const newer = { attributes: {}, items: [{ uri: 'a', added_at: '2026-11-21T00:00:00Z' }] };
    const older = { attributes: {}, items: [{ uri: 'a', added_at: '2026-11-20T00:00:00Z' }] };

    expect(findDifference(newer, older)).toEqual({ items: older.items });
  });

  it.each([
    ['one added at the top', ['new', ...MANY], 1],
    ['one added at the end', [...MANY, 'new'], 1],
    ['one removed from the middle', MANY.toSpliced(500, 1), 3],
    ['one moved to the end', [...MANY.toSpliced(500, 1), MANY[500] ?? ''], 3],
    ['the halves exchanged', [...MANY.slice(500), ...MANY.slice(0, 500)], 2],
    ['all of it removed', [], 1_000],
  ])('of a thousand items with %s has few steps', (_, newer, steps) => {
    expect(findDifference(listOf(...newer), listOf(...MANY))?.items).toHaveLength(steps);
  });

  it('takes what it does not know for no difference', () => {
    for (const odd of [{ items: [-1] }, { items: [[1]] }, { items: 'all' }, { attributes: [] }]) {
      expect(differenceSchema.safeParse(odd).success).toBe(false);
    }
  });
});
