import { closeScriptedServers, startScriptedServer } from '../../test/support/scripted-server.ts';
import { openWithStoredToken } from './stored-token.ts';

afterEach(closeScriptedServers);

/** Begin, one statement, commit, and that there is no transaction any more. */
const STEPS = [0, 1, 2, 4].flatMap((step) => [
  { type: 'step_begin', step, cols: [] },
  { type: 'step_end', step, affected_row_count: 0 },
]);
const DONE = [{ baton: null, base_url: null }, ...STEPS]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

/** A server that accepts one token at a time, a secret that holds one, and a database between them. */
async function setUp() {
  const world = { accepted: 'token-1', kept: 'token-1', reads: 0 };
  const server = await startScriptedServer(({ headers }) =>
    headers.authorization === `Bearer ${world.accepted}` ? { body: DONE } : { status: 401 },
  );
  const database = openWithStoredToken(server.url.href, {
    name: 'the secret turso',
    read: () => {
      world.reads += 1;
      return Promise.resolve(world.kept);
    },
  });
  const run = () => database.run([{ sql: 'SELECT 1 AS one' }], 2_000);
  return { world, run, requests: server.requests, database };
}

describe('a database whose token is kept elsewhere', () => {
  it('reads the token once', async () => {
    const { requests, run, world } = await setUp();
    expect(world.reads).toBe(0);

    await run();
    await run();

    expect([world.reads, requests.length]).toEqual([1, 2]);
  });

  it('reads it again where the server refuses it, and goes on with the new one', async () => {
    const { requests, run, world } = await setUp();
    await run();
    Object.assign(world, { accepted: 'token-2', kept: 'token-2' });

    await run();
    await run();

    expect([world.reads, requests.length]).toEqual([2, 4]);
  });

  it('says where a new one belongs, and asks once with the same', async () => {
    const { requests, run, world } = await setUp();
    world.accepted = 'token-2';

    await expect(run()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/does not accept the token in the secret turso/),
    });
    expect([world.reads, requests.length]).toEqual([2, 1]);
  });

  it('asks nothing of a server where the token cannot be read', async () => {
    const { database, requests } = await setUp();
    const read = () => Promise.reject(new Error('no secret'));
    const unread = openWithStoredToken(database.place, { name: 'the secret', read });

    await expect(unread.run([{ sql: 'SELECT 1' }], 2_000)).rejects.toThrow('no secret');
    expect(requests).toEqual([]);
  });
});
