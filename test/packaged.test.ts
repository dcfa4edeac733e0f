import { readdirSync } from 'node:fs';
import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import type { FaultAction } from '../local/simulator/simulator.ts';
import { expectedRows, withoutRun } from './support/expected-rows.ts';
import { startFunction } from './support/packaged-function.ts';
import {
  FUNCTIONS,
  type FunctionName,
  type Package,
  packagedStack,
} from './support/packaged-stack.ts';
import { startS3Server } from './support/s3-server.ts';
import { createWorld } from './support/world.ts';

let stack: Package;

/** 3 MB, and parsed 60. */
const MILLION_ENTRIES: FaultAction = {
  type: 'odd-values',
  values: [{ path: ['items'], value: Array.from({ length: 1_000_000 }, () => ({})) }],
};

/** The schema of the library goes with the function that makes it. */
const MIGRATIONS = readdirSync('stores/sqlite/migrations')
  .sort()
  .map((name) => `stores/sqlite/migrations/${name}`);

beforeAll(async () => {
  stack = await packagedStack('dev');
});

describe('The packaged function', () => {
  test.each([
    ['ingest', 400_000, []],
    ['playlists', 400_000, []],
    ['runs', 400_000, []],
    // Nobody waits for their cold start.
    ['list', 1_500_000, []],
    ['load', 1_500_000, []],
    ['record', 1_500_000, []],
    ['plays', 1_500_000, MIGRATIONS],
    ['sync', 1_500_000, []],
    ['albums', 1_500_000, []],
  ] as const)(
    '%s is one file of at most %i bytes that loads without packages',
    async (name, most, more) => {
      const [[file, content] = [], ...others] = Object.entries(await stack.filesOf(name));

      expect(others.map(([other]) => other)).toEqual(more);
      expect(file).toBe(`handlers/${name}.js`);
      expect(content?.length).toBeLessThanOrEqual(most);
      await (await startFunction(stack.bundlePaths[name], {})).stop();
    },
  );

  test.each(FUNCTIONS)('%s has no superagent in it', async (name) => {
    const [bundle = new Uint8Array()] = Object.values(await stack.filesOf(name));

    expect(Buffer.from(bundle).toString()).not.toMatch(/superagent|formidable/);
  });

  test('lists playlists under the Node of Lambda', async () => {
    const world = await createWorld();
    const { id } = world.spotify.catalogue.playlistOfSize(50);
    await world.ingest(id);
    const running = await startFunction(stack.bundlePaths.playlists, world.environment);
    try {
      const answer = await running.invokeWith({ max_requests: ['2'] });

      const listing = JSON.parse(answer.body) as PlaylistListing;
      expect(running.nodeVersion).toMatch(/^v24\./);
      expect(answer.statusCode).toBe(200);
      expect(listing).toMatchObject({ complete: false, counts: { unchanged: 1, new: 99 } });
      expect(listing.playlists.find(({ state }) => state === 'unchanged')?.playlist_id).toBe(id);
    } finally {
      await running.stop();
      await world.close();
    }
  });

  test('loads a playlist, and finds it unchanged', async () => {
    const world = await createWorld();
    const running = await startFunction(stack.bundlePaths.ingest, world.environment);
    const { catalogue } = world.spotify;
    const playlist = catalogue.playlistOfSize(101);
    try {
      const answer = await running.invoke(playlist.id);
      const again = await running.invoke(`https://open.spotify.com/playlist/${playlist.id}?si=x`);

      expect(answer).toMatchObject({
        statusCode: 200,
        headers: { 'content-type': 'application/json' },
      });
      expect(withoutRun(await world.rows())).toEqual(expectedRows(catalogue, playlist, 'C'));
      expect(JSON.parse(again.body)).toMatchObject({ status: 'unchanged', spotify_requests: 1 });
    } finally {
      await running.stop();
      await world.close();
    }
  });

  test('go over the playlists file of a bucket', async () => {
    const [world, s3] = await Promise.all([createWorld(), startS3Server()]);
    const { id } = world.spotify.catalogue.playlistOfSize(1);
    s3.write('bucket/playlists.csv', `playlist_uri,request_sent,response\n${id},,\n`);
    const start = (name: FunctionName) =>
      startFunction(stack.bundlePaths[name], {
        ...world.environment,
        PLAYLISTS_BUCKET: 'bucket',
        AWS_ENDPOINT_URL_S3: s3.url,
        POWERTOOLS_METRICS_NAMESPACE: 'spotify-etl-test',
      });
    const [list, load, record] = await Promise.all([start('list'), start('load'), start('record')]);
    const started_at = new Date(world.clock.now()).toISOString();
    try {
      const listed = await list.start(
        { execution: 'one', started_at, round: 1, event: {} },
        900_000,
      );
      expect(listed).toMatchObject({ next: 'settle', due: 1, settled: 0 });
      const [, line = ''] = (s3.read('bucket/due.csv') ?? '').split('\n');
      const [playlist_uri, before] = line.split(',');
      const loaded = await load.start({ playlist_uri, before, started_at }, 900_000);
      expect(loaded).toMatchObject({ next: 'settle', verdict: 'done' });
      const body = JSON.stringify({ answers: (loaded as { answers: unknown }).answers });
      await record.start({ Records: [{ messageId: '1', body }] }, 120_000);

      expect(s3.read('bucket/playlists.csv')).toContain(`\n${id},True,"{""status"":200,`);
      expect(record.output()).toContain('"RowsDone":1');
    } finally {
      await Promise.all([list.stop(), load.stop(), record.stop(), world.close(), s3.close()]);
    }
  });

  test.each<[string, FaultAction]>([
    ['never ends', { type: 'padded' }],
    ['is 1.5 MB of gzip and unpacks to 1.5 GB', { type: 'padded', megabytes: 1_536, gzip: true }],
  ])('gives up a body that %s after 4 MB, in bounded memory', async (_body, action) => {
    const world = await createWorld();
    const running = await startFunction(stack.bundlePaths.ingest, world.environment);
    const { id } = world.spotify.catalogue.playlistOfSize(1_000);
    try {
      for (const path of [/^\/api\/token$/, /^\/v1\/playlists\/\w+$/, /\/items$/]) {
        world.spotify.clearRequests();
        world.spotify.addFault({ match: { path }, times: 'always', action });
        const { body } = await running.invoke(id);
        world.spotify.clearFaults();

        expect(JSON.parse(body)).toMatchObject({
          status: 502,
          code: 'SPOTIFY_RESPONSE_INVALID',
          detail: expect.stringContaining('larger than 4 MB') as string,
        });
        expect(world.spotify.requests().filter((sent) => path.test(sent.path))).toHaveLength(1);
      }
      expect(running.peakBytes()).toBeLessThan(256 * 1024 * 1024);
    } finally {
      await running.stop();
      await world.close();
    }
  });

  test.each<[string, string, FaultAction]>([
    ['loaded', 'pages of 3 MB', { type: 'padded', megabytes: 3 }],
    ['loaded', 'pages of 3 MB in gzip', { type: 'padded', megabytes: 3, gzip: true }],
    ['refused', 'a page of a million entries', MILLION_ENTRIES],
  ])('is in bounded memory when a list is %s with %s', async (end, _bodies, action) => {
    const world = await createWorld();
    const running = await startFunction(stack.bundlePaths.ingest, world.environment);
    try {
      world.spotify.addFault({ match: { path: /\/items$/ }, times: 'always', action });
      const { statusCode } = await running.invoke(world.spotify.catalogue.playlistOfSize(1_000).id);

      expect(statusCode).toBe(end === 'loaded' ? 200 : 502);
      expect(running.peakBytes()).toBeLessThan(256 * 1024 * 1024);
    } finally {
      await running.stop();
      await world.close();
    }
  });

  test('answers bad input and missing configuration with problem documents', async () => {
    const running = await startFunction(stack.bundlePaths.ingest, { AWS_REGION: 'us-east-1' });
    try {
      const bad = await running.invoke('spotify:album:0sNOF9WDwhWunNAHPD3Baj');
      const unset = await running.invoke('spotify:playlist:37i9dQZF1DXcBWIGoYBM5M');

      expect(JSON.parse(bad.body)).toMatchObject({ status: 400, code: 'INVALID_PLAYLIST_URI' });
      expect(JSON.parse(unset.body)).toMatchObject({ status: 500, code: 'CONFIG_INVALID' });
      expect(unset.body).not.toContain('SPOTIFY_CLIENT_ID');
      expect(running.output()).toContain('SPOTIFY_CLIENT_ID is not set');
    } finally {
      await running.stop();
    }
  });
});
