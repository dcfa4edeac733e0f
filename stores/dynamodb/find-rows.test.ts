import * as z from 'zod/mini';
import type { CatalogueRow, RowKey } from '../../etl/load/sinks.ts';
import { CATALOGUE_TABLES } from '../../etl/model/records.ts';
import { closeScriptedServers, type ScriptedReply } from '../../test/support/scripted-server.ts';
import {
  startDoor,
  startTestTables,
  TEST_TABLES,
  type TestTables,
  type WireCall,
  wireError,
} from '../../test/support/test-tables.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { RecordRepository } from './record-repository.ts';

const ROWS: CatalogueRow[] = Array.from({ length: 230 }, (_, index) => {
  const table = CATALOGUE_TABLES[index % 3] ?? 'artist';
  return { table, key: `k${index}`, attributes: { [`${table}_id`]: `k${index}`, number: index } };
});

const repositoryOf = (client = tables.client): RecordRepository =>
  new RecordRepository(client, TEST_TABLES, {
    clock: createVirtualClock(),
    deadlineAt: START_MS + 600_000,
  });

let tables: TestTables;
beforeAll(async () => {
  tables = await startTestTables();
  await repositoryOf().putRows(ROWS);
});
afterAll(() => tables.close());
afterEach(closeScriptedServers);

function inOrder(rows: readonly CatalogueRow[]): CatalogueRow[] {
  return [...rows].sort((a, b) => a.key.localeCompare(b.key));
}

const requestSchema = z.object({
  RequestItems: z.record(
    z.string(),
    z.object({ ConsistentRead: z.literal(true), Keys: z.array(z.unknown()) }),
  ),
});

function keyCount({ input }: WireCall): number {
  const requests = Object.values(requestSchema.parse(input).RequestItems);
  return requests.reduce((sum, { Keys }) => sum + Keys.length, 0);
}

/** Has the engine answer for the first table of a call, and hands the keys of the others back. */
async function answerOneTable(call: WireCall): Promise<ScriptedReply> {
  const requests = Object.entries(requestSchema.parse(call.input).RequestItems);
  const reply = await call.forward({ RequestItems: Object.fromEntries(requests.slice(0, 1)) });
  const body = z.looseObject({}).parse(reply.body);
  return { body: { ...body, UnprocessedKeys: Object.fromEntries(requests.slice(1)) } };
}

describe('findRows', () => {
  it('reads consistently, several tables in one call', async () => {
    const { calls, client } = await startDoor(tables.url, (call) => call.forward());

    await repositoryOf(client).findRows([
      { table: 'artist', key: 'a' },
      { table: 'album', key: 'a' },
      { table: 'artist', key: 'b' },
    ]);

    expect(calls.map(({ input }) => input)).toEqual([
      {
        RequestItems: {
          'spotify-etl-test-artist': {
            ConsistentRead: true,
            Keys: [{ artist_id: { S: 'a' } }, { artist_id: { S: 'b' } }],
          },
          'spotify-etl-test-album': { ConsistentRead: true, Keys: [{ album_id: { S: 'a' } }] },
        },
      },
    ]);
  });

  it.each([0, 1, 100, 101, 230])('finds %d rows, whole', async (count) => {
    const keys = ROWS.slice(0, count);

    const rows = await repositoryOf().findRows(keys);

    expect(inOrder(rows)).toEqual(inOrder(keys));
  });

  it('passes over a key that has no row', async () => {
    const keys: RowKey[] = [
      { table: 'album', key: 'k0' },
      { table: 'artist', key: 'k0' },
    ];

    expect(await repositoryOf().findRows(keys)).toEqual([ROWS[0]]);
  });

  it('asks for at most 100 keys a call', async () => {
    const { calls, client } = await startDoor(tables.url, (call) => call.forward());

    await repositoryOf(client).findRows(ROWS);

    expect(calls.map(keyCount).sort()).toEqual([100, 100, 30]);
  });

  it('asks again only for keys that came back unprocessed, and gives each row once', async () => {
    const { calls, client } = await startDoor(tables.url, answerOneTable);
    const keys = ROWS.slice(0, 30);

    const rows = await repositoryOf(client).findRows(keys);

    expect(inOrder(rows)).toEqual(inOrder(keys));
    expect(calls.map(keyCount)).toEqual([30, 20, 10]);
  });

  it('asks again after a refusal for want of capacity', async () => {
    let refusals = 2;
    const { calls, client } = await startDoor(tables.url, (call) => {
      refusals -= 1;
      return refusals < 0
        ? call.forward()
        : Promise.resolve(wireError('ProvisionedThroughputExceededException'));
    });

    const rows = await repositoryOf(client).findRows(ROWS.slice(0, 9));

    expect([rows.length, calls.length]).toEqual([9, 3]);
  });

  it('says that a table is throttled where keys stay unprocessed to the end', async () => {
    const { client } = await startDoor(tables.url, ({ input }) =>
      Promise.resolve({ body: { UnprocessedKeys: requestSchema.parse(input).RequestItems } }),
    );

    await expect(repositoryOf(client).findRows(ROWS.slice(0, 7))).rejects.toMatchObject({
      code: 'TABLE_THROTTLED',
      retryAfterSeconds: 10,
      message:
        "DynamoDB throttled the read of 7 rows. The playlist's row was not written; run it again in 10 seconds.",
    });
  });

  it('does not repeat what DynamoDB finds wrong', async () => {
    const { calls, client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('AccessDeniedException')),
    );

    await expect(repositoryOf(client).findRows(ROWS.slice(0, 7))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(calls).toHaveLength(1);
  });

  it('refuses an answer for a table it did not ask', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve({ body: { Responses: { other: [{ artist_id: { S: 'a' } }] } } }),
    );

    await expect(repositoryOf(client).findRows(ROWS.slice(0, 1))).rejects.toThrow(
      'not asked: other',
    );
  });
});
