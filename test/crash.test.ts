/** A run that stops dead after any of its calls leaves nothing that lies, and the next one ends as if nothing had been. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import type { CataloguePlaylist } from '../local/spotify/catalogue-model.ts';
import { withoutRun } from './support/expected-rows.ts';
import type { ProxiedCall } from './support/fault-proxy.ts';
import { type RunningFunction, startFunction } from './support/packaged-function.ts';
import { expectNoLie } from './support/row-findings.ts';
import { changeAtSpotify, showcaseOfSize } from './support/showcase.ts';
import { createWorld, type Tables, type World } from './support/world.ts';

let world: World;
/** Told of each call that the engine has carried out. */
let onApplied: (call: ProxiedCall) => void | Promise<void> = () => undefined;

beforeEach(async () => {
  onApplied = () => undefined;
  world = await createWorld({ proxy: { onApplied: (call) => onApplied(call) } });
});
afterEach(() => world.close());

type Scenario = {
  readonly playlistId: string;
  /** The rows before the run, and after one that nothing disturbs. */
  readonly before: Tables;
  readonly after: Tables;
  /** What such a run takes, calls to the tables and to the Web API. */
  readonly tableCalls: number;
  readonly apiCalls: number;
};

const SCENARIOS = ['a first load', 'a load of a list that has changed'] as const;

async function prepare(name: (typeof SCENARIOS)[number], size = 57): Promise<Scenario> {
  const playlist = showcaseOfSize(world, size);
  if (name !== 'a first load') {
    await world.ingest(playlist.id);
    changeAtSpotify(world, playlist);
  }
  return measure(playlist, await world.rows());
}

async function measure({ id }: CataloguePlaylist, before: Tables): Promise<Scenario> {
  await world.replaceRows(before);
  await world.replaceState();
  world.restart();
  world.takeApiCalls();
  world.proxy.takeCalls();
  const answer = await world.ingest(id);
  expect(answer.body).toMatchObject({ status: 'loaded' });
  return {
    playlistId: id,
    before,
    after: withoutRun(await world.rows()),
    tableCalls: world.proxy.takeCalls().length,
    apiCalls: world.takeApiCalls().length,
  };
}

async function expectMended({ after, playlistId }: Scenario): Promise<void> {
  world.restart();
  const answer = await world.ingest(playlistId);
  expect(answer.status).toBe(200);
  expect(withoutRun(await world.rows())).toEqual(after);
}

describe.each(SCENARIOS)('%s cut off from its tables', (name) => {
  test('after each single call leaves the old playlist or the new one, and is mended by the next run', async () => {
    const scenario = await prepare(name);
    expect(scenario.tableCalls).toBeGreaterThan(10);

    for (let calls = 0; calls < scenario.tableCalls; calls += 1) {
      await world.replaceRows(scenario.before);
      await world.replaceState();
      world.restart();
      world.proxy.cutOffAfter(calls);
      await world.ingest(scenario.playlistId);
      world.proxy.mend();

      await expectNoLie(await world.rows(), scenario);
      await expectMended(scenario);
    }
  }, 120_000);
});

describe('A process that is killed', () => {
  let folder: string;
  let bundlePath: string;
  let running: RunningFunction | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spotify-etl-crash-'));
    bundlePath = join(folder, 'ingest.js');
    await build({
      entryPoints: ['handlers/ingest.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: bundlePath,
      logLevel: 'silent',
    });
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => running?.stop());

  async function startAnew({ before }: Scenario): Promise<RunningFunction> {
    await world.replaceRows(before);
    await world.replaceState();
    world.spotify.clearRequests();
    running = await startFunction(bundlePath, world.environment);
    return running;
  }

  test.each(SCENARIOS)(
    'after each call to the tables in %s leaves nothing that lies, and the next run mends it',
    async (name) => {
      const scenario = await prepare(name);

      for (let last = 1; last <= scenario.tableCalls; last += 1) {
        const killed = await startAnew(scenario);
        const dead = new Promise<void>((resolve) => {
          let applied = 0;
          onApplied = async () => {
            applied += 1;
            if (applied < last) return;
            if (applied === last) {
              await killed.kill();
              resolve();
            }
            // Whoever would hear the answer is gone.
            await new Promise(() => undefined);
          };
        });
        void killed.invoke(scenario.playlistId);
        await dead;
        onApplied = () => undefined;

        await expectNoLie(await world.rows(), scenario);
        await expectMended(scenario);
      }
    },
    240_000,
  );

  test('after each call to Spotify leaves nothing that lies, and the next run mends it', async () => {
    // Two pages, so that Spotify is asked in between.
    const scenario = await prepare('a load of a list that has changed', 120);
    expect(scenario.apiCalls).toBeGreaterThan(2);

    for (let calls = 0; calls <= scenario.apiCalls; calls += 1) {
      const killed = await startAnew(scenario);
      const api = { path: /^\/v1\// };
      world.spotify.addFault({ match: api, skip: calls, action: { type: 'hang' } });
      const isOver = Promise.race([killed.invoke(scenario.playlistId), apiCallSeen(calls + 1)]);
      await isOver;
      await killed.kill();
      world.spotify.clearFaults();

      await expectNoLie(await world.rows(), scenario);
      await expectMended(scenario);
    }
  }, 120_000);

  async function apiCallSeen(number: number): Promise<void> {
    const seen = (): number =>
      world.spotify.requests().filter(({ path }) => path.startsWith('/v1/')).length;
    while (seen() < number) await sleep(5);
  }
});
