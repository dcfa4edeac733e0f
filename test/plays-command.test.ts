/** `spotify-etl plays collect`, as real processes against the simulated Spotify. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlaysJustNow } from '../local/simulator/listeners.ts';
import type { SqlRow } from '../stores/sqlite/database.ts';
import { createGetProgram, type GetProgram } from './support/get-program.ts';
import { LIBRARIES, startFileLibrary, type TestLibrary } from './support/libraries.ts';
import { createLoginProgram, decide } from './support/login-program.ts';
import { hasSqld, startSqld } from './support/sqld.ts';

const HOUR_MS = 3_600_000;
let program: GetProgram;
/** What Spotify's clock says. */
let nowMs = Date.now() - 24 * HOUR_MS;
beforeAll(async () => {
  program = await createGetProgram({ now: () => nowMs });
  playOn(60);
});
afterAll(() => program.close());

/** An hour later the user has played so many songs more. */
function playOn(count: number): void {
  nowMs += HOUR_MS;
  const { addPlays, catalogue } = program.spotify;
  addPlays(createPlaysJustNow(catalogue, { count, nowMs }));
}

/** The library must hold the last 50 plays, at least. */
async function expectRecentPlays({ query }: TestLibrary): Promise<void> {
  const rows = await query(
    'SELECT ended_at, uri FROM play JOIN item USING (item_id) ORDER BY ended_at DESC LIMIT 50',
  );
  const truth = program.spotify.plays().slice(-50).reverse();
  expect(rows).toEqual(
    truth.map(({ playedAtMs, trackId }) => ({
      ended_at: playedAtMs,
      uri: `spotify:track:${trackId}`,
    })),
  );
}

/** Every row of every table but the quota's, where calls in vain count too. */
async function contentOf(query: TestLibrary['query']): Promise<Record<string, SqlRow[]>> {
  const tables = await query(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'libsql_%' AND name <> 'state'",
  );
  const content: Record<string, SqlRow[]> = {};
  for (const { name } of tables) content[String(name)] = await query(`SELECT * FROM ${name}`);
  return content;
}

describe.each(LIBRARIES)('plays collect into %s', (_, start) => {
  let library: TestLibrary;
  beforeAll(async () => {
    library = await start();
  });
  beforeEach(() => library.empty());
  afterAll(() => library.close());

  const collect = (...args: string[]) =>
    program.run(['plays', 'collect', ...args], { TURSO_DATABASE_URL: library.place });

  const count = async (table: string): Promise<unknown> =>
    (await library.query(`SELECT count(*) AS n FROM ${table}`))[0]?.n;

  test('prints one object, and a second time finds nothing new', async () => {
    program.spotify.clearRequests();
    const first = await collect('--json');
    const calls = program.spotify.requests().filter(({ path }) => path.startsWith('/v1/'));
    const second = await collect('--json');

    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toEqual({ returned: 50, new: 50, known: 0, gaps: 0 });
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(second.stdout)).toEqual({ returned: 50, new: 0, known: 50, gaps: 0 });
    // Whose they are is asked once.
    expect(calls.map(({ path }) => path)).toEqual(['/v1/me', '/v1/me/player/recently-played']);
    await expectRecentPlays(library);
  });

  test('says for people what it found, where it is, and what to do next', async () => {
    const { code, stderr, stdout } = await collect();

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      '✔ 50 plays listed: 50 new, 0 known.',
      `Library: ${library.place}`,
      'Next:    npx spotify-etl plays top songs',
      '',
    ]);
  });

  test('--quiet prints nothing', async () => {
    expect(await collect('--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await count('play')).toBe(50);
  });

  test('--dry-run says what would be new, and writes nothing', async () => {
    await collect('--quiet');
    await library.query('DELETE FROM play WHERE play_id <= 20');
    const before = await contentOf(library.query);

    const people = await collect('--dry-run');
    const json = await collect('--dry-run', '--json');

    expect(people).toMatchObject({
      code: 0,
      stdout: '✔ 50 plays listed: 20 would be new, 30 known.\n',
    });
    expect(JSON.parse(json.stdout)).toEqual({ returned: 50, new: 20, known: 30, gaps: 0 });
    expect(await contentOf(library.query)).toEqual(before);
  });

  test('--every polls until SIGTERM, and has everything stored then', async () => {
    const { child, finished } = program.start(['plays', 'collect', '--every', '1m'], {
      TURSO_DATABASE_URL: library.place,
    });
    await once(child.stdout ?? child, 'data');
    child.kill('SIGTERM');

    expect(await finished).toMatchObject({
      code: 130,
      stderr: '',
      stdout: `✔ 50 plays listed: 50 new, 0 known.\n50 new plays.\nLibrary: ${library.place}\nNext:    npx spotify-etl plays top songs\n`,
    });
    await expectRecentPlays(library);
  });

  test('four at once store each play once, and one gap', async () => {
    const four = () => Promise.all([1, 2, 3, 4].map(() => collect('--json')));
    const sums = (runs: Awaited<ReturnType<typeof four>>) => {
      const polls = runs.map(({ stdout }) => JSON.parse(stdout) as Record<string, number>);
      const sum = (name: string) => polls.reduce((total, poll) => total + (poll[name] ?? 0), 0);
      return { codes: runs.map(({ code }) => code), new: sum('new'), gaps: sum('gaps') };
    };
    const codes = [0, 0, 0, 0];

    expect(sums(await four())).toEqual({ codes, new: 50, gaps: 0 });
    playOn(50);
    expect(sums(await four())).toEqual({ codes, new: 50, gaps: 1 });

    expect([await count('play'), await count('gap')]).toEqual([100, 1]);
    await expectRecentPlays(library);
  });
});

