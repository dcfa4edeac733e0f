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
import { readRows } from './batch-read.ts';
import { toRequest, writeRows } from './batch-write.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());
afterEach(closeScriptedServers);

const limitsOf = (leftMs = 600_000) => {
  return { clock: createVirtualClock(), deadlineAt: START_MS + leftMs };
};

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
  return keysOf(await readRows(tables.client, TEST_TABLES, { keys: rows, limits: limitsOf() }));
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

describe('the request of a batch write', () => {
  it('puts whole rows, several tables in one call', () => {
    const rows: CatalogueRow[] = [
      { table: 'artist', key: 'a', attributes: { artist_id: 'a', artist_name: 'ABBA' } },
      { table: 'track', key: 't', attributes: { track_id: 't', track_popularity: 0 } },
      { table: 'artist', key: 'b', attributes: { artist_id: 'b' } },
    ];

    expect(toRequest(TEST_TABLES, rows)).toEqual({
      'spotify-etl-test-artist': [
        { PutRequest: { Item: { artist_id: 'a', artist_name: 'ABBA' } } },
        { PutRequest: { Item: { artist_id: 'b' } } },
      ],
      'spotify-etl-test-track': [{ PutRequest: { Item: { track_id: 't', track_popularity: 0 } } }],
    });
  });
});

describe('writeRows', () => {
  it.each([0, 1, 25, 26, 130])('lands %d rows', async (count) => {
    const rows = rowsOf(`land${count}`, count);

    await writeRows(tables.client, TEST_TABLES, { rows, limits: limitsOf() });

    expect(await storedKeys(rows)).toEqual(keysOf(rows));
  });

  it('sends at most 25 rows a call, each once', async () => {
    const rows = rowsOf('cut', 60);
    const { calls, client } = await startDoor(tables.url, (call) => call.forward());

    await writeRows(client, TEST_TABLES, { rows, limits: limitsOf() });

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

    await writeRows(tables.client, TEST_TABLES, { rows: [row], limits: limitsOf() });

    expect(await readRows(tables.client, TEST_TABLES, { keys: [row], limits: limitsOf() })).toEqual(
      [row],
    );
  });

  it('sends again only what came back unprocessed, until all has landed', async () => {
    const rows = rowsOf('again', 25);
    const limits = limitsOf();
    const { calls, client } = await startDoor(tables.url, (call) => takeFirst(call, 10));

    await writeRows(client, TEST_TABLES, { rows, limits });

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

    await writeRows(client, TEST_TABLES, { rows, limits: limitsOf() });

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

    await expect(
      writeRows(client, TEST_TABLES, { rows, limits: limitsOf() }),
    ).rejects.toMatchObject({
      code: 'LOAD_INCOMPLETE',
      facts: { rows_missing: 3, rows_wanted: 60 },
    });
    const landed = rows.filter(({ key }) => !stubborn.has(key));
    expect(await storedKeys(rows)).toEqual(keysOf(landed));
  });

  it("stops at the run's deadline", async () => {
    const { calls, client } = await startDoor(tables.url, (call) => takeFirst(call, 0));
    const rows = rowsOf('late', 2);

    await expect(
      writeRows(client, TEST_TABLES, { rows, limits: limitsOf(2_570) }),
    ).rejects.toMatchObject({ code: 'LOAD_INCOMPLETE', facts: { rows_missing: 2 } });
    // Waits of 25, 50, 100, 200, 400 and 800 ms; the next, of 1,000, would end too late.
    expect(calls).toHaveLength(7);
  });

  it('does not repeat what DynamoDB finds wrong', async () => {
    const { calls, client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ValidationException')),
    );

    await expect(
      writeRows(client, TEST_TABLES, { rows: rowsOf('wrong', 1), limits: limitsOf() }),
    ).rejects.toMatchObject({
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

    await expect(
      writeRows(client, TEST_TABLES, { rows, limits: limitsOf() }),
    ).rejects.toMatchObject({
      code: 'ROW_REFUSED',
      message: expect.stringContaining('album bad-7'),
      facts: { rows_refused: 1, rows_wanted: 60 },
    });
    expect(await storedKeys(rows)).toEqual(keysOf(rows.filter(({ key }) => key !== 'bad-7')));
    // Three batches; of the one with it halves, down to the row: 25, 13, 12, 7, 6, 4, 3, 2, 2, 1, 1.
    expect(calls.length).toBeLessThanOrEqual(3 + 10);
  });
});
