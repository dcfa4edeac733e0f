/** What a person types: npx spotify-etl verify. A real process, real tables, the simulated Spotify. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TABLE_KEYS, type Table } from '../etl/model/records.ts';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION } from '../local/dynamodb.ts';
import { probePort } from '../local/listen.ts';
import { CLI } from './support/cli.ts';
import { createGetProgram, type GetProgram } from './support/get-program.ts';
import { keepOwnPlaylists } from './support/listed-user.ts';
import { createWorld, type Row, STAGE, type World } from './support/world.ts';

type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string };

let world: World;
let client: DynamoDBDocumentClient;
let temporary: string;
let ids: { damaged: string; malformed: string; gone: string };

beforeAll(async () => {
  world = await createWorld();
  temporary = await mkdtemp(join(tmpdir(), 'spotify-etl-verify-test-'));
  client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: world.dynamodb.url,
      region: EMBEDDED_REGION,
      credentials: EMBEDDED_CREDENTIALS,
    }),
  );
  const { catalogue } = world.spotify;
  const idOfSize = (size: number): string => catalogue.playlistOfSize(size).id;
  ids = { damaged: idOfSize(49), malformed: idOfSize(101), gone: idOfSize(50) };
  for (const id of Object.values(ids)) await world.ingest(id);
});
beforeEach(() => {
  world.spotify.clearRequests();
});
afterEach(async () => {
  const left = await readdir(temporary);
  // tsx and Node keep their caches there too.
  expect(left.filter((name) => name.startsWith('spotify-etl'))).toEqual([]);
});
afterAll(async () => {
  client.destroy();
  await rm(temporary, { recursive: true });
  await world.close();
});

/** Table names are the stage's, even if the environment has others. */
function run(...args: string[]): Promise<Finished> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SPOTIFY_'));
  const env = {
    ...Object.fromEntries(inherited),
    ...world.environment,
    TRACK_TABLE: 'another',
    TMPDIR: temporary,
    NO_COLOR: '1',
  };
  return new Promise((resolve) => {
    const program = [CLI, 'verify', '--stage', STAGE, ...args];
    const child = execFile(process.execPath, program, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

const linesOf = ({ stdout }: Pick<Finished, 'stdout'>): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const nameOf = (table: Table): string => `spotify-etl-${STAGE}-${table}`;

async function lose(table: Table, key: unknown): Promise<void> {
  await client.send(
    new DeleteCommand({ TableName: nameOf(table), Key: { [TABLE_KEYS[table]]: key } }),
  );
}

async function spoil(
  table: Table,
  key: unknown,
  [attribute, value]: readonly [string, unknown],
): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: nameOf(table),
      Key: { [TABLE_KEYS[table]]: key },
      UpdateExpression: 'SET #a = :v',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: { ':v': value },
    }),
  );
}

async function tracksOf(playlistId: string): Promise<Row[]> {
  const { playlist, track } = await world.rows();
  const wanted = playlist.find(({ playlist_id: id }) => id === playlistId)?.playlist_tracks;
  return track.filter(({ track_id: id }) => Array.isArray(wanted) && wanted.includes(id));
}

/** Rows without the attributes that every run writes. */
function withoutRun(rows: readonly Row[]): Row[] {
  return rows.map(({ extracted_at, run_id, ...row }) => row);
}

