import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { PlaylistRecord } from '../../etl/model/records.ts';
import { closeScriptedServers } from '../../test/support/scripted-server.ts';
import {
  startDoor,
  startTestTables,
  TEST_TABLES,
  type TestTables,
  wireError,
} from '../../test/support/test-tables.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { setPlaylistRow, toPlaylistRequest, toSetRequest, updateRows } from './row-updates.ts';

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

const LIMITS = { clock: createVirtualClock(), deadlineAt: START_MS + 600_000 };

describe('the request that sets attributes', () => {
  it('names each of them by a placeholder, so that no reserved word can be in the way', () => {
    const attributes = { track_id: 't', name: 'x', size: 0 };

    expect(toSetRequest(TEST_TABLES, { table: 'track', key: 't' }, attributes)).toEqual({
      TableName: 'spotify-etl-test-track',
      Key: { track_id: 't' },
      UpdateExpression: 'SET #a0 = :a0, #a1 = :a1',
      ExpressionAttributeNames: { '#a0': 'name', '#a1': 'size' },
      ExpressionAttributeValues: { ':a0': 'x', ':a1': 0 },
    });
  });

  it('of a playlist is refused where a newer read is stored', () => {
    expect(toPlaylistRequest(TEST_TABLES, { record: recordOf('list') }, START_MS)).toEqual({
      TableName: 'spotify-etl-test-playlist',
      Key: { playlist_id: 'list' },
      UpdateExpression:
        'SET #a0 = :a0, #a1 = :a1, #a2 = :a2, #a3 = :a3, #a4 = :a4, #a5 = :a5, #a6 = :a6, #a7 = :a7',
      ExpressionAttributeNames: {
        '#a0': 'playlist_uri',
        '#a1': 'playlist_url',
        '#a2': 'playlist_snapshot_id',
        '#a3': 'playlist_num_items',
        '#a4': 'playlist_tracks',
        '#a5': 'playlist_skipped',
        '#a6': 'extracted_at',
        '#a7': 'run_id',
      },
      ExpressionAttributeValues: {
        ':a0': 'spotify:playlist:list',
        ':a1': 'https://open.spotify.com/playlist/list',
        ':a2': 'AAAAB1',
        ':a3': 1,
        ':a4': ['t'],
        ':a5': { episode: 0, local: 0, unavailable: 0 },
        ':a6': '2026-11-20T12:00:00.000Z',
        ':a7': 'run-1',
        ':believable': '2026-11-20T12:05:00.000Z',
        ':extracted_at': '2026-11-20T12:00:00.000Z',
        ':string': 'S',
      },
      ConditionExpression:
        'attribute_not_exists(extracted_at) OR NOT attribute_type(extracted_at, :string) OR extracted_at > :believable OR extracted_at <= :extracted_at',
    });
  });
});

describe('updateRows', () => {
  it('sets the attributes it is given and leaves the others', async () => {
    const before = { track_id: 't1', track_name: 'old', track_popularity: 7, size: 1 };
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.track, Item: before }));

    await updateRows(tables.client, TEST_TABLES, {
      limits: LIMITS,
      changes: [
        { table: 'track', key: 't1', attributes: { track_name: '', size: 2, track_artists: [] } },
      ],
    });

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

    await updateRows(tables.client, TEST_TABLES, {
      limits: LIMITS,
      changes: [
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
      ],
    });

    expect(await storedRow('artist', 'both')).toEqual({
      artist_id: 'both',
      artist_url: 'x',
      size: 1,
    });
    expect(await storedRow('artist', 'alone')).toEqual({ artist_id: 'alone', size: 1 });
  });

  it('takes nothing away that another run has mended meanwhile, and sets the rest', async () => {
    for (const key of ['mended', 'mended alone']) {
      const Item = { artist_id: key, artist_name: 'ABBA' };
      await tables.client.send(new PutCommand({ TableName: TEST_TABLES.artist, Item }));
    }
    const dropped = { artist_name: null };

    await updateRows(tables.client, TEST_TABLES, {
      limits: LIMITS,
      changes: [
        { table: 'artist', key: 'mended', attributes: { artist_url: 'x' }, dropped },
        { table: 'artist', key: 'mended alone', attributes: {}, dropped },
      ],
    });

    expect(await storedRow('artist', 'mended')).toMatchObject({
      artist_name: 'ABBA',
      artist_url: 'x',
    });
    expect(await storedRow('artist', 'mended alone')).toMatchObject({ artist_name: 'ABBA' });
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

    const refusal = updateRows(client, TEST_TABLES, { changes, limits: LIMITS });

    await expect(refusal).rejects.toMatchObject({
      code: 'ROW_REFUSED',
      message: expect.stringMatching(/^DynamoDB refuses 1 of the 60 artist rows.{0,300}$/),
      facts: { rows_refused: 1, rows_wanted: 60 },
    });
    const rows = await Promise.all(changes.map(({ key }) => storedRow('artist', key)));
    expect(rows.filter((row) => row === undefined)).toHaveLength(1);
  });

  it('sets as many rows as it is given, and none where none is given', async () => {
    await updateRows(tables.client, TEST_TABLES, { changes: [], limits: LIMITS });
    const changes = Array.from({ length: 30 }, (_, index) => {
      return { table: 'artist' as const, key: `a${index}`, attributes: { artist_name: 'x' } };
    });

    await updateRows(tables.client, TEST_TABLES, { changes, limits: LIMITS });

    const rows = await Promise.all(changes.map(({ key }) => storedRow('artist', key)));
    expect(rows).toMatchObject(changes.map(({ attributes }) => attributes));
  });

  it('says that a table is throttled', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ProvisionedThroughputExceededException')),
    );
    const changes = [{ table: 'artist' as const, key: 'a', attributes: { artist_name: 'x' } }];

    await expect(
      updateRows(client, TEST_TABLES, { changes, limits: LIMITS }),
    ).rejects.toMatchObject({
      code: 'TABLE_THROTTLED',
      retryAfterSeconds: 10,
      cause: { name: 'ProvisionedThroughputExceededException' },
    });
  });
});

