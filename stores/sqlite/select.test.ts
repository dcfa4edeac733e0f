import { existsSync } from 'node:fs';
import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { selectRows } from './select.ts';

const OUTSIDE = '/tmp/spotify-etl-must-not-be-there.db';

describe.each(LIBRARIES)('a question to a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
    await world
      .open()
      .run([
        { sql: "INSERT INTO artist (artist_id, artist_name) VALUES ('a', 'ABBA'), ('b', 'Björk')" },
      ]);
  });
  afterAll(() => world.close());

  it.each([
    ['SELECT artist_name AS name FROM artist ORDER BY 1', [{ name: 'ABBA' }, { name: 'Björk' }]],
    ['select 1 AS one; \n', [{ one: 1 }]],
    ['WITH t(x) AS (VALUES (1), (2)) SELECT sum(x) AS sum FROM t -- in all', [{ sum: 3 }]],
    ["SELECT ');' AS text", [{ text: ');' }]],
    ['SELECT * FROM artist WHERE false', []],
  ])('is answered: %s', async (select, rows) => {
    expect(await selectRows(world.open(), select)).toEqual(rows);
  });

  it.each([
    "INSERT INTO artist (artist_id) VALUES ('c')",
    "UPDATE artist SET artist_name = 'x'",
    'DELETE FROM artist',
    "REPLACE INTO artist (artist_id) VALUES ('a')",
    'DROP TABLE artist',
    `ATTACH '${OUTSIDE}' AS other`,
    'PRAGMA user_version',
    'PRAGMA user_version = 9',
    'VACUUM',
    `VACUUM INTO '${OUTSIDE}'`,
    "SELECT load_extension('/tmp/x.so')",
    'SELECT 1; DELETE FROM artist',
    'SELECT 1); DELETE FROM artist; --',
    'SELECT 1) UNION SELECT * FROM (SELECT 2',
    'SELECT 1) --',
    'SELECT 1 /*',
    'WITH gone AS (DELETE FROM artist RETURNING *) SELECT * FROM gone',
    'EXPLAIN SELECT 1',
    'QUERY PLAN SELECT 1',
    'SELECT nothing FROM nowhere',
    '',
  ])('is refused with what is wrong, and changes nothing: %s', async (statement) => {
    const error: unknown = await selectRows(world.open(), statement).catch((e: unknown) => e);

    expect(error).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/^sql takes one SELECT\. The library says: \S/),
    });
    expect(await world.query('SELECT artist_name FROM artist ORDER BY 1')).toEqual([
      { artist_name: 'ABBA' },
      { artist_name: 'Björk' },
    ]);
    expect(existsSync(OUTSIDE)).toBe(false);
  });
});