describe('plays collect that fails', () => {
  let library: TestLibrary;
  beforeAll(async () => {
    library = await startFileLibrary();
    await program.run(['plays', 'collect', '--quiet', '--library', library.place]);
  });
  afterAll(() => library.close());

  const nowhere = 'http://127.0.0.1:9';

  test.each([
    {
      what: 'without a network',
      env: { SPOTIFY_API_URL: nowhere, SPOTIFY_ACCOUNTS_URL: nowhere },
      code: 75,
      line: /Spotify could not be reached.*try again in a few minutes/,
    },
    {
      what: 'without a login',
      env: { SPOTIFY_REFRESH_TOKEN: '' },
      code: 1,
      line: /Nobody is logged in\. Run npx spotify-etl login --for listening\./,
    },
    {
      what: 'with a login that has ended',
      env: { SPOTIFY_REFRESH_TOKEN: 'AQ-long-ago' },
      code: 1,
      line: /no longer accepts the login.*npx spotify-etl login/,
    },
    {
      what: 'into the library of another account',
      sql: ["UPDATE meta SET value = 'ada' WHERE key = 'account_id'"],
      code: 1,
      line: /belongs to the Spotify account ada/,
    },
    {
      what: 'into a library of a newer program',
      sql: ['PRAGMA user_version = 99'],
      code: 1,
      line: /was made by a newer version of this program \(schema 99, here \d+\)/,
    },
  ])('$what says so in one line, and changes nothing', async ({ code, env, line, sql = [] }) => {
    const meta = await library.query("SELECT value FROM meta WHERE key = 'account_id'");
    const [version] = await library.query('PRAGMA user_version');
    for (const each of sql) await library.query(each);
    playOn(10);
    const before = await contentOf(library.query);

    const finished = await program.run(
      ['plays', 'collect', '--quiet', '--library', library.place],
      env,
    );

    expect(finished).toMatchObject({ code, stdout: '' });
    expect(finished.stderr.trimEnd()).toMatch(line);
    expect(finished.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(await contentOf(library.query)).toEqual(before);
    await library.query(`UPDATE meta SET value = '${meta[0]?.value}' WHERE key = 'account_id'`);
    await library.query(`PRAGMA user_version = ${version?.user_version}`);
  });

  test('without the scope names the scope and the way to it', async () => {
    const person = await createLoginProgram(program.spotify);
    const { address, finished } = person.start(['login', '--no-browser']);
    await fetch(await decide(await address));
    await finished;
    const { id } = program.spotify.catalogue.playlistOfSize(50);
    await person.start(['get', id, '--library', 'library.db']).finished;
    const file = join(person.folder, 'library.db');
    const query: TestLibrary['query'] = (sql) =>
      Promise.resolve(program.query(sql, file) as SqlRow[]);
    const before = await contentOf(query);

    const collected = await person.start(['plays', 'collect', '--library', 'library.db']).finished;

    expect(collected).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^✖ The login lacks the scope user-read-recently-played.*npx spotify-etl login --for listening\.\n$/,
      ),
    });
    expect(before.playlist_item).toHaveLength(50);
    expect(await contentOf(query)).toEqual(before);

    const again = person.start(['login', '--no-browser', '--for', 'listening']);
    await fetch(await decide(await again.address));
    await again.finished;
    const healed = await person.start(['plays', 'collect', '--library', 'library.db']).finished;
    expect(healed).toMatchObject({ code: 0, stderr: '' });
    await person.remove();
  });

  const [server, skipped] = hasSqld
    ? [test, '']
    : [test.skip, ' (skipped: no sqld for this machine)'];
  server(`with a token that the server did not sign does not repeat it${skipped}`, async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const keyFile = join(program.folder, 'key.pem');
    await writeFile(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
    const sqld = await startSqld(keyFile);
    program.spotify.clearRequests();

    const { code, stderr, stdout } = await program.run(['plays', 'collect'], {
      TURSO_DATABASE_URL: sqld.url,
      TURSO_AUTH_TOKEN: 'canary-token',
    });
    await sqld.close();

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^✖ .* does not accept TURSO_AUTH_TOKEN.*\n$/);
    expect(stderr).not.toContain('canary');
    expect(program.spotify.requests()).toEqual([]);
  });
});

