import * as z from 'zod/mini';
import type { CatalogueRow } from '../../etl/load/sinks.ts';
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

let tables: TestTables;
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());
afterEach(closeScriptedServers);

const limitsOf = (leftMs = 600_000) => {
  return { clock: createVirtualClock(), deadlineAt: START_MS + leftMs };
};
const repositoryOf = (client = tables.client, limits = limitsOf()): RecordRepository =>
  new RecordRepository(client, TEST_TABLES, limits);

/** Rows of all three tables in turn; each test has keys of its own. */
function rowsOf(test: string, count: number): CatalogueRow[] {
  return Array.from({ length: count }, (_, index) => {
    const table = CATALOGUE_TABLES[index % 3] ?? 'artist';
    const key = `${test}-${index}`;
    return { table, key, attributes: { [`${table}_id`]: key, [`${table}_name`]: `Name ${index}` } };
  });
}

function keysOf(rows: readonly CatalogueRow[]): string[] {
  return rows.map(({ table, key }) => `${table} ${key}`).sort();
}

async function storedKeys(rows: readonly CatalogueRow[]): Promise<string[]> {
  return keysOf(await repositoryOf().findRows(rows));
}

const requestSchema = z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) });

function putsOf({ input }: WireCall): [string, unknown][] {
  const { RequestItems } = requestSchema.parse(input);
  return Object.entries(RequestItems).flatMap(([table, requests]) =>
    requests.map((request): [string, unknown] => [table, request]),
  );
}

function groupPuts(puts: readonly [string, unknown][]): Record<string, unknown[]> {
  const grouped: Record<string, unknown[]> = {};
  for (const [table, request] of puts) (grouped[table] ??= []).push(request);
  return grouped;
}

/** Has the engine take only the first so many rows of a call, and hands the others back. */
async function takeFirst(call: WireCall, count: number): Promise<ScriptedReply> {
  const puts = putsOf(call);
  if (count > 0) await call.forward({ RequestItems: groupPuts(puts.slice(0, count)) });
  return { body: { UnprocessedItems: groupPuts(puts.slice(count)) } };
}

