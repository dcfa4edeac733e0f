import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import type { SyncRun } from '../../etl/model/sync.ts';
import { closeScriptedServers } from '../../test/support/scripted-server.ts';
import { describeSyncJournal } from '../../test/support/sync-journal-contract.ts';
import { startDoor, startTestTables, type TestTables } from '../../test/support/test-tables.ts';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import { TableSyncJournal } from './sync-journal.ts';
import { KEPT_RUN_MS } from './sync-runs.ts';

const TableName = 'spotify-etl-test-state';
const PLACE = { pair: 'p', targetId: 't' };
const MAX_ROW_BYTES = 400 * 1024;

async function listRows(client: DynamoDBDocumentClient): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey }));
    rows.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return rows;
}

async function empty(client: DynamoDBDocumentClient): Promise<void> {
  for (const { state_id } of await listRows(client)) {
    await client.send(new DeleteCommand({ TableName, Key: { state_id } }));
  }
}

function openJournal(client: DynamoDBDocumentClient, clock = createVirtualClock()) {
  const deadlineAt = clock.now() + 60_000;
  return new TableSyncJournal(client, TableName, { clock, deadlineAt });
}

describeSyncJournal('DynamoDB', async () => {
  const { client, close } = await startTestTables();
  return { open: () => openJournal(client), empty: () => empty(client), close };
});

describe('the journal of syncs in the state table', () => {
  let tables: TestTables;
  beforeAll(async () => {
    tables = await startTestTables();
  });
  beforeEach(() => empty(tables.client));
  afterAll(() => Promise.all([tables.close(), closeScriptedServers()]));

  const clock = createVirtualClock();
  const run: SyncRun = {
    ...{ run_id: 'r1', pair: 'p', target_id: 't', kind: 'append' },
    started_at: new Date(clock.now()).toISOString(),
  };

  test('forgets runs after 90 days, and no claim, confirmation or list that it has created', async () => {
    const journal = openJournal(tables.client);
    await journal.begin(run, { before: [{ kind: 'local' }], removed: ['a'] });
    const write = { kind: 'add' as const, uris: ['b'] };
    await journal.intend({ runId: 'r1', step: 1, write, hash: 'h', place: PLACE, disclaimed: [] });
    await journal.noteAnswer({ runId: 'r1', step: 1 }, 'done');
    await journal.claim(PLACE, [{ uri: 'b' }], 'r1');
    await journal.end('r1', { outcome: 'done', ended_at: run.started_at });
    await journal.confirmExact(PLACE);
    await journal.noteCreation('k', { mark: 'm' });

    const kept = (await listRows(tables.client)).filter(({ expires_at }) => !expires_at);
    expect(kept.map(({ state_id }) => state_id).sort()).toEqual([
      ...['sync-claims#t', 'sync-creation#k', 'sync-pair#p', 'sync-runs'],
    ]);
    const later = createVirtualClock();
    await later.sleep(KEPT_RUN_MS + 1);
    const again = { ...run, run_id: 'r2', started_at: new Date(later.now()).toISOString() };
    await openJournal(tables.client, later).begin(again, { before: [], removed: [] });
    expect(await journal.listRuns()).toMatchObject([{ run_id: 'r2' }]);
  });

  test('does not find a run past its days, of which some rows are gone and others not yet', async () => {
    const journal = openJournal(tables.client);
    await journal.begin(run, { before: [{ uri: 'a', kind: 'track' }], removed: [] });
    await journal.end('r1', { outcome: 'done', ended_at: run.started_at });
    const later = createVirtualClock();
    await later.sleep(KEPT_RUN_MS - 1);
    expect(await openJournal(tables.client, later).findRun('r1')).toMatchObject({ run_id: 'r1' });
    await later.sleep(1);
    expect(await openJournal(tables.client, later).findRun('r1')).toBeUndefined();
  });

  test('keeps 10,000 items with names that do not shrink, and as many claims, in rows that DynamoDB takes', async () => {
    const journal = openJournal(tables.client);
    const before = Array.from({ length: 10_000 }, () => ({
      ...{ uri: `spotify:track:${randomText(22)}`, kind: 'track' as const },
      ...{ name: randomText(120), added_at: randomDate(), added_by: randomText(20) },
    }));
    await journal.begin(run, { before, removed: before.map(({ uri }) => uri) });
    await journal.claim(PLACE, before, 'r1');

    expect((await journal.findRun('r1'))?.before).toEqual(before);
    expect((await journal.findFacts(PLACE, 0)).claims.size).toBe(10_000);
    const sizes = (await listRows(tables.client)).map(({ body }) =>
      body instanceof Uint8Array ? body.length : String(body).length,
    );
    expect(Math.max(...sizes)).toBeLessThan(MAX_ROW_BYTES - 1_000);
  });

  test('makes a change once though its answer was lost', async () => {
    let losses = 1;
    const door = await startDoor(tables.url, async ({ forward, operation }) => {
      const { body, status } = await forward();
      if (operation === 'PutItem' && losses > 0) {
        losses -= 1;
        return { status: 500, body: '' };
      }
      return { status, body, headers: { 'x-amzn-requestid': '1' } };
    });
    const journal = openJournal(door.client);
    await openJournal(tables.client).claim(PLACE, [{ uri: 'a' }], 'r1');
    const write = { kind: 'remove' as const, uris: ['a'] };
    const step = { runId: 'r1', step: 1, write, hash: 'h', place: PLACE };
    await openJournal(tables.client).begin(run, { before: [], removed: [] });
    losses = 3;

    const givenUp = await journal.intend({ ...step, disclaimed: ['a'] });

    expect(givenUp).toMatchObject([{ pair: 'p', uri: 'a', run_id: 'r1', target_id: 't' }]);
    expect((await journal.findFacts(PLACE, 0)).claims.size).toBe(0);
    expect(await journal.lock({ targetId: 't', holder: 'me', until: 9 }, 0)).toBe(true);
  });

  test('says what to do about a row that it cannot read', async () => {
    const row = { state_id: 'sync-creation#k', revision: '1', body: '{}' };
    await tables.client.send(new PutCommand({ TableName, Item: row }));

    await expect(openJournal(tables.client).findCreation('k')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('was not written by this version') as unknown,
    });
  });
});

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
let seed = 1;
function random(below: number): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
}
const randomText = (length: number): string =>
  Array.from({ length }, () => LETTERS[random(LETTERS.length)]).join('');
const randomDate = (): string =>
  `${new Date(1.7e12 + random(3e7) * 1_000).toISOString().slice(0, 19)}Z`;