describe("the write of a playlist's row", () => {
  const EARLIER = '2026-11-20T11:59:59.999Z';
  const LATER = '2026-11-20T12:00:00.001Z';

  it('makes a row that is not there', async () => {
    await setPlaylistRow(tables.client, TEST_TABLES, { record: recordOf('new'), limits: LIMITS });

    expect(await storedRow('playlist', 'new')).toEqual(recordOf('new'));
  });

  it('lets a newer read replace an older one', async () => {
    await setPlaylistRow(tables.client, TEST_TABLES, {
      record: recordOf('newer', { extracted_at: EARLIER }),
      limits: LIMITS,
    });

    await setPlaylistRow(tables.client, TEST_TABLES, {
      record: recordOf('newer', { playlist_tracks: ['u'] }),
      limits: LIMITS,
    });

    expect(await storedRow('playlist', 'newer')).toMatchObject({ playlist_tracks: ['u'] });
  });

  it('never lets an older read replace a newer one', async () => {
    const newer = recordOf('older', { extracted_at: LATER, run_id: 'run-2' });
    await setPlaylistRow(tables.client, TEST_TABLES, { record: newer, limits: LIMITS });

    await expect(
      setPlaylistRow(tables.client, TEST_TABLES, {
        record: recordOf('older', { playlist_tracks: ['u'] }),
        limits: LIMITS,
      }),
    ).rejects.toMatchObject({ code: 'NEWER_RUN_WON' });
    expect(await storedRow('playlist', 'older')).toEqual(newer);
  });

  it('replaces a read that is dated later than any clock can be', async () => {
    const record = recordOf('dated ahead', { extracted_at: '2027-11-20T12:00:00.000Z' });
    await setPlaylistRow(tables.client, TEST_TABLES, { record, limits: LIMITS });

    await setPlaylistRow(tables.client, TEST_TABLES, {
      record: recordOf('dated ahead'),
      limits: LIMITS,
    });

    expect(await storedRow('playlist', 'dated ahead')).toEqual(recordOf('dated ahead'));
  });

  it('says that nobody knows whether the row stands where its answer is lost', async () => {
    const { client } = await startDoor(tables.url, async (call) => {
      await call.forward();
      return { ...wireError('InternalServerError'), status: 500 };
    });

    await expect(
      setPlaylistRow(client, TEST_TABLES, { record: recordOf('told'), limits: LIMITS }),
    ).rejects.toMatchObject({
      code: 'TABLE_UNAVAILABLE',
      message: expect.stringContaining('is not known'),
    });
    expect(await storedRow('playlist', 'told')).toEqual(recordOf('told'));
  });

  it('passes a second time for the very same run, whose answer was lost', async () => {
    await setPlaylistRow(tables.client, TEST_TABLES, { record: recordOf('same'), limits: LIMITS });

    await setPlaylistRow(tables.client, TEST_TABLES, { record: recordOf('same'), limits: LIMITS });

    expect(await storedRow('playlist', 'same')).toEqual(recordOf('same'));
  });

  it('leaves stored attributes that the new read lacks', async () => {
    const before = recordOf('lacking', {
      playlist_description: 'For the road',
      extracted_at: EARLIER,
    });
    await setPlaylistRow(tables.client, TEST_TABLES, { record: before, limits: LIMITS });

    await setPlaylistRow(tables.client, TEST_TABLES, {
      record: recordOf('lacking'),
      limits: LIMITS,
    });

    expect(await storedRow('playlist', 'lacking')).toEqual({
      ...recordOf('lacking'),
      playlist_description: 'For the road',
    });
  });

  it('completes a row that was never dated', async () => {
    const Item = { playlist_id: 'undated', playlist_name: 'by hand' };
    await tables.client.send(new PutCommand({ TableName: TEST_TABLES.playlist, Item }));

    await setPlaylistRow(tables.client, TEST_TABLES, {
      record: recordOf('undated'),
      limits: LIMITS,
    });

    expect(await storedRow('playlist', 'undated')).toMatchObject(recordOf('undated'));
  });

  it('says that a table is throttled', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ThrottlingException')),
    );

    await expect(
      setPlaylistRow(client, TEST_TABLES, { record: recordOf('x'), limits: LIMITS }),
    ).rejects.toMatchObject({
      code: 'TABLE_THROTTLED',
    });
  });

  it('says which row it is that DynamoDB refuses', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve(wireError('ValidationException')),
    );

    await expect(
      setPlaylistRow(client, TEST_TABLES, { record: recordOf('x'), limits: LIMITS }),
    ).rejects.toMatchObject({
      code: 'ROW_REFUSED',
      message: expect.stringContaining('playlist x'),
    });
  });
});