describe('putRows', () => {
  it('puts whole rows', async () => {
    const rows: CatalogueRow[] = [
      { table: 'track', key: 't', attributes: { track_id: 't', track_popularity: 0 } },
      { table: 'track', key: 'u', attributes: { track_id: 'u' } },
    ];
    const { calls, client } = await startDoor(tables.url, (call) => call.forward());

    await repositoryOf(client).putRows(rows);

    expect(calls.map(({ input }) => input)).toEqual([
      {
        RequestItems: {
          'spotify-etl-test-track': [
            { PutRequest: { Item: { track_id: { S: 't' }, track_popularity: { N: '0' } } } },
            { PutRequest: { Item: { track_id: { S: 'u' } } } },
          ],
        },
      },
    ]);
  });

  it.each([0, 1, 25, 26, 130])('lands %d rows', async (count) => {
    const rows = rowsOf(`land${count}`, count);

    await repositoryOf().putRows(rows);

    expect(await storedKeys(rows)).toEqual(keysOf(rows));
  });

  it('sends at most 25 rows a call, each once', async () => {
    const rows = rowsOf('cut', 60);
    const { calls, client } = await startDoor(tables.url, (call) => call.forward());

    await repositoryOf(client).putRows(rows);

    expect(calls.map((call) => putsOf(call).length).sort()).toEqual([10, 25, 25]);
  });

  it('keeps every kind of value as it is', async () => {
    const attributes = {
      track_id: 'values',
      track_name: 'Ä 😀 עברית',
      track_isrc: '',
      track_popularity: 0,
      track_duration: 207_959,
      track_explicit: false,
      track_artists: ['z', 'a'],
    };
    const row: CatalogueRow = { table: 'track', key: 'values', attributes };

    await repositoryOf().putRows([row]);

    expect(await repositoryOf().findRows([row])).toEqual([row]);
  });

  it('sends again only what came back unprocessed, until all has landed', async () => {
    const rows = rowsOf('again', 25);
    const limits = limitsOf();
    const { calls, client } = await startDoor(tables.url, (call) => takeFirst(call, 10));

    await repositoryOf(client, limits).putRows(rows);

    expect(calls.map((call) => putsOf(call).length)).toEqual([25, 15, 5]);
    expect(limits.clock.slept).toEqual([25, 50]);
    expect(await storedKeys(rows)).toEqual(keysOf(rows));
  });

  it.each([
    ['ProvisionedThroughputExceededException', 400],
    ['ThrottlingException', 400],
    ['RequestLimitExceeded', 400],
    ['InternalServerError', 500],
  ])('sends the whole batch again after a %s', async (name, status) => {
    const rows = rowsOf(name, 5);
    let refusals = 2;
    const { calls, client } = await startDoor(tables.url, (call) => {
      refusals -= 1;
      return refusals < 0 ? call.forward() : Promise.resolve({ ...wireError(name), status });
    });

    await repositoryOf(client).putRows(rows);

    expect(calls.map((call) => putsOf(call).length)).toEqual([5, 5, 5]);
    expect(await storedKeys(rows)).toEqual(keysOf(rows));
  });

  it('says how many rows would not land, after bringing every other batch to its end', async () => {
    const rows = rowsOf('missing', 60);
    const stubborn = new Set(['missing-3', 'missing-4', 'missing-30']);
    const { client } = await startDoor(tables.url, async (call) => {
      const isStubborn = ([, request]: [string, unknown]): boolean =>
        [...stubborn].some((key) => JSON.stringify(request).includes(`"${key}"`));
      const puts = putsOf(call);
      const taken = puts.filter((put) => !isStubborn(put));
      if (taken.length > 0) await call.forward({ RequestItems: groupPuts(taken) });
      return { body: { UnprocessedItems: groupPuts(puts.filter(isStubborn)) } };
    });

    await expect(repositoryOf(client).putRows(rows)).rejects.toMatchObject({
      code: 'LOAD_INCOMPLETE',
      facts: { rows_missing: 3, rows_wanted: 60 },
    });
    const landed = rows.filter(({ key }) => !stubborn.has(key));
    expect(await storedKeys(rows)).toEqual(keysOf(landed));
  });

  it("stops at the run's deadline", async () => {
    const { calls, client } = await startDoor(tables.url, (call) => takeFirst(call, 0));
    const rows = rowsOf('late', 2);

    await expect(repositoryOf(client, limitsOf(2_570)).putRows(rows)).rejects.toMatchObject({
      code: 'LOAD_INCOMPLETE',
      facts: { rows_missing: 2 },
    });
    // Waits of 25, 50, 100, 200, 400 and 800 ms; the next, of 1,000, would end too late.
    expect(calls).toHaveLength(7);
  });

  it('does not repeat what DynamoDB finds wrong', async () => {
    const { calls, client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ValidationException')),
    );

    await expect(repositoryOf(client).putRows(rowsOf('wrong', 1))).rejects.toMatchObject({
      code: 'ROW_REFUSED',
      message: expect.stringContaining('as the test says'),
    });
    expect(calls).toHaveLength(1);
  });

  it('names the row that is refused, and lands all others of its batch', async () => {
    const { calls, client } = await startDoor(tables.url, async (call) =>
      JSON.stringify(call.input).includes('"bad-7"')
        ? wireError('ValidationException')
        : call.forward(),
    );
    const rows = rowsOf('bad', 60);

    await expect(repositoryOf(client).putRows(rows)).rejects.toMatchObject({
      code: 'ROW_REFUSED',
      message: expect.stringContaining('album bad-7'),
      facts: { rows_refused: 1, rows_wanted: 60 },
    });
    expect(await storedKeys(rows)).toEqual(keysOf(rows.filter(({ key }) => key !== 'bad-7')));
    // Three batches; of the one with it halves, down to the row: 25, 13, 12, 7, 6, 4, 3, 2, 2, 1, 1.
    expect(calls.length).toBeLessThanOrEqual(3 + 10);
  });
});
