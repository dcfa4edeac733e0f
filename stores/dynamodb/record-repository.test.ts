import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { loadPlaylist } from '../../etl/load/playlist.ts';
import type { PlaylistRecord, PlaylistRecords } from '../../etl/model/records.ts';
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

function recordOf(id: string, more: Partial<PlaylistRecord> = {}): PlaylistRecord {
  return {
    playlist_id: id,
    playlist_uri: `spotify:playlist:${id}`,
    playlist_url: `https://open.spotify.com/playlist/${id}`,
    playlist_snapshot_id: 'AAAAB1',
    playlist_num_items: 1,
    playlist_tracks: ['t'],
    playlist_others: [],
    playlist_added_at: [1_600_000_000],
    playlist_added_by: [0],
    playlist_contributors: ['ada'],
    playlist_skipped: { episode: 0, local: 0, unavailable: 0 },
    extracted_at: '2026-11-20T12:00:00.000Z',
    run_id: 'run-1',
    ...more,
  };
}

async function storedRow(table: keyof typeof TEST_TABLES, key: string): Promise<unknown> {
  const Key = { [`${table}_id`]: key };
  return (await tables.client.send(new GetCommand({ TableName: TEST_TABLES[table], Key }))).Item;
}

const repositoryOf = (client = tables.client): RecordRepository =>
  new RecordRepository(client, TEST_TABLES, {
    clock: createVirtualClock(),
    deadlineAt: START_MS + 600_000,
  });

const RECORDS: PlaylistRecords = {
  playlist: {
    playlist_id: 'list',
    playlist_uri: 'spotify:playlist:list',
    playlist_url: 'https://open.spotify.com/playlist/list',
    playlist_name: 'Road Trip',
    playlist_snapshot_id: 'AAAAB1',
    playlist_num_items: 4,
    playlist_tracks: ['t1', 't2', 't1'],
    playlist_others: [{ position: 0, kind: 'episode' }],
    playlist_added_at: [1, 2, -1, 3],
    playlist_added_by: [0, 0, -1, 0],
    playlist_contributors: ['ada'],
    playlist_skipped: { episode: 1, local: 0, unavailable: 0 },
    extracted_at: '2026-11-20T12:00:00.000Z',
    run_id: 'run-1',
  },
  tracks: ['t1', 't2'].map((id) => ({
    track_id: id,
    track_uri: `spotify:track:${id}`,
    track_url: `https://open.spotify.com/track/${id}`,
    track_popularity: 0,
    track_artists: ['ar'],
  })),
  albums: [{ album_id: 'al', album_uri: 'spotify:album:al', album_url: 'https://x' }],
  artists: [{ artist_id: 'ar', artist_uri: 'spotify:artist:ar', artist_url: 'https://x' }],
};