test('sound tables: nothing is wrong, and Spotify is not asked', async () => {
  const finished = await run();

  expect(finished).toMatchObject({ code: 0, stderr: '' });
  expect(finished.stdout).toMatch(/^✔ [\d,]+ rows of 3 playlists: nothing is wrong\.\n/);
  expect(await run('--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect((await run('--repair', '--yes')).code).toBe(0);
  expect(world.spotify.requests()).toEqual([]);
});

describe('Damaged tables', () => {
  const lost: Row[] = [];
  let before: Awaited<ReturnType<World['rows']>>;

  beforeAll(async () => {
    before = await world.rows();
    const [damaged = [], other = [], gone = []] = await Promise.all(
      [ids.damaged, ids.malformed, ids.gone].map(tracksOf),
    );
    lost.push(...damaged.slice(0, 1), ...gone.slice(-1));
    for (const { track_id } of lost) await lose('track', track_id);
    const [first, second] = other;
    const artists = second?.track_artists as string[];
    await lose('album', damaged[1]?.track_album);
    await spoil('track', first?.track_id, ['track_artists', 'nobody']);
    await spoil('track', first?.track_id, ['track_popularity', null]);
    await spoil('artist', artists[0], ['artist_name', 5]);
    await spoil('playlist', ids.malformed, ['playlist_description', { odd: true }]);
    await spoil('playlist', ids.malformed, ['extracted_at', 5]);
    await spoil('playlist', ids.damaged, ['playlist_num_items', 48]);
    world.spotify.catalogue.playlists.delete(ids.gone);
  });

  test('every finding is a line of JSON, and the last line sums them up', async () => {
    const finished = await run('--json', '--segments', '3');

    expect(finished.code).toBe(1);
    const lines = linesOf(finished);
    expect(lines).toContainEqual({
      finding: 'dangling',
      table: 'track',
      id: lost[0]?.track_id,
      referred_by: { table: 'playlist', id: ids.damaged },
    });
    expect(lines).toContainEqual({
      finding: 'count',
      table: 'playlist',
      id: ids.damaged,
      playlist_num_items: 48,
      counted: 49,
    });
    expect(lines).toContainEqual({
      finding: 'malformed',
      table: 'playlist',
      id: ids.malformed,
      why: 'playlist_description is not a string, extracted_at is not a string',
    });
    expect(lines.at(-1)).toMatchObject({
      summary: {
        findings: { malformed: 3, count: 1 },
        affected_playlists: 3,
        beyond_repair: 0,
        rows: { playlist: 3 },
      },
    });
    expect(lines).toHaveLength(
      1 + lines.filter(({ finding }) => typeof finding === 'string').length,
    );
  });

  test('a person sees tables, and what to do', async () => {
    const { code, stdout } = await run();
    const quiet = await run('--quiet');

    expect(code).toBe(1);
    expect(stdout).toContain('3 malformed');
    expect(stdout).toContain(`track ${String(lost[0]?.track_id)}`);
    expect(stdout).toMatch(/^✖ .* 3 playlists affected\.$/m);
    expect(stdout).toContain(`spotify-etl verify --stage ${STAGE} --repair`);
    expect(quiet).toMatchObject({ code: 1, stdout: '' });
    expect(quiet.stderr).toMatch(/^✖ .*\n$/);
  });

  test('--repair says what it would load and what that costs, and does nothing', async () => {
    const now = await world.rows();

    const text = await run('--repair');
    const json = await run('--repair', '--json');

    expect([text.code, json.code]).toEqual([1, 1]);
    expect(text.stdout).toContain('3 playlists, about 5 calls to Spotify.');
    expect(linesOf(json)).toContainEqual(
      expect.objectContaining({
        repair: 'planned',
        playlist_id: ids.malformed,
        spotify_requests_about: 3,
      }),
    );
    expect(await world.rows()).toEqual(now);
    expect(world.spotify.requests()).toEqual([]);
  });

  test('--repair --yes loads them again: what is left is the playlist that is gone', async () => {
    const repaired = await run('--repair', '--yes');
    const after = await run('--json');

    expect(repaired.code).toBe(1);
    expect(repaired.stdout).toContain(`✔ ${ids.damaged}`);
    expect(repaired.stdout).toContain(`✔ ${ids.malformed}`);
    expect(repaired.stdout).toMatch(new RegExp(`^✖ ${ids.gone} .*delete its row\\.$`, 'm'));
    expect(repaired.stdout).toContain('2 of 3 playlists loaded again.');
    expect(linesOf(after).slice(0, -1)).toEqual([
      {
        finding: 'dangling',
        table: 'track',
        id: lost[1]?.track_id,
        referred_by: { table: 'playlist', id: ids.gone },
      },
    ]);
    await lose('playlist', ids.gone);
    expect((await run()).code).toBe(0);
    const rows = await world.rows();
    const isLeft = ({ playlist_id: id }: Row): boolean => id !== ids.gone;
    expect(withoutRun(rows.playlist)).toEqual(withoutRun(before.playlist.filter(isLeft)));
    expect(rows.artist).toEqual(before.artist);
    expect(rows.album).toEqual(before.album);
    expect(rows.track).toEqual(before.track.filter(({ track_id: id }) => id !== lost[1]?.track_id));
  });
});

test('Ctrl-C ends it at once, and nothing is left behind', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const env = { ...process.env, ...world.environment, TMPDIR: temporary, NO_COLOR: '1' };
  const place = ['--stage', STAGE, '--endpoint-url', `http://127.0.0.1:${port}`];
  const child = execFile(process.execPath, [CLI, 'verify', ...place], { env });
  const ended = once(child, 'close');

  await once(silent, 'request');
  child.kill('SIGINT');

  expect(await ended).toEqual([130, null]);
  silent.closeAllConnections();
  silent.close();
});

describe('A library', () => {
  let program: GetProgram;
  beforeAll(async () => {
    program = await createGetProgram();
    keepOwnPlaylists(program.spotify, 12);
    await program.run(['get', '--all', '--liked']);
  });
  beforeEach(() => {
    program.spotify.clearRequests();
  });
  afterAll(() => program.close());

  /** Past the program, and past what SQLite forbids. */
  const damage = (...statements: readonly string[]): void => {
    const database = new DatabaseSync(program.libraryFile, { enableForeignKeyConstraints: false });
    for (const sql of statements) database.exec(sql);
    database.close();
  };
  const verify = async (...args: string[]): Promise<Record<string, unknown>[]> =>
    linesOf(await program.run(['verify', '--json', ...args]));

  const SHARED = `SELECT artist_id FROM track_artist JOIN track USING (track_id)
    JOIN item USING (track_id) JOIN playlist_item USING (uri)
    GROUP BY artist_id ORDER BY count(DISTINCT playlist_id) DESC, artist_id LIMIT 1`;

  test('is whole, and one artist who is bent is repaired with one call', async () => {
    expect((await program.run(['verify'])).stdout).toContain('nothing is wrong.');
    const [shared] = program.query(SHARED);
    damage(`UPDATE artist SET artist_uri = NULL WHERE artist_id = '${String(shared?.artist_id)}'`);

    const lines = await verify('--repair');
    const loaded = await program.run(['verify', '--repair', '--yes', '--quiet']);

    const plans = lines.filter(({ repair }) => repair === 'planned');
    const [{ summary } = {}] = lines.filter((line) => 'summary' in line);
    expect(summary).toMatchObject({ repair_spotify_requests_about: 1 });
    expect(summary).toHaveProperty('affected_playlists', expect.any(Number));
    expect((summary as { affected_playlists: number }).affected_playlists).toBeGreaterThan(1);
    expect(plans).toHaveLength(1);
    expect(loaded.code).toBe(0);
    const calls = program.spotify.requests().filter(({ path }) => path.startsWith('/v1/playlists'));
    expect(calls).toHaveLength(1);
    expect((await program.run(['verify'])).code).toBe(0);
  });

  test('with an emptied table, a wrong count and an unfinished import has just these', async () => {
    const [list] = program.query(
      'SELECT playlist_id, max(playlist_num_items) AS items FROM playlist',
    );
    const [links] = program.query('SELECT count(DISTINCT track_id) AS tracks FROM track');
    const albums = program.query('SELECT album_id FROM album');
    damage(
      'DELETE FROM album_artist',
      'DELETE FROM album',
      `UPDATE playlist SET playlist_num_items = 7000 WHERE playlist_id = '${String(list?.playlist_id)}'`,
      "INSERT INTO import (sha256, name, format, started_at, finished_at) VALUES ('x', 'plays.json', 'extended', 1, 2)",
    );

    const lines = await verify();
    const repaired = await program.run(['verify', '--repair', '--yes']);

    const found = Map.groupBy(lines, ({ finding }) => finding);
    expect(found.get('dangling')).toHaveLength(Number(links?.tracks));
    expect(new Set(found.get('dangling')?.map(({ id }) => id)).size).toBe(albums.length);
    expect(found.get('count')).toEqual([
      expect.objectContaining({
        id: list?.playlist_id,
        playlist_num_items: 7000,
        counted: list?.items,
      }),
    ]);
    expect(found.get('import')).toEqual([{ finding: 'import', name: 'plays.json' }]);
    expect(found.get('malformed')).toBeUndefined();
    expect(repaired.code).toBe(0);
    expect((await program.run(['verify'])).stdout).toContain('nothing is wrong.');
  });
});

test('nothing listening is told with where', async () => {
  const port = await probePort(0, { what: 'a test', variable: 'none' });

  const { code, stderr, stdout } = await run('--endpoint-url', `http://127.0.0.1:${port}`);

  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`Nothing answers at http://127.0.0.1:${port}`);
});

test.each([
  [['--yes'], '--repair'],
  [['--segments', '0'], '--segments'],
  [['--nonsense'], '--nonsense'],
])('wrong usage ends with 2: %j', async (args, named) => {
  const { code, stderr } = await run(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(named);
});

test('--help shows examples and exit codes', async () => {
  const { code, stdout } = await run('--help');

  expect(code).toBe(0);
  expect(stdout).toContain('Examples:');
  expect(stdout).toContain('Exit codes:');
});
