/** What a run costs, to the call and to the unit: as its formula says. */
import { isDeepStrictEqual } from 'node:util';
import { CATALOGUE_TABLES, type CatalogueTable } from '../../etl/model/records.ts';
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { AppKind } from '../../local/simulator/simulator.ts';
import { itemSizeBytes } from '../../stores/dynamodb/item-size.ts';
import { expectedRows, withoutRun } from '../support/expected-rows.ts';
import type { ProxiedCall } from '../support/fault-proxy.ts';
import { showcaseOfSize } from '../support/showcase.ts';
import { READS_OF_SAMPLE } from '../support/unit-formulas.ts';
import { createWorld, NO_ROWS, type Row, type Tables, type World } from '../support/world.ts';

/** Pages after the first hold so many items; the first comes with the playlist and holds a hundred. */
const PAGE_ITEMS: Record<AppKind, number> = { A: 100, B: 100, C: 50 };
const FIRST_PAGE_ITEMS = 100;

/** R(N): the opening, the pages after it, and a look whether the list is still the same. */
function spotifyCalls(items: number, kind: AppKind): number {
  if (items <= FIRST_PAGE_ITEMS) return 1;
  return 1 + Math.ceil((items - FIRST_PAGE_ITEMS) / PAGE_ITEMS[kind]) + 1;
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);
const writeUnits = (rows: readonly Row[]): number =>
  sum(rows.map((row) => Math.ceil(itemSizeBytes(row) / 1024)));

/** New rows go 25 at a time, table by table. */
const batchWrites = (rows: Pick<Tables, CatalogueTable>): number =>
  sum(CATALOGUE_TABLES.map((table) => Math.ceil(rows[table].length / 25)));

type Bill = {
  readonly operations: Record<string, number>;
  readonly read: number;
  readonly write: number;
};

function billOf(calls: readonly ProxiedCall[]): Bill {
  const operations: Record<string, number> = {};
  for (const { operation } of calls) operations[operation] = (operations[operation] ?? 0) + 1;
  return {
    operations,
    read: sum(calls.map(({ units }) => units.read)),
    write: sum(calls.map(({ units }) => units.write)),
  };
}

const counted = (operations: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(operations).filter(([, count]) => count > 0));

let world: World;
afterEach(() => world.close());

async function start(kind: AppKind, items: number): Promise<CataloguePlaylist> {
  world = await createWorld({ proxy: { isMeasuring: true }, appKind: kind });
  const playlist = world.spotify.catalogue.playlistOfSize(items);
  // What a run learns about the app is written down once: not this run's cost.
  await world.ingest(showcaseOfSize(world, 120).id);
  await world.replaceRows(NO_ROWS);
  world.takeApiCalls();
  world.proxy.takeCalls();
  return playlist;
}

const isOfQuota = ({ body }: ProxiedCall): boolean => body.includes('-state"');

describe.each([
  ['A', [1, 100, 101]],
  ['C', [0, 1, 50, 100, 101, 1_000]],
] as const)('An app of kind %s', (kind, sizes) => {
  test.each(sizes)('pays for a first load of %i items what the formulas say', async (items) => {
    const playlist = await start(kind, items);

    const answer = await world.ingest(playlist.id, 600_000);

    expect(answer.body).toMatchObject({ status: 'loaded' });
    const calls = world.proxy.takeCalls();
    const rows: Tables = expectedRows(world.spotify.catalogue, playlist, kind);
    const stored = (await world.rows()).playlist;
    const catalogueRows = sum(CATALOGUE_TABLES.map((table) => rows[table].length));

    expect(world.takeApiCalls()).toHaveLength(spotifyCalls(items, kind));
    expect(billOf(calls.filter((call) => !isOfQuota(call)))).toEqual({
      operations: counted({
        GetItem: 1,
        BatchGetItem: Math.ceil(catalogueRows / 100),
        BatchWriteItem: batchWrites(rows),
        UpdateItem: 1,
      }),
      // Of a key without a row a consistent read costs one.
      read: 1 + catalogueRows,
      write: sum(CATALOGUE_TABLES.map((table) => writeUnits(rows[table]))) + writeUnits(stored),
    });
  });

  test.each([0, 101])(
    'pays for an unchanged list of %i items one call, the read of its row and of a sample, and one read and one write of the quota',
    async (items) => {
      const playlist = await start(kind, items);
      await world.ingest(playlist.id);
      world.takeApiCalls();
      world.proxy.takeCalls();

      await world.ingest(playlist.id);

      const calls = world.proxy.takeCalls();
      const [row = {}] = (await world.rows()).playlist;
      expect(world.takeApiCalls()).toHaveLength(1);
      expect(billOf(calls.filter((call) => !isOfQuota(call)))).toEqual({
        operations: items === 0 ? { GetItem: 1 } : { GetItem: 1, BatchGetItem: 1 },
        read: Math.ceil(itemSizeBytes(row) / 4096) + (items === 0 ? 0 : READS_OF_SAMPLE),
        write: 0,
      });
      expect(billOf(calls.filter(isOfQuota))).toEqual({
        operations: { GetItem: 1, PutItem: 1 },
        read: 1,
        write: 1,
      });
    },
  );

  test('pays for one track more in 101 items just for what is new', async () => {
    const playlist = await start(kind, 101);
    await world.ingest(playlist.id);
    const before = await world.rows();
    world.spotify.appendTracks(playlist.id, 1);
    world.takeApiCalls();
    world.proxy.takeCalls();

    await world.ingest(playlist.id);

    const calls = world.proxy.takeCalls().filter((call) => !isOfQuota(call));
    const after = await world.rows();
    const fresh = CATALOGUE_TABLES.map((table) =>
      after[table].filter((row) => !before[table].some((old) => isSameKey(table, row, old))),
    );
    const known = CATALOGUE_TABLES.flatMap((table) => before[table]);
    const [row = {}] = after.playlist;
    const rowBefore = before.playlist[0] ?? {};
    expect(world.takeApiCalls()).toHaveLength(spotifyCalls(102, kind));
    expect(billOf(calls)).toEqual({
      operations: counted({
        GetItem: 1,
        BatchGetItem: Math.ceil((known.length + fresh.flat().length) / 100),
        BatchWriteItem: fresh.filter((rows) => rows.length > 0).length,
        UpdateItem: 1,
      }),
      read: Math.ceil(itemSizeBytes(rowBefore) / 4096) + known.length + fresh.flat().length,
      write: writeUnits(fresh.flat()) + writeUnits([row]),
    });
  });
});

