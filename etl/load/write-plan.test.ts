import fc from 'fast-check';
import { CATALOGUE_TABLES } from '../model/records.ts';
import type { CatalogueRow } from './sinks.ts';
import { planWrites } from './write-plan.ts';

function artist(attributes: CatalogueRow['attributes']): CatalogueRow {
  return { table: 'artist', key: 'abba', attributes: { artist_id: 'abba', ...attributes } };
}

const rowSets = fc.uniqueArray(
  fc
    .record({
      table: fc.constantFrom(...CATALOGUE_TABLES),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      fields: fc.record(
        {
          name: fc.string({ maxLength: 2 }),
          popularity: fc.nat(2),
          explicit: fc.boolean(),
          artists: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
    })
    .map(
      ({ table, key, fields }): CatalogueRow => ({
        table,
        key,
        attributes: { id: key, ...fields },
      }),
    ),
  { selector: idOf },
);

function idOf({ table, key }: CatalogueRow): string {
  return `${table}/${key}`;
}

/** The stored rows after a plan has been carried out. */
function apply(
  { inserts, changes }: ReturnType<typeof planWrites>,
  stored: readonly CatalogueRow[],
): CatalogueRow[] {
  const rows = new Map(stored.map((row) => [idOf(row), row]));
  for (const row of inserts) rows.set(idOf(row), row);
  for (const change of changes) {
    const attributes = { ...rows.get(idOf(change))?.attributes, ...change.attributes };
    rows.set(idOf(change), { ...change, attributes });
  }
  return [...rows.values()];
}

describe('planWrites', () => {
  it('drops what is stored malformed and not wanted, and leaves what this version does not know', () => {
    const wanted = artist({ artist_uri: 'u', artist_url: 'x' });
    const stored = artist({ artist_uri: 5, artist_url: 'x', artist_name: null, artist_genres: 1 });

    expect(planWrites([wanted], [stored]).changes).toEqual([
      { ...wanted, attributes: { artist_uri: 'u' }, dropped: { artist_name: null } },
    ]);
  });

  it('inserts a row whole that is not stored, whatever it lacks', () => {
    const row = artist({ artist_uri: 'u' });

    expect(planWrites([row], [])).toEqual({
      inserts: [row],
      changes: [],
      unchanged: { artist: 0, album: 0, track: 0 },
    });
  });

  it('sets just the attributes that differ', () => {
    const plan = planWrites(
      [artist({ artist_name: 'ABBA', artist_uri: 'spotify:artist:abba' })],
      [artist({ artist_name: 'Abba', artist_uri: 'spotify:artist:abba' })],
    );

    expect(plan).toEqual({
      inserts: [],
      changes: [{ table: 'artist', key: 'abba', attributes: { artist_name: 'ABBA' } }],
      unchanged: { artist: 0, album: 0, track: 0 },
    });
  });

  it('leaves an equal row alone and counts it', () => {
    const row = artist({ artist_name: 'ABBA' });

    expect(planWrites([row], [artist({ artist_name: 'ABBA' })])).toEqual({
      inserts: [],
      changes: [],
      unchanged: { artist: 1, album: 0, track: 0 },
    });
  });

  it('leaves a stored attribute that the new sighting lacks', () => {
    const { changes, unchanged } = planWrites([artist({})], [artist({ artist_name: 'ABBA' })]);

    expect(changes).toEqual([]);
    expect(unchanged.artist).toBe(1);
  });

  it.each([
    ['another order', ['b', 'a']],
    ['one more', ['a', 'b', 'c']],
    ['one less', ['a']],
    ['no list', 'a,b'],
  ])('sees that a list differs by %s', (_difference, stored) => {
    const { changes } = planWrites(
      [artist({ members: ['a', 'b'] })],
      [artist({ members: stored })],
    );

    expect(changes).toMatchObject([{ attributes: { members: ['a', 'b'] } }]);
  });

  it('sees no difference between two lists of the same', () => {
    const { changes, unchanged } = planWrites(
      [artist({ members: ['a', 'b'] })],
      [artist({ members: ['a', 'b'] })],
    );

    expect(changes).toEqual([]);
    expect(unchanged.artist).toBe(1);
  });

  it('tells 0 from false and from nothing', () => {
    expect(
      planWrites([artist({ popularity: 0 })], [artist({ popularity: false })]).changes,
    ).toHaveLength(1);
    expect(planWrites([artist({ popularity: 0 })], [artist({})]).changes).toHaveLength(1);
  });

  it('tells rows of two tables apart that have the same key', () => {
    const plan = planWrites(
      [{ table: 'album', key: 'abba', attributes: { album_id: 'abba' } }],
      [artist({ album_id: 'abba' })],
    );

    expect(plan.inserts).toHaveLength(1);
    expect(plan.unchanged.album).toBe(0);
  });

  it('puts every wanted row in exactly one of its three', () => {
    fc.assert(
      fc.property(rowSets, rowSets, (wanted, stored) => {
        const { inserts, changes, unchanged } = planWrites(wanted, stored);
        const untouched = unchanged.artist + unchanged.album + unchanged.track;
        expect(inserts.length + changes.length + untouched).toBe(wanted.length);
      }),
    );
  });

  it('has nothing left to write once it has been carried out', () => {
    fc.assert(
      fc.property(rowSets, rowSets, (wanted, stored) => {
        const { inserts, changes } = planWrites(wanted, apply(planWrites(wanted, stored), stored));
        expect([...inserts, ...changes]).toEqual([]);
      }),
    );
  });

  it('never erases: carried out, each stored attribute is the wanted one or as it was', () => {
    fc.assert(
      fc.property(rowSets, rowSets, (wanted, stored) => {
        const after = new Map(
          apply(planWrites(wanted, stored), stored).map((row) => [idOf(row), row.attributes]),
        );
        const sought = new Map(wanted.map((row) => [idOf(row), row.attributes]));
        for (const row of stored) {
          expect(after.get(idOf(row))).toEqual({ ...row.attributes, ...sought.get(idOf(row)) });
        }
      }),
    );
  });
});
