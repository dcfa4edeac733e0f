import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
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

const IDS = Array.from({ length: 250 }, (_, index) => `p${index}`);
const VERSION = {
  playlist_tracks: ['t'],
  playlist_snapshot_id: 's1',
  playlist_num_items: 3,
  extracted_at: '2026-11-19T00:00:00.000Z',
};

const repositoryOf = (client: TestTables['client'], leftMs = 600_000): RecordRepository =>
  new RecordRepository(client, TEST_TABLES, {
    clock: createVirtualClock(),
    deadlineAt: START_MS + leftMs,
  });

let tables: TestTables;
beforeAll(async () => {
  tables = await startTestTables();
  const rows = [
    ...IDS.slice(0, 249).map((playlist_id) => ({
      playlist_id,
      ...VERSION,
      playlist_tracks: ['t', 'u'],
      playlist_contributors: [],
    })),
    { playlist_id: 'p249', playlist_name: 'written by hand' },
  ];
  for (const row of rows) {
    const Item = { playlist_tracks: ['t', 'u'], ...row };
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.playlist, Item }));
  }
});
afterAll(() => tables.close());
afterEach(closeScriptedServers);

const requestSchema = z.object({
  RequestItems: z.object({
    [TEST_TABLES.playlist]: z.object({
      Keys: z.array(z.unknown()),
      ProjectionExpression: z.string(),
    }),
  }),
});

describe('the stored versions of playlists', () => {
  it('are read 100 a call, nothing but what tells a version', async () => {
    const { client, calls } = await startDoor(tables.url, (call) => call.forward());
    const versions = repositoryOf(client);

    const found = await versions.findVersions([...IDS, 'gone']);

    expect(found.sort((a, b) => IDS.indexOf(a.playlist_id) - IDS.indexOf(b.playlist_id))).toEqual(
      IDS.slice(0, 249).map((playlist_id) => ({ playlist_id, ...VERSION })),
    );
    const requests = calls.map(({ input }) => {
      return requestSchema.parse(input).RequestItems[TEST_TABLES.playlist];
    });
    expect(requests.map((request) => request?.Keys.length).sort()).toEqual([100, 100, 51]);
    expect(requests[0]?.ProjectionExpression).toContain(
      'playlist_tracks[0], playlist_contributors',
    );
  });

  it('of no playlist are known without a call', async () => {
    const { client, calls } = await startDoor(tables.url, (call) => call.forward());

    const versions = repositoryOf(client);

    expect(await versions.findVersions([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('are asked for again where the table handed keys back', async () => {
    let isFirst = true;
    const { client, calls } = await startDoor(tables.url, async (call) => {
      if (!isFirst) return call.forward();
      isFirst = false;
      return {
        body: { Responses: {}, UnprocessedKeys: requestSchema.parse(call.input).RequestItems },
      };
    });
    const versions = repositoryOf(client);

    expect(await versions.findVersions(IDS.slice(0, 3))).toHaveLength(3);
    expect(calls).toHaveLength(2);
  });

  it.each([
    ['ProvisionedThroughputExceededException', 600_000, 'TABLE_THROTTLED'],
    ['ServiceUnavailable', 600_000, 'TABLE_UNAVAILABLE'],
    ['ServiceUnavailable', 0, 'RUN_OUT_OF_TIME'],
  ])('that cannot be read for %s within %d ms end as %s', async (name, leftMs, code) => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve({ ...wireError(name), status: name === 'ServiceUnavailable' ? 503 : 400 }),
    );
    const versions = repositoryOf(client, leftMs);

    await expect(versions.findVersions(['p1'])).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining('not written') as string,
    });
  });
});
