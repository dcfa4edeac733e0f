/** What a summary says a run used of the tables, against a count of our own at the wire. */
import * as z from 'zod/mini';
import { createApp } from '../../app/app.ts';
import { parseConfig } from '../../app/config.ts';
import { PRICES, runCostUsd } from '../../app/prices.ts';
import type { RunMeasures, RunReport } from '../../etl/model/summaries.ts';
import { itemSizeBytes } from '../../stores/dynamodb/item-size.ts';
import {
  readsOfFirstLoad,
  readsOfUnchanged,
  WRITES_OF_UNCHANGED,
  writesOfFirstLoad,
} from '../support/unit-formulas.ts';
import { type Answer, createWorld, type World, type WorldOptions } from '../support/world.ts';

/** As on AWS: paced, and with a budget. */
const AS_DEPLOYED = {
  SPOTIFY_BURST_CALLS: '60',
  SPOTIFY_CALLS_PER_SECOND: '1',
  SPOTIFY_DAILY_CALLS: '900',
};

const READS = ['GetItem', 'BatchGetItem'];
const WRITES = ['PutItem', 'UpdateItem', 'BatchWriteItem'];

const unitsSchema = z.object({ CapacityUnits: z.number() });
const replySchema = z.object({
  ConsumedCapacity: z.optional(z.union([unitsSchema, z.array(unitsSchema)])),
});

type Units = { readonly read_units: number; readonly write_units: number };
type MeteredWorld = World & {
  /** What all calls used since the last look, by what the engine answered. */
  readonly takeUnits: () => Units;
  /** Calls that did not ask for what they use, since the last look. */
  readonly takeUnasked: () => string[];
};

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

/** A world with a meter between its functions and the engine. */
async function createMeteredWorld(options: WorldOptions = {}): Promise<MeteredWorld> {
  const world = await createWorld({ variables: AS_DEPLOYED, proxy: {}, ...options });
  worlds.push(world);
  const unasked: string[] = [];
  return {
    ...world,
    takeUnits: () => {
      const used = { read_units: 0, write_units: 0 };
      for (const { body, operation, reply } of world.proxy.takeCalls()) {
        if (!body.includes('"ReturnConsumedCapacity":"TOTAL"')) unasked.push(operation);
        const units = unitsIn(reply);
        if (READS.includes(operation)) used.read_units += units;
        if (WRITES.includes(operation)) used.write_units += units;
      }
      return used;
    },
    takeUnasked: () => unasked.splice(0),
  };
}

/** By what the engine answered; a refused condition costs a write. */
function unitsIn(reply: string): number {
  if (reply.includes('ConditionalCheckFailedException')) return 1;
  const { ConsumedCapacity = [] } = replySchema.parse(JSON.parse(reply));
  return [ConsumedCapacity].flat().reduce((sum, of) => sum + of.CapacityUnits, 0);
}

const unitsOf = ({ body }: Answer): Units => ({
  read_units: Number(body.read_units),
  write_units: Number(body.write_units),
});

const sumOf = (answers: readonly Answer[]): Units =>
  answers.map(unitsOf).reduce((sum, units) => ({
    read_units: sum.read_units + units.read_units,
    write_units: sum.write_units + units.write_units,
  }));

test.each([0, 51, 100, 1_000])(
  'A first load of %i items says what went over the wire, and that is what the formula says',
  async (size) => {
    const world = await createMeteredWorld();
    const { catalogue } = world.spotify;
    // The first runs of an app store what they have learnt about it.
    await world.ingest(catalogue.playlistOfSize(101).id);
    const { id } = catalogue.playlistOfSize(size);
    world.takeStateCalls();
    world.takeUnits();

    const answer = await world.ingest(id);

    expect(answer.body).toMatchObject({ status: 'loaded' });
    expect(unitsOf(answer)).toEqual(world.takeUnits());
    expect(world.takeUnasked()).toEqual([]);
    const stateCalls = world.takeStateCalls();
    expect(stateCalls).toEqual(['GetItem', 'PutItem', ...(size > 100 ? ['PutItem'] : [])]);
    const { tracks, albums, artists } = answer.body.counts as Record<string, number>;
    const { playlist, ...written } = answer.body.written as Record<string, number>;
    const row = (await world.rows()).playlist.find(({ playlist_id }) => playlist_id === id) ?? {};
    const load = {
      quotaReads: 1,
      quotaWrites: stateCalls.length - 1,
      rows: Number(tracks) + Number(albums) + Number(artists),
      newRows: Object.values(written).reduce((sum, count) => sum + count, 0),
      playlistBytes: itemSizeBytes(row),
    };
    expect(playlist).toBe(1);
    expect(unitsOf(answer)).toEqual({
      read_units: readsOfFirstLoad(load),
      write_units: writesOfFirstLoad(load),
    });
  },
);

