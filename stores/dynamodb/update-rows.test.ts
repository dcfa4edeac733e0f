import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { closeScriptedServers } from '../../test/support/scripted-server.ts';
import {
  startDoor,
  startTestTables,
  TEST_TABLES,
  type TestTables,
  wireError,
} from '../../test/support/test-tables.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { RecordRepository } from './record-repository.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());
afterEach(closeScriptedServers);

async function storedRow(table: keyof typeof TEST_TABLES, key: string): Promise<unknown> {
  const Key = { [`${table}_id`]: key };
  return (await tables.client.send(new GetCommand({ TableName: TEST_TABLES[table], Key }))).Item;
}

const repositoryOf = (client = tables.client): RecordRepository =>
  new RecordRepository(client, TEST_TABLES, {
    clock: createVirtualClock(),
    deadlineAt: START_MS + 600_000,
  });

describe('updateRows', () => {
  it('sets the attributes it is given and leaves the others', async () => {
    const before = { track_id: 't1', track_name: 'old', track_popularity: 7, size: 1 };
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.track, Item: before }));

    await repositoryOf().updateRows([
      { table: 'track', key: 't1', attributes: { track_name: '', size: 2, track_artists: [] } },
    ]);

    expect(await storedRow('track', 't1')).toEqual({
      track_id: 't1',
      track_name: '',
      track_popularity: 7,
      size: 2,
      track_artists: [],
    });
  });

  it('takes away what is dropped, alone or beside what is set', async () => {
    for (const key of ['both', 'alone']) {
      const Item = { artist_id: key, artist_name: null, artist_url: 1, size: 1 };
      await tables.client.send(new PutCommand({ TableName: TEST_TABLES.artist, Item }));
    }

    await repositoryOf().updateRows([
      {
        table: 'artist',
        key: 'both',
        attributes: { artist_url: 'x' },
        dropped: { artist_name: null },
      },
      {
        table: 'artist',
        key: 'alone',
        attributes: {},
        dropped: { artist_name: null, artist_url: 1 },
      },
    ]);

    expect(await storedRow('artist', 'both')).toEqual({
      artist_id: 'both',
      artist_url: 'x',
      size: 1,
    });
    expect(await storedRow('artist', 'alone')).toEqual({ artist_id: 'alone', size: 1 });
  });

  it('takes nothing away that another run has repaired meanwhile, and sets the rest', async () => {
    for (const key of ['repaired', 'repaired alone']) {
      const Item = { artist_id: key, artist_name: 'ABBA' };
      await tables.client.send(new PutCommand({ TableName: TEST_TABLES.artist, Item }));
    }
    const dropped = { artist_name: null };

    await repositoryOf().updateRows([
      { table: 'artist', key: 'repaired', attributes: { artist_url: 'x' }, dropped },
      { table: 'artist', key: 'repaired alone', attributes: {}, dropped },
    ]);

    expect(await storedRow('artist', 'repaired')).toMatchObject({
      artist_name: 'ABBA',
      artist_url: 'x',
    });
    expect(await storedRow('artist', 'repaired alone')).toMatchObject({ artist_name: 'ABBA' });
  });

  it('names the row that is refused, and sets all others', async () => {
    const { client } = await startDoor(tables.url, async (call) =>
      JSON.stringify(call.input).includes('"odd-7"')
        ? wireError('ValidationException', 'x'.repeat(500))
        : call.forward(),
    );
    const changes = Array.from({ length: 60 }, (_, index) => {
      return { table: 'artist' as const, key: `odd-${index}`, attributes: { artist_name: 'x' } };
    });

    const refusal = repositoryOf(client).updateRows(changes);

    await expect(refusal).rejects.toMatchObject({
      code: 'ROW_REFUSED',
      message: expect.stringMatching(/^DynamoDB refuses 1 of the 60 artist rows.{0,300}$/),
      facts: { rows_refused: 1, rows_wanted: 60 },
    });
    const rows = await Promise.all(changes.map(({ key }) => storedRow('artist', key)));
    expect(rows.filter((row) => row === undefined)).toHaveLength(1);
  });

  it('sets as many rows as it is given, and none where none is given', async () => {
    await repositoryOf().updateRows([]);
    const changes = Array.from({ length: 30 }, (_, index) => {
      return { table: 'artist' as const, key: `a${index}`, attributes: { artist_name: 'x' } };
    });

    await repositoryOf().updateRows(changes);

    const rows = await Promise.all(changes.map(({ key }) => storedRow('artist', key)));
    expect(rows).toMatchObject(changes.map(({ attributes }) => attributes));
  });

  it('says that a table is throttled', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ProvisionedThroughputExceededException')),
    );
    const changes = [{ table: 'artist' as const, key: 'a', attributes: { artist_name: 'x' } }];

    await expect(repositoryOf(client).updateRows(changes)).rejects.toMatchObject({
      code: 'TABLE_THROTTLED',
      retryAfterSeconds: 10,
      cause: { name: 'ProvisionedThroughputExceededException' },
    });
  });
});