describe('the tables', () => {
  it('find nothing of a playlist that is not stored, or stored in another shape', async () => {
    const Item = { playlist_id: 'odd', playlist_snapshot_id: 'AAAAB1' };
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.playlist, Item }));

    expect(await repositoryOf().findPlaylist('absent')).toBeUndefined();
    expect(await repositoryOf().findPlaylist('odd')).toBeUndefined();
  });

  it('find nothing of a playlist whose row does not say when its items were added, until it is written again', async () => {
    const {
      playlist_added_at,
      playlist_added_by,
      playlist_contributors,
      playlist_others,
      ...Item
    } = recordOf('old');
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.playlist, Item }));
    expect(await repositoryOf().findPlaylist('old')).toBeUndefined();
    expect(await repositoryOf().findVersions(['old'])).toMatchObject([
      { playlist_id: 'old', playlist_snapshot_id: '', extracted_at: Item.extracted_at },
    ]);

    await repositoryOf().putPlaylist(recordOf('old'));

    expect(await storedRow('playlist', 'old')).toEqual(recordOf('old'));
    expect(await repositoryOf().findPlaylist('old')).toBeDefined();
    expect(await repositoryOf().findVersions(['old'])).toMatchObject([
      { playlist_snapshot_id: 'AAAAB1' },
    ]);
  });

  it("read a playlist's row consistently, and only what is asked of it", async () => {
    const { calls, client } = await startDoor(tables.url, (call) => call.forward());

    await repositoryOf(client).findPlaylist('list');

    expect(calls.map(({ input }) => input)).toEqual([
      {
        TableName: 'spotify-etl-test-playlist',
        Key: { playlist_id: { S: 'list' } },
        ConsistentRead: true,
        ProjectionExpression:
          'playlist_snapshot_id, playlist_num_items, playlist_skipped, extracted_at, playlist_contributors',
      },
    ]);
  });

  it("repair a playlist's row where that is asked for: what the record lacks and is malformed goes", async () => {
    const Item = {
      playlist_id: 'list',
      playlist_description: 5,
      playlist_owner_name: 'somebody',
      playlist_image_url: null,
      extracted_at: 7,
    };
    const key = { TableName: TEST_TABLES.playlist, Key: { playlist_id: 'list' } };
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.playlist, Item }));

    await repositoryOf().putPlaylist(RECORDS.playlist, { isRepair: true });

    expect((await tables.client.send(new GetCommand(key))).Item).toEqual({
      ...RECORDS.playlist,
      playlist_owner_name: 'somebody',
    });
  });

  it('say that a table is throttled', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ProvisionedThroughputExceededException')),
    );

    await expect(repositoryOf(client).findPlaylist('list')).rejects.toMatchObject({
      code: 'TABLE_THROTTLED',
    });
  });

  it('say that a table that answers 500 is unavailable, which is no defect of ours', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve({ ...wireError('InternalServerError'), status: 500 }),
    );

    await expect(repositoryOf(client).findPlaylist('list')).rejects.toMatchObject({
      code: 'TABLE_UNAVAILABLE',
      retryAfterSeconds: 10,
    });
  });

  it('pass on what no repeat can fix', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ValidationException')),
    );

    await expect(repositoryOf(client).findPlaylist('list')).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('take the same playlist a second time without a row written but its own', async () => {
    await loadPlaylist(repositoryOf(), RECORDS);
    const { calls, client } = await startDoor(tables.url, (call) => call.forward());

    const summary = await loadPlaylist(repositoryOf(client), RECORDS);

    expect(summary).toEqual({
      written: { playlist: 1, track: 0, album: 0, artist: 0 },
      unchanged: { track: 2, album: 1, artist: 1 },
    });
    expect(calls.map(({ operation }) => operation)).toEqual(['BatchGetItem', 'UpdateItem']);
  });
});

describe("the write of a playlist's row", () => {
  it('says that nobody knows whether the row stands where its answer is lost', async () => {
    const { client } = await startDoor(tables.url, async (call) => {
      await call.forward();
      return { ...wireError('InternalServerError'), status: 500 };
    });

    await expect(repositoryOf(client).putPlaylist(recordOf('told'))).rejects.toMatchObject({
      code: 'TABLE_UNAVAILABLE',
      message: expect.stringContaining('It is unknown whether'),
    });
    expect(await storedRow('playlist', 'told')).toEqual(recordOf('told'));
  });

  it('completes a row that was never dated', async () => {
    const Item = { playlist_id: 'undated', playlist_name: 'by hand' };
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.playlist, Item }));

    await repositoryOf().putPlaylist(recordOf('undated'));

    expect(await storedRow('playlist', 'undated')).toMatchObject(recordOf('undated'));
  });

  it('says that a table is throttled', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ThrottlingException')),
    );

    await expect(repositoryOf(client).putPlaylist(recordOf('x'))).rejects.toMatchObject({
      code: 'TABLE_THROTTLED',
    });
  });

  it('says which row it is that DynamoDB refuses', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ValidationException')),
    );

    await expect(repositoryOf(client).putPlaylist(recordOf('x'))).rejects.toMatchObject({
      code: 'ROW_REFUSED',
      message: expect.stringContaining('playlist x'),
    });
  });
});
