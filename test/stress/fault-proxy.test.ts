/** The bench itself: what the fault proxy does to calls, and what it says they cost. */
import { BatchWriteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import {
  createTestClient,
  startTestTables,
  TEST_TABLES,
  type TestTables,
} from '../support/test-tables.ts';

let tables: TestTables;
let proxy: FaultProxy;
let client: TestTables['client'];

beforeAll(async () => {
  tables = await startTestTables();
  proxy = await startFaultProxy({ engineUrl: tables.url, isMeasuring: true });
  client = createTestClient(proxy.url);
});
afterEach(() => {
  proxy.faults.clear();
  proxy.takeCalls();
});
afterAll(async () => {
  client.destroy();
  await proxy.close();
  await tables.close();
});

const put = (...rows: readonly (readonly [key: string, bytes: number])[]): BatchWriteCommand =>
  new BatchWriteCommand({
    RequestItems: {
      [TEST_TABLES.track]: rows.map(([key, bytes]) => ({
        PutRequest: { Item: { track_id: key, track_name: 'x'.repeat(bytes) } },
      })),
    },
  });
const get = (key: string, ConsistentRead = true): GetCommand =>
  new GetCommand({ TableName: TEST_TABLES.track, Key: { track_id: key }, ConsistentRead });
const update = (key: string): UpdateCommand =>
  new UpdateCommand({
    TableName: TEST_TABLES.track,
    Key: { track_id: key },
    UpdateExpression: 'SET track_number = :n',
    ExpressionAttributeValues: { ':n': 1 },
  });

test('a request of more than 16 MB is refused as by DynamoDB, which no engine here does', async () => {
  const rows = Array.from({ length: 25 }, (_, index) => [`large${index}`, 700_000] as const);

  await expect(client.send(put(...rows))).rejects.toMatchObject({ name: 'ValidationException' });

  expect((await client.send(get('large0'))).Item).toBeUndefined();
});

test('a fault strikes the calls it matches, after those it skips, as often as it says', async () => {
  proxy.faults.add({
    match: { operation: 'GetItem', text: '"a"' },
    skip: 1,
    times: 2,
    action: { type: 'error', name: 'ThrottlingException' },
  });
  const ends: string[] = [];
  for (const key of ['a', 'b', 'a', 'a', 'a']) {
    await client.send(get(key)).then(
      () => ends.push(key),
      (error: unknown) => ends.push(error instanceof Error ? error.name : ''),
    );
  }

  expect(ends).toEqual(['a', 'b', 'ThrottlingException', 'ThrottlingException', 'a']);
});

test.each([
  ['before', undefined],
  ['after', 1],
] as const)('a reset %s leaves the row as the word says', async (when, stored) => {
  proxy.faults.add({ match: { operation: 'UpdateItem' }, action: { type: 'reset', when } });

  await expect(client.send(update(`reset-${when}`))).rejects.toThrow('socket hang up');

  expect((await client.send(get(`reset-${when}`))).Item?.track_number).toBe(stored);
});

test('what a batch hands back was not written, and the rest was', async () => {
  proxy.faults.add({ action: { type: 'unprocessed', which: { text: '"kept"' } } });

  const reply = await client.send(put(['kept', 1], ['taken', 1]));

  const left = reply.UnprocessedItems?.[TEST_TABLES.track] ?? [];
  expect(left.map(({ PutRequest }) => PutRequest?.Item?.track_id)).toEqual(['kept']);
  expect((await client.send(get('kept'))).Item).toBeUndefined();
  expect((await client.send(get('taken'))).Item).toBeDefined();
});

test('once cut off nothing comes through until the line is mended', async () => {
  proxy.cutOffAfter(1);
  await client.send(update('cut-1'));
  await expect(client.send(update('cut-2'))).rejects.toThrow();
  proxy.mend();

  expect((await client.send(get('cut-1'))).Item).toBeDefined();
  expect((await client.send(get('cut-2'))).Item).toBeUndefined();
});

test('units are those that AWS bills: each row by itself, the larger of before and after, one for a row that is not there', async () => {
  await client.send(put(['small', 100], ['two', 1_500]));
  await client.send(update('two'));
  await client.send(put(['two', 10]));
  await client.send(get('two'));
  await client.send(put(['six', 6_000]));
  await client.send(get('six'));
  await client.send(get('six', false));
  await client.send(get('absent'));

  const bill = proxy.takeCalls().map(({ units }) => [units.write, units.read]);
  expect(bill).toEqual([
    [1 + 2, 0],
    [2, 0],
    [2, 0],
    [0, 1],
    [6, 0],
    [0, 2],
    [0, 1],
    [0, 1],
  ]);
});