test('plays import of a file that is not an export says so, and nothing else', async () => {
  await writeFile(join(program.folder, 'endsong_0.json'), '{}');

  expect(await program.run(['plays', 'import', 'endsong_0.json'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: '✖ endsong_0.json was not imported. It is not a list in JSON.\n',
  });
});

test.each([
  { args: [], code: 2, says: /Usage: spotify-etl plays.*collect.*Examples:.*Exit codes:/s },
  { args: ['--help'], code: 0, says: /Usage: spotify-etl plays.*Examples:.*Exit codes:/s },
  { args: ['top', '--help'], code: 0, says: /plays top songs.*Exit codes: 0 done, 1 failed, 2/s },
  { args: ['collect', '--help'], code: 0, says: /--every 20m.*75 try again later, 130 stopped/s },
  { args: ['nonsense'], code: 2, says: /unknown command 'nonsense'/ },
  { args: ['top'], code: 2, says: /missing required argument 'what'/ },
  { args: ['top', 'genres'], code: 2, says: /Give one of songs, artists, albums/ },
  { args: ['list', '--since', 'May'], code: 2, says: /Give a year, month or day/ },
  { args: ['list', '--library', 'none.db'], code: 2, says: /none\.db yet\..*plays collect/ },
  { args: ['forget', '--before', '2015', '--library', 'none.db'], code: 2, says: /no library at/ },
  { args: ['forget', '--before', '2015', '--all'], code: 2, says: /Give one of --before/ },
  { args: ['collect', '--every', '5s'], code: 2, says: /Give minutes or hours/ },
])('plays $args ends with $code', async ({ args, code, says }) => {
  const finished = await program.run(['plays', ...args]);

  expect(finished).toMatchObject({ code, [code === 0 ? 'stderr' : 'stdout']: '' });
  expect(finished.stdout + finished.stderr).toMatch(says);
});
