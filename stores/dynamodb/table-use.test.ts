import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import * as z from 'zod/mini';
import {
  closeScriptedServers,
  inTurn,
  type ReceivedRequest,
  type Script,
  startScriptedServer,
} from '../../test/support/scripted-server.ts';
import { wireError } from '../../test/support/test-tables.ts';
import { createDocumentClient } from './document-client.ts';
import { countTableUse, startTableUse, type TableUse } from './table-use.ts';

let client: DynamoDBDocumentClient | undefined;

afterEach(async () => {
  client?.destroy();
  await closeScriptedServers();
});

type Door = {
  readonly client: DynamoDBDocumentClient;
  readonly requests: readonly ReceivedRequest[];
};

async function startDoor(script: Script): Promise<Door> {
  const { requests, url } = await startScriptedServer(script);
  client = createDocumentClient({
    endpoint: url.origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return { client, requests };
}

const get = new GetCommand({ TableName: 't', Key: { id: 'a' } });
const put = new PutCommand({ TableName: 't', Item: { id: 'a' } });

/** What a run uses that does this; it may fail. */
async function useOf(work: () => Promise<unknown>): Promise<TableUse> {
  const use = startTableUse();
  await countTableUse(use, work).catch(() => undefined);
  return use;
}

const keySchema = z.object({ Key: z.object({ units: z.object({ N: z.string() }) }) });
/** Costs as many units as the key says. */
const asTheKeySays: Script = ({ body }) => {
  const units = Number(keySchema.parse(JSON.parse(body)).Key.units.N);
  return { body: { ConsumedCapacity: { TableName: 't', CapacityUnits: units } } };
};

describe('the use that a run makes of the tables', () => {
  it('is what its own calls used, whoever else calls at the same time by the same client', async () => {
    const door = await startDoor(asTheKeySays);
    const units = fc.nat({ max: 1_000 }).map((count) => count / 2);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(units, { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
        async (runs) => {
          const uses = await Promise.all(
            runs.map((calls) =>
              useOf(async () => {
                const [first = 0, ...rest] = calls;
                const call = (of: number): Promise<unknown> =>
                  door.client.send(new GetCommand({ TableName: 't', Key: { units: of } }));
                await call(first);
                await Promise.all(rest.map(call));
              }),
            ),
          );
          expect(uses.map(({ readUnits }) => readUnits)).toEqual(
            runs.map((calls) => calls.reduce((sum, of) => sum + of, 0)),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('goes with work that waits in a queue another run has started', async () => {
    const door = await startDoor(asTheKeySays);
    let queue: Promise<unknown> = Promise.resolve();
    const enqueue = (units: number): Promise<unknown> => {
      queue = queue.then(() =>
        door.client.send(new GetCommand({ TableName: 't', Key: { units } })),
      );
      return queue;
    };

    const uses = await Promise.all([1, 20, 300].map((units) => useOf(() => enqueue(units))));

    expect(uses.map(({ readUnits }) => readUnits)).toEqual([1, 20, 300]);
  });

  it('adds up the tables of a batch, and counts what was handed back', async () => {
    const door = await startDoor(
      inTurn(
        {
          body: {
            ConsumedCapacity: [
              { TableName: 'a', CapacityUnits: 3 },
              { TableName: 'b', CapacityUnits: 0.5 },
            ],
            UnprocessedKeys: { a: { Keys: [{ id: { S: '1' } }, { id: { S: '2' } }] } },
          },
        },
        {
          body: {
            ConsumedCapacity: [{ TableName: 'a', CapacityUnits: 7 }],
            UnprocessedItems: { a: [{ PutRequest: { Item: { id: { S: '1' } } } }] },
          },
        },
      ),
    );

    const use = await useOf(async () => {
      await door.client.send(new BatchGetCommand({ RequestItems: { a: { Keys: [{ id: '1' }] } } }));
      await door.client.send(
        new BatchWriteCommand({ RequestItems: { a: [{ PutRequest: { Item: { id: '1' } } }] } }),
      );
    });

    expect(use).toEqual({ readUnits: 3.5, writeUnits: 7, unprocessedItems: 3, failedCalls: 0 });
  });

  it('counts a call once that the SDK had to repeat', async () => {
    const paid = { body: { ConsumedCapacity: { TableName: 't', CapacityUnits: 2 } } };
    const door = await startDoor(inTurn({ status: 500 }, paid));

    const use = await useOf(() => door.client.send(put));

    expect(door.requests).toHaveLength(2);
    expect(use).toMatchObject({ writeUnits: 2, failedCalls: 0 });
  });

  it('counts the least a refused condition costs, which is not told', async () => {
    const door = await startDoor(inTurn(wireError('ConditionalCheckFailedException')));
    const update = new UpdateCommand({
      TableName: 't',
      Key: { id: 'a' },
      ConditionExpression: 'attribute_exists(id)',
    });

    const use = await useOf(() => door.client.send(update));

    expect(use).toMatchObject({ writeUnits: 1, failedCalls: 0 });
  });

  it.each([
    ['throttles it', inTurn(wireError('ProvisionedThroughputExceededException'))],
    ['is broken', inTurn({ status: 500 })],
  ] as const)(
    'counts a call as failed where DynamoDB %s even when asked again',
    async (_fault, script) => {
      const door = await startDoor(script);

      const use = await useOf(() => door.client.send(get));

      expect(use).toEqual({ readUnits: 0, writeUnits: 0, unprocessedItems: 0, failedCalls: 1 });
    },
  );

  it.each([
    ['says nothing', {}],
    ['says it in a way not known', { ConsumedCapacity: { TableName: 't' } }],
  ])('is not known, and no failure, where the engine %s', async (_case, body) => {
    const door = await startDoor(inTurn({ body }));
    const use = startTableUse();

    await expect(countTableUse(use, () => door.client.send(get))).resolves.toBeDefined();
    expect(use).toEqual(startTableUse());
  });

  it('is asked for by runs alone, and of calls alone that use units', async () => {
    const door = await startDoor(inTurn({ body: {} }));
    const bodies = (): boolean[] =>
      door.requests.map(({ body }) => body.includes('"ReturnConsumedCapacity":"TOTAL"'));

    await door.client.send(get);
    await useOf(() => door.client.send(new DescribeTableCommand({ TableName: 't' })));
    await useOf(() => door.client.send(get));

    expect(bodies()).toEqual([false, false, true]);
  });
});
