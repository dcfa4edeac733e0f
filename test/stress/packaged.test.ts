import { expectedRows, withoutRun } from '../support/expected-rows.ts';
import { startFunction } from '../support/packaged-function.ts';
import { type Package, packagedStack } from '../support/packaged-stack.ts';
import { propertiesOf } from '../support/template.ts';
import { createWorld } from '../support/world.ts';

let stack: Package;

beforeAll(async () => {
  stack = await packagedStack('dev');
});

describe('The packaged function', () => {
  test('loads a long list under the Node of Lambda, in bounded memory', async () => {
    const world = await createWorld();
    const [deployed] = propertiesOf(stack.template, 'AWS::Lambda::Function');
    const { Variables } = deployed?.Environment as { Variables: Record<string, string> };
    const running = await startFunction(stack.bundlePaths.load, {
      ...Variables,
      ...world.environment,
    });
    const { catalogue } = world.spotify;
    const playlist = catalogue.playlistOfSize(10_000);
    const started_at = new Date(world.clock.now()).toISOString();
    const load = (playlist_uri: string) => running.start({ playlist_uri, started_at }, 900_000);
    try {
      const first = await load(playlist.id);

      expect(running.nodeVersion).toMatch(/^v24\./);
      expect(first).toMatchObject({
        verdict: 'done',
        answers: [{ outcome: { response: { status: 200, code: 'loaded' } } }],
      });
      expect(withoutRun(await world.rows())).toEqual(expectedRows(catalogue, playlist, 'C'));
      expect(running.peakBytes()).toBeLessThan(256 * 1024 * 1024);

      world.takeApiCalls();
      const again = await load(`https://open.spotify.com/playlist/${playlist.id}?si=x`);
      expect(again).toMatchObject({ answers: [{ outcome: { response: { code: 'unchanged' } } }] });
      expect(world.takeApiCalls()).toHaveLength(1);
    } finally {
      await running.stop();
      await world.close();
    }
  });
});

describe('No secret', () => {
  test('reaches an answer, a log line or a table, whatever goes wrong', async () => {
    const credentials = {
      clientId: 'canary-client-id',
      clientSecret: 'canary-client-secret',
      refreshToken: 'canary-refresh-token',
    };
    const world = await createWorld({ credentials });
    const variables = { ...world.environment, POWERTOOLS_LOG_LEVEL: 'DEBUG' };
    const running = await startFunction(stack.bundlePaths.ingest, variables);
    const misconfigured = await startFunction(stack.bundlePaths.ingest, {
      ...variables,
      SPOTIFY_CLIENT_SECRET: 'canary-client-secret-mistyped',
    });
    const listing = await startFunction(stack.bundlePaths.playlists, variables);
    const { catalogue } = world.spotify;
    try {
      const answers = [await running.invoke(catalogue.playlistOfSize(101).id)];
      const lists = [await listing.invokeWith({})];
      for (const action of [
        { type: 'status', status: 500, body: 'json', message: 'oops' },
        { type: 'reset', when: 'before-headers' },
        { type: 'half-json' },
        { type: 'token-refused', message: 'The access token expired' },
        { type: 'status', status: 403, body: 'text', message: 'Forbidden' },
        { type: 'odd-values', values: [{ path: ['items'], value: 'nope' }] },
      ] as const) {
        world.spotify.addFault({ times: 'always', match: { path: /^\/v1/ }, action });
        answers.push(await running.invoke(catalogue.playlistOfSize(51).id));
        lists.push(await listing.invokeWith({}));
        world.spotify.clearFaults();
      }
      answers.push(await misconfigured.invoke(catalogue.playlistOfSize(1).id));

      const statuses = answers.map(({ statusCode }) => statusCode);
      expect(statuses).toEqual([200, 502, 502, 502, 502, 403, 502, 403]);
      expect(lists[0]?.statusCode).toBe(200);
      const out = JSON.stringify([
        answers,
        lists,
        listing.output(),
        running.output(),
        misconfigured.output(),
        await world.rows(),
      ]);
      expect(out).toContain('packaged-1');
      // The simulator's access tokens start with BQ, like Spotify's own.
      expect(out).not.toMatch(
        /canary-client-secret|canary-refresh-token|Bearer|Basic |BQ[\w-]{40}/,
      );
    } finally {
      await Promise.all([running.stop(), listing.stop(), misconfigured.stop()]);
      await world.close();
    }
  });
});
