import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, type ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../lib/clock.ts';
import { TableReader, toScanRequest } from './table-reader.ts';

type Reply = Record<string, unknown> | Error;

/** A clock on which every wait passes at once. */
function createClock(): Clock & { now: () => number } {
  let at = 0;
  return {
    now: () => at,
    random: () => 1,
    sleep: async (ms) => {
      at += ms;
      await Promise.resolve();
    },
  };
}

/** A client that answers from a script. */
function scriptedClient(answer: (input: ScanCommand['input']) => Reply): DynamoDBDocumentClient {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    }),
  );
  client.send = (command: ScanCommand) => {
    const reply = answer(command.input);
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  };
  return client;
}

function throttled(): Error {
  return Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
}

async function readAll(
  client: DynamoDBDocumentClient,
  clock: Clock,
  readUnitsPerSecond = 1_000,
): Promise<unknown[]> {
  const reader = new TableReader(client, { clock, segments: 2, readUnitsPerSecond });
  const rows: unknown[] = [];
  for await (const page of reader.listPages('tracks')) rows.push(...page);
  return rows;
}

test('a request names its segment, reads consistently and asks what it cost', () => {
  expect(toScanRequest('tracks', { segment: 1, segments: 4, startKey: { track_id: 'a' } })).toEqual(
    {
      TableName: 'tracks',
      Segment: 1,
      TotalSegments: 4,
      Limit: 500,
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
      ExclusiveStartKey: { track_id: 'a' },
    },
  );
});

test('every segment is read to its end, an empty page in the middle or not', async () => {
  const client = scriptedClient(({ ExclusiveStartKey, Segment }) => {
    const page = Number(ExclusiveStartKey?.page ?? 0);
    const rows = page === 1 ? [] : [`${Segment ?? ''}.${page}`];
    return { Items: rows, ...(page < 3 ? { LastEvaluatedKey: { page: page + 1 } } : {}) };
  });

  const rows = await readAll(client, createClock());

  expect(rows.sort()).toEqual(['0.0', '0.2', '0.3', '1.0', '1.2', '1.3']);
});

test('a throttled page is asked for again', async () => {
  let calls = 0;
  const client = scriptedClient(({ Segment }) => {
    calls += 1;
    return calls <= 6 ? throttled() : { Items: [Segment] };
  });

  expect((await readAll(client, createClock())).sort()).toEqual([0, 1]);
});

test('a table that stays throttled ends the read with what to do', async () => {
  const clock = createClock();
  const reading = readAll(scriptedClient(throttled), clock);

  await expect(reading).rejects.toMatchObject({
    code: 'TABLE_THROTTLED',
    message: expect.stringContaining('lower limit of read units') as unknown,
  });
  expect(clock.now()).toBeGreaterThan(60_000);
});

test('any other failure is handed on, and the other segments end', async () => {
  const client = scriptedClient(({ Segment }) =>
    Segment === 1 ? new Error('no such table') : { Items: [], LastEvaluatedKey: { page: 1 } },
  );

  await expect(readAll(client, createClock())).rejects.toThrow('no such table');
});

test.each([10, 100, 500])('reads take %i units per second at most, on average', async (limit) => {
  const clock = createClock();
  const pages = 40;
  const cost = 120;
  const client = scriptedClient(({ ExclusiveStartKey }) => {
    const page = Number(ExclusiveStartKey?.page ?? 1);
    return {
      Items: [page],
      ConsumedCapacity: { CapacityUnits: cost },
      ...(page < pages / 2 ? { LastEvaluatedKey: { page: page + 1 } } : {}),
    };
  });

  await readAll(client, clock, limit);

  const units = pages * cost;
  // The bucket's second and what two segments have in flight may come on top.
  const seconds = clock.now() / 1000;
  expect(units).toBeLessThanOrEqual(limit * (seconds + 1) + 2 * cost);
  expect(units).toBeGreaterThan(limit * (seconds - 2) * 0.9);
});
