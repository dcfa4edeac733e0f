import { setTimeout as sleep } from 'node:timers/promises';
import type { CatalogueRow } from '../../etl/load/sinks.ts';
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

const ROWS: CatalogueRow[] = Array.from({ length: 460 }, (_, index) => ({
  table: 'track',
  key: `t${index}`,
  attributes: { track_id: `t${index}`, track_name: 'x' },
}));

const repositoryOf = (client: TestTables['client'], leftMs: number): RecordRepository =>
  new RecordRepository(client, TEST_TABLES, {
    clock: createVirtualClock(),
    deadlineAt: START_MS + leftMs,
  });

const CALLS: [string, (repository: RecordRepository) => Promise<unknown>][] = [
  ['read of a playlist', (repository) => repository.findPlaylist('list')],
  ['read of rows', (repository) => repository.findRows(ROWS)],
  ['write of rows', (repository) => repository.putRows(ROWS)],
  ['update of rows', (repository) => repository.updateRows(ROWS)],
];

describe("the run's time", () => {
  it.each(CALLS)('once up lets no %s begin', async (_, call) => {
    const { calls, client } = await startDoor(tables.url, (wire) => wire.forward());

    await expect(call(repositoryOf(client, 0))).rejects.toMatchObject({ code: 'LOAD_INCOMPLETE' });

    expect(calls).toEqual([]);
  });

  it.each(CALLS)('breaks off a %s that hangs', async (_, call) => {
    const { client } = await startDoor(tables.url, () => Promise.resolve({ end: 'never' }));

    await expect(call(repositoryOf(client, 40))).rejects.toMatchObject({ code: 'LOAD_INCOMPLETE' });
  });

  it('counts every row that it left unwritten', async () => {
    const { client } = await startDoor(tables.url, () => Promise.resolve({ end: 'never' }));

    await expect(repositoryOf(client, 40).putRows(ROWS)).rejects.toMatchObject({
      facts: { rows_missing: 460, rows_wanted: 460 },
    });
  });
});

describe('calls to the tables', () => {
  it.each<[string, number, (repository: RecordRepository) => Promise<unknown>]>([
    ['reads', 4, (repository) => repository.findRows(ROWS)],
    ['writes', 8, (repository) => repository.putRows(ROWS)],
    ['updates', 8, (repository) => repository.updateRows(ROWS)],
  ])('are bounded: %s are at most %i at once', async (_, most, call) => {
    let inFlight = 0;
    let seen = 0;
    const { client } = await startDoor(tables.url, async (wire) => {
      inFlight += 1;
      seen = Math.max(seen, inFlight);
      // The first calls are held back until all that may come have come, and a moment more for one too many.
      for (let waits = 0; seen < most && waits < 400; waits += 1) await sleep(5);
      await sleep(5);
      const reply = await wire.forward();
      inFlight -= 1;
      return reply;
    });

    await call(repositoryOf(client, 600_000));

    expect(seen).toBe(most);
  });

  it('that no repeat can fix end the run, and none comes after its answer', async () => {
    let answered = 0;
    const { calls, client } = await startDoor(tables.url, async (wire) => {
      answered += 1;
      return answered === 3 ? wireError('AccessDeniedException') : wire.forward();
    });

    await expect(repositoryOf(client, 600_000).putRows(ROWS)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });

    const sent = calls.length;
    expect(sent).toBeLessThan(19);
    await sleep(50);
    expect(calls).toHaveLength(sent);
    expect(answered).toBe(sent);
  });

  it('of a batch read that only ever meets a silent table say so', async () => {
    const { client } = await startDoor(tables.url, () =>
      Promise.resolve({ ...wireError('InternalServerError'), status: 500 }),
    );

    await expect(repositoryOf(client, 600_000).findRows(ROWS)).rejects.toMatchObject({
      code: 'TABLE_UNAVAILABLE',
    });
  });
});