test.each([50, 1_000])(
  "An unchanged playlist of %i items costs one read and one write of the quota's row, and its own read and a sample's",
  async (size) => {
    const world = await createMeteredWorld();
    const { id } = world.spotify.catalogue.playlistOfSize(size);
    await world.ingest(id);
    const [row = {}] = (await world.rows()).playlist;
    world.takeUnits();

    const answer = await world.ingest(id);

    expect(answer.body).toMatchObject({ status: 'unchanged' });
    expect(unitsOf(answer)).toEqual(world.takeUnits());
    expect(unitsOf(answer)).toEqual({
      read_units: readsOfUnchanged(itemSizeBytes(row)),
      write_units: WRITES_OF_UNCHANGED,
    });
  },
);

test('A list of playlists says what it used, half a unit for each that is stored', async () => {
  const world = await createMeteredWorld();
  for (const size of [1, 49, 50]) {
    await world.ingest(world.spotify.catalogue.playlistOfSize(size).id);
  }
  world.takeUnits();

  const answer = await world.playlists();

  expect(answer.status).toBe(200);
  expect(unitsOf(answer)).toEqual(world.takeUnits());
  expect(world.takeUnasked()).toEqual([]);
});

test('Runs side by side in one process each say what is theirs', async () => {
  const sizes = [0, 1, 49, 50, 51, 100, 101];
  // What is learnt about the app is stored by whichever run ends first: here nothing is learnt.
  const variables = { ...AS_DEPLOYED, SPOTIFY_PLAYLIST_API: 'items' };
  const alone = new Map<number, Units>();
  for (const size of sizes) {
    const quiet = await createMeteredWorld({ variables });
    const answer = await quiet.ingest(quiet.spotify.catalogue.playlistOfSize(size).id);
    alone.set(size, unitsOf(answer));
  }
  const world = await createMeteredWorld({ variables });

  const answers = await Promise.all(
    sizes.map((size) => world.ingest(world.spotify.catalogue.playlistOfSize(size).id)),
  );

  expect(answers.map(({ status }) => status)).toEqual(sizes.map(() => 200));
  expect(sumOf(answers)).toEqual(world.takeUnits());
  for (const [index, answer] of answers.entries()) {
    // The same keys are read even with other runs; rows that they wrote first are not written again.
    const before = alone.get(sizes[index] ?? 0);
    expect(unitsOf(answer).read_units).toBe(before?.read_units);
    expect(unitsOf(answer).write_units).toBeLessThanOrEqual(before?.write_units ?? 0);
  }
});

test('Functions that reserve at once pay for refused writes too', async () => {
  const world = await createMeteredWorld();
  const functions = [world, world.startFunction(), world.startFunction(), world.startFunction()];
  const { catalogue } = world.spotify;

  const answers = await Promise.all(
    functions.map(({ ingest }, index) => ingest(catalogue.playlistOfSize(49 + index).id)),
  );

  expect(answers.map(({ status }) => status)).toEqual(functions.map(() => 200));
  expect(sumOf(answers)).toEqual(world.takeUnits());
});

test('A run that fails tells once what it used, its repeats included', async () => {
  const world = await createMeteredWorld();
  const { id } = world.spotify.catalogue.playlistOfSize(101);
  world.spotify.addFault({
    times: 'always',
    match: { path: /^\/v1/ },
    action: { type: 'status', status: 500, body: 'json', message: 'oops' },
  });
  const reports: (RunReport & RunMeasures)[] = [];
  const app = createApp(parseConfig(world.environment), { clock: world.clock });
  const deadlineAt = world.clock.now() + 29_000;

  const run = app.ingestPlaylist(id, {
    runId: 'run-1',
    deadlineAt,
    onEnd: (report, measures) => reports.push({ ...report, ...measures }),
  });

  await expect(run).rejects.toMatchObject({ code: 'SPOTIFY_UNAVAILABLE' });
  const units = world.takeUnits();
  expect(reports).toEqual([
    expect.objectContaining({ ...units, spotify_requests: 4, failed_table_calls: 0 }),
  ]);
  expect(units.write_units).toBeGreaterThan(1);
  expect(reports[0]?.cost_usd).toBeGreaterThan(0);
});

test("A run's cost is that of its units, its time and one call of the API", async () => {
  const world = await createMeteredWorld({
    variables: { ...AS_DEPLOYED, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024' },
  });

  const { body } = await world.ingest(world.spotify.catalogue.playlistOfSize(1_000).id);

  const use = {
    readUnits: Number(body.read_units),
    writeUnits: Number(body.write_units),
    durationMs: Number(body.duration_ms),
    memoryMb: 1024,
  };
  expect(body.prices_as_of).toBe(PRICES.asOf);
  expect(body.cost_usd).toBe(runCostUsd(use));
});
