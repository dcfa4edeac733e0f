/** The function plays as it is packaged. It has a file of its own, since a machine without a libSQL server skips it. */
import { startFunction } from './support/packaged-function.ts';
import { packagedStack } from './support/packaged-stack.ts';
import { closeScriptedServers, startScriptedServer } from './support/scripted-server.ts';
import { startSecretsServer } from './support/secrets-server.ts';
import { hasSqld, startSqld } from './support/sqld.ts';
import { createWorld } from './support/world.ts';

(hasSqld ? test : test.skip)(
  'polls plays into a database on a server, by one request and without an SQLite of its own',
  async () => {
    const { bundlePaths } = await packagedStack('dev');
    const [world, sqld] = await Promise.all([createWorld({ listener: 'heavy' }), startSqld()]);
    const secrets = await startSecretsServer();
    secrets.spoil('turso', 'token-1\n');
    const database = await startScriptedServer(async ({ body, method, path }) => {
      const answer = await fetch(`${sqld.url}${path}`, { method, body });
      return { status: answer.status, body: await answer.text() };
    });
    const start = () =>
      startFunction(bundlePaths.plays, {
        ...world.environment,
        TURSO_DATABASE_URL: database.url.origin,
        TURSO_TOKEN_SECRET: 'turso',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url.origin,
        POWERTOOLS_METRICS_NAMESPACE: 'spotify-etl-test',
        NODE_OPTIONS: '--no-experimental-sqlite',
      });
    const first = await start();
    expect(await first.start({ dryRun: true }, 60_000)).toMatchObject({
      ...{ status: 'dry-run', returned: 50, new: 50 },
    });
    await first.stop();
    const running = await start();
    const before = database.requests.length;
    try {
      const page = { status: 'collected', returned: 50, gaps: 0 };
      expect(await running.start({}, 60_000)).toMatchObject({ ...page, new: 50, known: 0 });
      const [poll, ...others] = database.requests.slice(before);
      expect(poll?.headers.authorization).toBe('Bearer token-1');
      expect(others).toEqual([]);
      world.takeStateCalls();
      expect(await running.start({}, 60_000)).toMatchObject({ ...page, new: 0, known: 50 });
      expect(world.takeStateCalls()).toEqual(['GetItem', 'PutItem']);
      expect(secrets.calls()).toEqual(['GetSecretValue', 'GetSecretValue']);
      expect(first.output() + running.output()).not.toMatch(/token-1|Bearer|open\.spotify\.com/);
    } finally {
      await running.stop();
      await Promise.all([world.close(), sqld.close(), closeScriptedServers()]);
    }
  },
);