/** What reaches the tables as writes: the operation, its table, and how many rows. */
function writesIn(calls: readonly ProxiedCall[]): (readonly [string, string, number])[] {
  return calls
    .filter((call) => /Write|Update|Put/.test(call.operation) && !isOfQuota(call))
    .map(({ body, operation }) => {
      const { RequestItems, TableName } = JSON.parse(body) as WireWrite;
      const [[table, puts] = [TableName ?? '', []], ...others] = Object.entries(RequestItems ?? {});
      if (others.length > 0) throw new Error('A call that writes to two tables');
      return [operation, table.replace(/^.*-/, ''), RequestItems ? puts.length : 1] as const;
    });
}

type WireWrite = {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, readonly unknown[]>>;
};

const attributesOf = (rows: Tables): number =>
  sum(CATALOGUE_TABLES.flatMap((table) => rows[table].map((row) => Object.keys(row).length)));

test('A first load of 100 items whose rows lack half of their optional attributes goes by batch write alone', async () => {
  const playlist = await start('C', 100);
  world.spotify.configure({ sparse: true });

  await world.ingest(playlist.id);

  const calls = world.proxy.takeCalls();
  const rows = await world.rows();
  const full = expectedRows(world.spotify.catalogue, playlist, 'C');
  const optional = { artist: 1, album: 6, track: 6 };
  for (const table of CATALOGUE_TABLES) {
    expect(rows[table]).toHaveLength(full[table].length);
  }
  const most = sum(CATALOGUE_TABLES.map((table) => optional[table] * full[table].length));
  expect(attributesOf(full) - attributesOf(rows)).toBeGreaterThan(0.45 * most);
  expect(writesIn(calls)).toEqual([
    ...CATALOGUE_TABLES.flatMap((table) =>
      Array.from({ length: Math.ceil(rows[table].length / 25) }, (_, index) => [
        'BatchWriteItem',
        table,
        Math.min(25, rows[table].length - 25 * index),
      ]),
    ),
    ['UpdateItem', 'playlist', 1],
  ]);
  expect(calls.find(({ operation }) => operation === 'UpdateItem')?.body).toContain(
    'ConditionExpression',
  );
});

test('Rows that lack attributes are completed by the next sighting, and a poorer one after it takes nothing away', async () => {
  const { id } = await start('C', 100);
  const { spotify } = world;
  spotify.configure({ sparse: true });
  await world.ingest(id);
  const poor = await world.rows();
  world.proxy.takeCalls();
  spotify.configure({ sparse: false });
  spotify.appendTracks(id, 1);

  await world.ingest(id);

  const sets = writesIn(world.proxy.takeCalls()).filter(
    ([operation]) => operation !== 'BatchWriteItem',
  );
  const full = expectedRows(spotify.catalogue, spotify.catalogue.playlistOfSize(101), 'C');
  expect(withoutRun(await world.rows())).toEqual(full);
  for (const table of CATALOGUE_TABLES) {
    const lacking = poor[table].filter(
      (row) => !full[table].some((other) => isDeepStrictEqual(row, other)),
    );
    expect(lacking.length).toBeGreaterThan(0);
    expect(sets.filter(([, name]) => name === table)).toHaveLength(lacking.length);
  }

  spotify.configure({ sparse: true });
  spotify.appendTracks(id, 1);
  await world.ingest(id);

  const rows = await world.rows();
  for (const table of CATALOGUE_TABLES)
    expect(rows[table]).toEqual(expect.arrayContaining(full[table]));
});

function isSameKey(table: CatalogueTable, one: Row, other: Row): boolean {
  return one[`${table}_id`] === other[`${table}_id`];
}
