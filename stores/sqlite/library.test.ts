import { LIBRARIES, type TestLibrary } from '../../test/support/libraries.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { ConditionError, type Database, onlyIf } from './database.ts';
import { migrationFrom, SCHEMA_VERSION } from './migrations.ts';
import { openDatabase } from './open-database.ts';

const INSERT = { sql: "INSERT INTO meta VALUES ('a', 'b')" };
const COUNT = { sql: 'SELECT count(*) AS n FROM meta' };

/** Port 9 discards what comes, where anything listens at all. */
const NOWHERE = openDatabase('http://127.0.0.1:9');

describe.each(LIBRARIES)('a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  afterEach(() => world.empty());
  afterAll(() => world.close());

  it('is made by the first statement, and is there for the next process', async () => {
    expect(await world.open().run([INSERT, COUNT])).toEqual([[], [{ n: 1 }]]);

    expect(await world.open().run([COUNT])).toEqual([[{ n: 1 }]]);
    expect(await world.query('PRAGMA user_version')).toEqual([{ user_version: SCHEMA_VERSION }]);
  });

  it('is made once by twelve who come at once, and each of them goes on', async () => {
    const libraries = Array.from({ length: 12 }, () => world.open());

    await Promise.all(
      libraries.map((library, index) =>
        library.run([
          { sql: 'INSERT INTO meta VALUES (:key, :value)', args: { key: `${index}`, value: '' } },
        ]),
      ),
    );

    expect(await world.open().run([COUNT])).toEqual([[{ n: 12 }]]);
  });

  it('writes all of a transaction or nothing of it', async () => {
    const library = world.open();
    await library.run([COUNT]);

    await expect(library.run([INSERT, INSERT])).rejects.toThrow(/UNIQUE constraint/);
    await expect(library.run([INSERT, onlyIf('1 = 2')])).rejects.toThrow(ConditionError);
    await expect(library.run([onlyIf('1 = :two', { two: 2 }), INSERT])).rejects.toThrow(
      ConditionError,
    );

    expect(await library.run([onlyIf('1 = :one', { one: 1 }), COUNT])).toEqual([
      [expect.anything()],
      [{ n: 0 }],
    ]);
  });

  it('refuses a reference to a row that is not there', async () => {
    const insert = { sql: "INSERT INTO track_artist VALUES ('t', 0, 'a')" };

    await expect(world.open().run([insert])).rejects.toThrow(/FOREIGN KEY constraint/);
  });

  it('gives texts and numbers back as they were, U+0000 and emoji among them', async () => {
    // What Node 22 reads out of a file ends at U+0000.
    const zero = process.versions.node.startsWith('22.') ? '' : '\0';
    const values = { text: `a${zero}b 😀 "`, number: Number.MAX_SAFE_INTEGER, none: null };
    const rows = JSON.stringify([values]);
    const sql =
      "SELECT :text AS text, :number AS number, :none AS none UNION ALL SELECT value->>'text', value->>'number', value->>'none' FROM json_each(:rows)";

    expect(await world.open().run([{ sql, args: { ...values, rows } }])).toEqual([
      [values, values],
    ]);
  });

  it('of a newer version is refused, by every transaction, with what to do', async () => {
    const library = world.open();
    await library.run([COUNT]);
    await world.query('PRAGMA user_version = 7');

    for (const statement of [INSERT, COUNT]) {
      await expect(library.run([statement])).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: `The library ${world.place} was made by a newer version of this program (schema 7, here ${SCHEMA_VERSION}). Update: git pull && npm ci.`,
      });
    }
    await world.query(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    expect(await library.run([COUNT])).toEqual([[{ n: 0 }]]);
  });

  it('of an older version is brought up to date, with names and twins for the items it has', async () => {
    for (const { sql } of migrationFrom(0)) await world.query(sql);
    for (const id of ['a', 'b', 'c']) {
      await world.query(
        `INSERT INTO artist (artist_id, artist_name) VALUES ('${id}', 'Artist ${id}')`,
      );
      await world.query(`INSERT INTO album (album_id, album_name) VALUES ('${id}', 'Album ${id}')`);
      await world.query(
        `INSERT INTO track (track_id, track_name, track_isrc, track_album) VALUES ('${id}', 'Song ${id}', '${id === 'b' ? 'other' : 'same'}', '${id}')`,
      );
      await world.query(`INSERT INTO track_artist VALUES ('${id}', 0, '${id}')`);
      await world.query(
        `INSERT INTO item (uri, kind, track_id) VALUES ('spotify:track:${id}', 'track', '${id}')`,
      );
    }
    await world.query("INSERT INTO item (uri, kind, name) VALUES ('x', 'episode', 'Talk')");

    expect(await world.open().run([COUNT])).toEqual([[{ n: 0 }]]);
    const names = 'item_id, name, main_artist, parent_name, same_as, named_by';
    expect(await world.query(`SELECT ${names} FROM item`)).toEqual([
      ...['a', 'b', 'c'].map((id, at) => ({
        item_id: at + 1,
        name: `Song ${id}`,
        main_artist: `Artist ${id}`,
        parent_name: `Album ${id}`,
        same_as: id === 'c' ? 1 : null,
        named_by: 'api',
      })),
      expect.objectContaining({ name: 'Talk', same_as: null, named_by: null }),
    ]);
  });

  it('is not made in the database of another program', async () => {
    await world.query('CREATE TABLE bookmark (url TEXT)');

    await expect(world.open().run([COUNT])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${world.place} is a database of another program. Name another --library.`,
    });
  });

  it('belongs to the account that claimed it first', async () => {
    await world.open().claim('smedjan');
    await world.open().claim('smedjan');

    await expect(world.open().claim('abba')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `The library ${world.place} belongs to the Spotify account smedjan, not to the Spotify account abba. Name another one with --library.`,
    });
  });

  it('asks again where no answer came, unless that is forbidden', async () => {
    let calls = 0;
    const failing = (database: Database): Database => ({
      ...database,
      run: (statements, timeoutMs) => {
        calls += 1;
        return calls % 3 === 0
          ? database.run(statements, timeoutMs)
          : NOWHERE.run(statements, timeoutMs);
      },
    });
    await world.open().run([COUNT]);

    expect(await world.open({ wrap: failing }).run([COUNT])).toEqual([[{ n: 0 }]]);
    expect(calls).toBe(3);
    await expect(
      world.open({ wrap: failing }).run([COUNT], { isOnce: true }),
    ).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE', retryAfterSeconds: 10 });
    expect(calls).toBe(4);
  });

  it('is not asked once the time of the run is up', async () => {
    const library = world.open({ clock: createVirtualClock() });

    await expect(library.run([COUNT], { deadlineAt: START_MS })).rejects.toMatchObject({
      code: 'RUN_OUT_OF_TIME',
    });
  });
});
